import { type Operations, until } from '../actors.ts';
import type { Stack } from '../stack-file.ts';
import { type Arrival, arrivalOf } from './arrivals.ts';
import { transitionsOf, type Use, useByReferral } from './costs.ts';
import type { Played } from './story.ts';
import type { Subscriber } from './subscriber.ts';

/** What was recorded, received and used of one referral. */
export interface Account extends Use {
  played: Played;
  arrival: Arrival;
  transitions: number;
}

/** Waits for the last events, which may take a moment, and adds up. What did not arrive is a fault of its story. */
export async function accountsOf(
  stack: Stack,
  all: readonly Played[],
  { operations, subscriber, since }: { operations: Operations; subscriber: Subscriber; since: number },
): Promise<{ accounts: Account[]; others: Use }> {
  for (const played of all) if (played.referral) played.history = await operations.history(played.referral.id);
  const arrivals = new Map<Played, Arrival>();
  for (const played of all) if (played.referral) arrivals.set(played, await arrived(played, subscriber));

  const uses = await useByReferral(stack, since);
  const accounts: Account[] = [];
  for (const [played, arrival] of arrivals) {
    const id = played.referral?.id ?? '';
    const use = uses.get(id) ?? nothing;
    accounts.push({ played, arrival, ...use, transitions: await transitionsOf(stack, operations, id) });
  }
  return { accounts, others: uses.get('') ?? nothing };
}

const nothing: Use = { invocations: 0, readUnits: 0, writeUnits: 0 };

async function arrived(played: Played, subscriber: Subscriber): Promise<Arrival> {
  const now = () =>
    arrivalOf(
      played.history,
      subscriber.received.filter(({ referralId }) => referralId === played.referral?.id),
    );
  const what = `the last events of ${played.referral?.referenceNumber}`;
  const arrival = await until(what, async () => (now().missing.length === 0 ? now() : undefined)).catch(now);
  const { missing, faults } = arrival;
  if (missing.length > 0) played.faults.push(`the subscriber did not receive number ${missing.join(', ')}`);
  played.faults.push(...faults);
  return arrival;
}
