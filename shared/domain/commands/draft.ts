import { addDays } from 'date-fns';
import { type Context, type Decide, isRefusal, type Refusal, refuse } from '../decision.ts';
import { missingFacts } from '../eligibility/index.ts';
import type { DomainEvent } from '../events.ts';
import { isDraft, joined, type OpenTask, type Referral, separate } from '../referral.ts';
import type { ReferralFacts } from '../referral-facts.ts';
import type { EndReason } from '../vocabulary.ts';
import { openTask, openTaskOf } from './common.ts';
import { newReferral, type SendReferral, sending } from './send-referral.ts';

/** How long a draft is kept after the last change to it, in days. */
interface Kept {
  keptDays: number;
}

/**
 * L1: a referral is begun and saved, however much of it is known. Nothing runs yet and nobody else sees it. Its task
 * gives the wait an owner and an end (L7): the draft is removed when nobody has touched it for so long.
 * Refusals: `Contradiction` for a need that is there twice, and for nothing else.
 */
export function draftReferral(
  command: Omit<SendReferral, 'possibleDuplicates'> & Kept,
  context: Context,
): DomainEvent[] | Refusal {
  const twice = needsTwice(command.facts);
  if (twice) return twice;
  const { recorded, confidential } = separate(command.facts);
  const referral: Referral = {
    ...newReferral({ ...command, possibleDuplicates: [] }, recorded, context),
    sentAt: null,
  };
  const due = addDays(context.now, command.keptDays).toISOString();
  return [
    {
      type: 'referral.drafted.v1',
      data: { referenceNumber: command.referenceNumber },
      detail: { referral, confidential },
    },
    openTask('draft', referral, context, { due }),
  ];
}

/** L1: a draft is saved anew, as a whole, and kept as long again. Refusals: `NotPossibleNow`, `TaskLapsed`, `Contradiction`. */
export const changeDraft: Decide<{ facts: ReferralFacts } & Kept> = ({ referral }, { facts, keptDays }, { now }) => {
  const task = draftTask(referral, now);
  if (isRefusal(task)) return task;
  if (facts.crn.toUpperCase() !== referral.crn) {
    const detail = `This draft is about ${referral.crn}. Begin another one for another person.`;
    return refuse('Contradiction', 'A draft stays with its person.', {
      faults: [{ pointer: '/crn', detail, rule: 'L1' }],
    });
  }
  const twice = needsTwice(facts);
  if (twice) return twice;
  const dueDates = { [task.id]: addDays(now, keptDays).toISOString() };
  return [{ type: 'referral.draft-changed.v1', data: {}, detail: { facts, missing: missingFacts(facts), dueDates } }];
};

/** The one thing that a draft cannot be: what is said of a need has one place. */
function needsTwice({ needs }: ReferralFacts): Refusal | undefined {
  const faults = needs.flatMap(({ need }, index) =>
    needs.findIndex((other) => other.need === need) < index
      ? [{ pointer: `/needs/${index}/need`, detail: `${need} is there more than once.`, rule: 'L1' }]
      : [],
  );
  return faults.length > 0 ? refuse('Contradiction', 'Each need has one place.', { faults }) : undefined;
}

export type SubmitDraft = Pick<Referral, 'catalogueVersion' | 'possibleDuplicates'>;

/**
 * L1: a draft is sent, as any referral is, by the catalogue in force then (C3). Refused, it stays a draft, unchanged.
 * Refusals: `NotPossibleNow`, `TaskLapsed`, `Contradiction`, `Ineligible`.
 */
export const submitDraft: Decide<SubmitDraft> = ({ referral, confidential }, command, context) => {
  const task = draftTask(referral, context.now);
  if (isRefusal(task)) return task;
  if (!confidential) throw new Error('a draft is sent with its private half');
  const facts = joined(referral.crn, referral.facts, confidential);
  const sent = { ...referral, ...command, missing: missingFacts(facts), sentAt: context.now.toISOString() };
  return sending(facts, { referral: sent, confidential }, context, { taskId: task.id, answer: null });
};

/** What a draft ends by, when it is never sent: its person is removed with it. */
export type RemovalReason = EndReason | 'abandoned';

/** Nothing personal is left of a draft but the case number in its trace. */
export const removeDraft = (reason: RemovalReason): DomainEvent => ({
  type: 'referral.draft-removed.v1',
  data: { reason },
});

/** L7: nobody has sent or changed a draft for as long as it is kept. */
export const abandonDraft = ({ id: taskId, type: taskType, dueAt }: OpenTask): DomainEvent[] => [
  { type: 'task.lapsed.v1', data: { taskId, taskType, owner: 'practitioner', dueAt } },
  removeDraft('abandoned'),
];

/** Days for which a draft stays that may not go, before it is tried again. */
const keptLonger = 30;

/** L7: the time of a draft has come, and a legal hold keeps it (ADR 24): it is tried again later, and stays a draft. */
export const keepDraft: Decide<{ taskId: string }> = ({ referral }, { taskId }, { now }) => {
  const task = referral.openTasks.find(({ id, type }) => id === taskId && type === 'draft');
  if (!task || now <= new Date(task.dueAt)) return [];
  return [{ type: 'referral.draft-kept.v1', data: { taskId, dueAt: addDays(now, keptLonger).toISOString() } }];
};

function draftTask(referral: Referral, now: Date): OpenTask | Refusal {
  const task = referral.openTasks.find(({ type }) => type === 'draft');
  if (!isDraft(referral) || !task) return refuse('NotPossibleNow', 'This referral is not a draft any more.');
  return openTaskOf(referral, task.id, now);
}
