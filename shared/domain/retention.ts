import { addDays, addMonths, max, subMonths } from 'date-fns';
import { isRemoved, type Referral } from './referral.ts';

/** Whether what is held on a person goes now, or stays, until it is looked at again. */
export type Retention =
  | { keep: false; concludedAt: string }
  | { keep: true; because: 'legal-hold' | 'not-concluded' | 'open-task' | 'period'; until: Date };

/**
 * What is held on a person is one record, so its period runs from the last conclusion of all their referrals, whoever
 * sent them: while one goes on, what came before it may matter to it. A referral that is not over, a task that outlives
 * one (E7), and a legal hold before all, keep everything. What may change at any time is looked at again the next day.
 */
export function retentionOf(
  referrals: readonly Referral[],
  isHeld: boolean,
  periodMonths: number,
  now: Date,
): Retention {
  const tomorrow = nextLook(now);
  if (isHeld) return { keep: true, because: 'legal-hold', until: tomorrow };
  // Of a draft that was never sent nothing is held any more, and of a record that was removed neither.
  const held = referrals.filter((referral) => !isRemoved(referral) && referral.removedAt === null);
  const concluded = held.flatMap(({ conclusion }) => (conclusion ? [new Date(conclusion.at)] : []));
  if (concluded.length < held.length || held.length === 0) {
    return { keep: true, because: 'not-concluded', until: tomorrow };
  }
  if (held.some(({ openTasks }) => openTasks.length > 0)) return { keep: true, because: 'open-task', until: tomorrow };
  const last = max(concluded);
  const until = addMonths(last, periodMonths);
  return until > now ? { keep: true, because: 'period', until } : { keep: false, concludedAt: last.toISOString() };
}

/** What concluded before then has had its period, or is to be looked at as if it had. */
export const concludedBy = (time: Date, periodMonths: number): Date => subMonths(time, periodMonths);

/** When to look again at what cannot go now. */
export const nextLook = (now: Date): Date => addDays(now, 1);
