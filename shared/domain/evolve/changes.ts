import type { EventOf } from '../events.ts';
import type { Referral } from '../referral.ts';
import { outOfLine } from './groups.ts';
import { redated, staysDue } from './tasks.ts';

/** What events do to a referral as a whole while it runs (L4, L5). */

/** A report that is due stays due; but a death leaves nothing that anybody would have to do (L4). */
export function endingBegun(
  { groups, openTasks }: Referral,
  { type, data, detail }: EventOf<'referral.withdrawn.v1'> | EventOf<'referral.ended-early.v1'>,
  at: string,
): Partial<Referral> {
  const { reason } = data;
  return {
    ending: { reason, ...(type === 'referral.ended-early.v1' ? { early: true } : {}) },
    groups: outOfLine(groups, 'closed'),
    openTasks: reason === 'died' ? [] : redated(openTasks.filter(staysDue), detail.dueDates, at),
    paused: null,
  };
}

export const extended = (
  { facts, openTasks }: Referral,
  { data, detail }: EventOf<'referral.extended.v1'>,
  at: string,
): Partial<Referral> => ({
  facts: { ...facts, sentence: { ...facts.sentence, endDate: data.to } },
  openTasks: redated(openTasks, detail.dueDates, at),
});
