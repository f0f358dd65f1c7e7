import { eventFor } from '../../shared/adapters/published-event.ts';
import {
  type DeadLetter,
  delivered,
  isDue,
  type NoticeFailure,
  notDelivered,
  passedOver,
  replayed,
  type Webhook,
  wants,
} from '../../shared/domain/webhook.ts';
import type { Lease, NoticeDelivery, Notices, Place } from '../../shared/ports/webhooks.ts';
import type { Clock } from '../../shared/ports.ts';
import { logger } from './observe.ts';

export interface DeliveryPorts {
  clock: Clock;
  delivery: NoticeDelivery;
  notices: Notices;
  /** 0 to 1. */
  random: () => number;
}

/** What one run came to. */
export interface Told {
  delivered: number;
  failed: number;
  setAside: number;
  /** The receiver is gone, or has failed for too long. */
  disabled: number;
}

const pageSize = 25;
type Event = NonNullable<Place['event']>;

/**
 * Tells one organisation of its events, in the order of its feed, one after another, until none is left, one is not
 * taken or the time is up. Only one run does so at a time; how far it has come is kept after every event, so a crash
 * repeats at most one and leaves none out.
 */
export async function deliverTo(ports: DeliveryPorts, organisation: string, until: number): Promise<Told> {
  const told: Told = { delivered: 0, failed: 0, setAside: 0, disabled: 0 };
  for (;;) {
    const lease = await ports.delivery.lease(organisation);
    if (!lease) return told;
    const run = new Run(ports, lease, told, until);
    try {
      await run.tellAll();
    } finally {
      await ports.delivery.release(lease, organisation);
    }
    // Whoever came in the meantime found the lease taken and left it to us: so look once more, now that it is free.
    if (run.isStopped || (await ports.delivery.next(run.webhook, 1)).length === 0) return told;
  }
}

class Run {
  webhook: Webhook;
  /** Time is up, the lease is lost, or the receiver is to be left alone for a while. */
  isStopped = false;
  readonly #ports: DeliveryPorts;
  readonly #lease: string;
  readonly #told: Told;
  readonly #until: number;
  #secrets: string[] = [];

  constructor(ports: DeliveryPorts, { id, webhook }: Lease, told: Told, until: number) {
    this.#ports = ports;
    this.#lease = id;
    this.webhook = webhook;
    this.#told = told;
    this.#until = until;
  }

  async tellAll(): Promise<void> {
    const { clock, delivery } = this.#ports;
    this.#secrets = (await delivery.secrets(this.webhook.organisation)).map(({ secret }) => secret);
    // Nothing ever goes out unsigned: a webhook without secrets is being removed at this moment.
    this.isStopped = this.#secrets.length === 0 || !isDue(this.webhook, await clock.now());
    while (!this.isStopped) {
      const places = await delivery.next(this.webhook, pageSize);
      if (places.length === 0) break;
      await this.#tell(places);
    }
    while (!this.isStopped && this.webhook.replay) await this.#tellAgain();
  }

  async #tell(places: Place[]): Promise<void> {
    for (const { position, event } of places) {
      if (this.isStopped) return;
      if (!event) logger.error('an event of a feed cannot be read', { ...this.#ids(), position });
      else if (wants(this.webhook, event.type)) await this.#tellOne(position, event);
    }
    const last = places.at(-1)?.position ?? 0;
    if (!this.isStopped && this.webhook.cursor < last) await this.#keep(passedOver(this.webhook, last));
  }

  async #tellOne(position: number, event: Event): Promise<void> {
    const failure = await this.#send(event);
    const now = await this.#ports.clock.now();
    if (!failure) {
      await this.#keep(delivered(this.webhook, position, now));
      return;
    }
    const { after, isSetAside } = notDelivered(this.webhook, position, failure, { now, random: this.#ports.random() });
    const { attempts } = this.webhook;
    const letter = isSetAside ? letterOf(position, event, attempts + 1, failure, now) : undefined;
    if (letter) {
      this.#told.setAside += 1;
      logger.warn('a notice was set aside', { ...this.#ids(), eventId: event.id, ...failure });
    }
    await this.#keep(after, letter ? { setAside: letter } : {});
    if (!isDue(after, now)) this.isStopped = true;
  }

  /** One attempt at each that was set aside, as long as the replay goes on; where none is left, it is over. */
  async #tellAgain(): Promise<void> {
    const { delivery, clock } = this.#ports;
    const letters = await delivery.nextReplay(this.webhook, pageSize);
    if (letters.length === 0) return this.#keep({ ...this.webhook, replay: null });
    for (const { letter, event } of letters) {
      if (this.isStopped || !this.webhook.replay) return;
      const failure = event ? await this.#send(event) : letter.failure;
      const now = await clock.now();
      const after = replayed(this.webhook, letter, failure, now);
      const again = failure && {
        ...letter,
        attempts: letter.attempts + 1,
        failure: { ...failure, at: now.toISOString() },
      };
      await this.#keep(after, again ? { setAside: again } : { settled: letter });
      if (after.disabled) this.isStopped = true;
    }
  }

  async #send(event: Event): Promise<NoticeFailure | null> {
    const { url, role } = this.webhook;
    const body = JSON.stringify(eventFor(role, event));
    const failure = await this.#ports.notices.send({ url, id: event.id, body, secrets: this.#secrets });
    this.#told[failure ? 'failed' : 'delivered'] += 1;
    return failure;
  }

  async #keep(after: Webhook, letters: Parameters<NoticeDelivery['advance']>[2] = {}): Promise<void> {
    const kept = await this.#ports.delivery.advance({ id: this.#lease, webhook: this.webhook }, after, letters);
    if (!kept || performance.now() >= this.#until) this.isStopped = true;
    if (!kept) return;
    if (after.disabled) {
      this.#told.disabled += 1;
      logger.error('a webhook was disabled', { ...this.#ids(), because: after.disabled.because });
    }
    this.webhook = after;
  }

  #ids = () => ({ organisation: this.webhook.organisation });
}

const letterOf = (
  position: number,
  { id: eventId, type, referralId, pk: eventPk, sk: eventSk }: Event,
  attempts: number,
  failure: NoticeFailure,
  now: Date,
): DeadLetter => ({
  position,
  eventPk,
  eventSk,
  eventId,
  type,
  referralId,
  setAsideAt: now.toISOString(),
  attempts,
  failure: { ...failure, at: now.toISOString() },
});
