import type { DeadLetter, NoticeFailure, Webhook } from '../domain/webhook.ts';
import type { WebhookSecret } from '../domain/webhook-secret.ts';
import type { HistoryEntry, Page, PageRequest } from '../ports.ts';

/** What is asked of the webhooks by those whose they are. A secret goes in and comes out only where it is made. */
export interface Webhooks {
  find(organisation: string): Promise<Webhook | undefined>;
  all(page: PageRequest): Promise<Page<Webhook>>;
  /** From now on: it begins behind the last event of the organisation's feed. False: there is one already. */
  create(webhook: NewWebhook, secret: string): Promise<boolean>;
  /** Forgets every failure, so that it is tried at once. Undefined: there is none. */
  change(webhook: NewWebhook): Promise<Webhook | undefined>;
  /** The new secret beside those that sign on; false where too many do. Undefined: there is no webhook. */
  rotate(
    organisation: string,
    secret: string,
    overlapHours: number,
  ): Promise<{ signUntil: string } | false | undefined>;
  remove(organisation: string): Promise<void>;
  deadLetters(organisation: string, page: PageRequest): Promise<Page<DeadLetter>>;
  /** All that is set aside by now is tried once more, as soon as nothing else waits for its next attempt. */
  replay(webhook: Webhook): Promise<Webhook | undefined>;
}
export type NewWebhook = Pick<Webhook, 'organisation' | 'role' | 'url' | 'types'>;

/** A place in an organisation's feed. Without an event: it cannot be read any more. */
export interface Place {
  position: number;
  event: (HistoryEntry & { pk: string; sk: string }) | undefined;
}

/** The right to deliver for one organisation, which only one run has at a time. */
export interface Lease {
  id: string;
  webhook: Webhook;
}

/** What the function that delivers does with the record. */
export interface NoticeDelivery {
  find(organisation: string): Promise<Webhook | undefined>;
  all(page: PageRequest): Promise<Page<Webhook>>;
  /** Undefined: another run has it. It ends by itself when its holder does not end it. */
  lease(organisation: string): Promise<Lease | undefined>;
  release(lease: Pick<Lease, 'id'>, organisation: string): Promise<void>;
  secrets(organisation: string): Promise<WebhookSecret[]>;
  /** What comes after the cursor. */
  next(webhook: Pick<Webhook, 'organisation' | 'cursor'>, limit: number): Promise<Place[]>;
  /** What is to be tried once more. */
  nextReplay(webhook: Webhook, limit: number): Promise<{ letter: DeadLetter; event: Place['event'] }[]>;
  /** Keeps how far it has come, with what was set aside or delivered after all. False: the lease is lost, so stop. */
  advance(lease: Lease, after: Webhook, letters?: { setAside?: DeadLetter; settled?: DeadLetter }): Promise<boolean>;
}

/** The way out to a receiver: one signed POST. Null: it was taken. */
export interface Notices {
  send(notice: { url: string; id: string; body: string; secrets: readonly string[] }): Promise<NoticeFailure | null>;
}
