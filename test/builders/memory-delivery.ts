import type { DeadLetter, NoticeFailure, Webhook } from '../../shared/domain/webhook.ts';
import type { Lease, NoticeDelivery, Notices, Place } from '../../shared/ports/webhooks.ts';
import type { Clock } from '../../shared/ports.ts';
import { aWebhook } from './webhooks.ts';

type Event = NonNullable<Place['event']>;

/** An event of a feed: which one is all that matters. */
export const anEvent = (n: number, changes: Partial<Event> = {}): Event => ({
  id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  sequence: n,
  type: 'referral.amended.v1',
  occurredAt: '2026-06-15T09:00:00.000Z',
  by: { organisation: 'north-probation', client: 'north-case-system' },
  data: {},
  audience: ['provider-a'],
  referralId: '11111111-1111-4111-8111-111111111111',
  crn: 'X320741',
  traceparent: null,
  pk: 'REFERRAL#1',
  sk: `EVENT#${n}`,
  ...changes,
});

/** The delivering function's world in memory: one organisation, its feed, its receiver, and a clock to move. */
export class MemoryDelivery implements NoticeDelivery, Notices, Clock {
  time = new Date('2026-06-15T09:00:00.000Z');
  webhook: Webhook;
  feed: (Event | undefined)[] = [];
  letters = new Map<number, DeadLetter>();
  leaseId: string | undefined;
  leases = 0;
  /** Every attempt, in order. */
  readonly sent: { url: string; id: string; body: string; secrets: readonly string[] }[] = [];
  readonly taken: string[] = [];
  answer: (id: string) => NoticeFailure | null | Promise<NoticeFailure | null> = () => null;

  constructor(webhook: Partial<Webhook> = {}) {
    this.webhook = aWebhook(webhook);
  }

  now = async () => this.time;
  find = async (organisation: string) => (organisation === this.webhook.organisation ? this.webhook : undefined);
  all = async () => ({ items: [this.webhook], cursor: null });
  secrets = async () => [{ secret: 'whsec_', signsUntil: null }];

  lease = async (): Promise<Lease | undefined> => {
    if (this.leaseId) return undefined;
    this.leases += 1;
    this.leaseId = String(this.leases);
    return { id: this.leaseId, webhook: this.webhook };
  };
  release = async ({ id }: Pick<Lease, 'id'>) => {
    if (this.leaseId === id) this.leaseId = undefined;
  };

  next = async ({ cursor }: Pick<Webhook, 'cursor'>, limit: number): Promise<Place[]> =>
    this.feed.map((event, index) => ({ position: index + 1, event })).slice(cursor, cursor + limit);

  nextReplay: NoticeDelivery['nextReplay'] = async ({ replay }, limit) =>
    [...this.letters.values()]
      .filter(({ position }) => replay && position > replay.after && position <= replay.upTo)
      .sort((a, b) => a.position - b.position)
      .slice(0, limit)
      .map((letter) => ({ letter, event: this.feed[letter.position - 1] }));

  advance: NoticeDelivery['advance'] = async ({ id, webhook }, after, { setAside, settled } = {}) => {
    if (this.leaseId !== id || this.webhook.cursor !== webhook.cursor) return false;
    this.webhook = after;
    if (setAside) this.letters.set(setAside.position, setAside);
    if (settled) this.letters.delete(settled.position);
    return true;
  };

  send: Notices['send'] = async (notice) => {
    this.sent.push(notice);
    const failure = await this.answer(notice.id);
    if (!failure) this.taken.push(notice.id);
    return failure;
  };
}
