import * as z from 'zod';
import type { DomainEvent } from './events.ts';
import type { OpenTask, Referral } from './referral.ts';

/**
 * How quickly offers of a service were accepted (L3): how many answers that was, and how much of the time that each
 * offer gave (T1) they took together, in thousandths. About a provider, never about a person.
 */
export const answersGiven = z.object({ answers: z.int().min(0).default(0), answerTime: z.int().min(0).default(0) });
export type AnswersGiven = z.infer<typeof answersGiven>;

const whole = 1000;
/** What a service without a past is taken to have answered, each in half the time: nobody begins as first or last. */
const imagined = 5;

/** From 0, every offer has lapsed, to 1, every one was accepted at once. New services stand at a half. */
export const promptness = ({ answers = 0, answerTime = 0 }: Partial<AnswersGiven>): number =>
  1 - (answerTime / whole + imagined / 2) / (answers + imagined);

/**
 * What the events of one command add to the past of each service. A lapse counts as the whole time. Who declines counts
 * for nothing: quick or slow, it was no acceptance, and being honest shall cost nobody.
 */
export function answersIn(
  before: Pick<Referral, 'openTasks' | 'paused'> | undefined,
  events: readonly DomainEvent[],
  now: Date,
): Map<string, AnswersGiven> {
  const found = new Map<string, AnswersGiven>();
  const add = (serviceId: string, time: number): void => {
    const { answers = 0, answerTime = 0 } = found.get(serviceId) ?? {};
    found.set(serviceId, { answers: answers + 1, answerTime: answerTime + time });
  };
  for (const event of events) {
    if (event.type === 'offer.lapsed.v1') add(event.data.serviceId, whole);
    if (event.type !== 'offer.accepted.v1') continue;
    const task = before?.openTasks.find(({ id }) => id === event.answers?.taskId);
    if (task) add(event.data.serviceId, timeTaken(task, before?.paused ? new Date(before.paused.at) : now));
  }
  return found;
}

/** L4: while a referral is paused its clocks rest. */
function timeTaken({ openedAt, dueAt }: OpenTask, until: Date): number {
  const opened = Date.parse(openedAt);
  const given = Date.parse(dueAt) - opened;
  return given > 0 ? Math.round(whole * Math.min(1, Math.max(0, (until.getTime() - opened) / given))) : whole;
}

/** More answers than this, and what is long ago weighs half. */
const manyAnswers = 100;

/** What is left of a long past, so that a provider that changes is seen to; undefined: all of it. */
export const faded = ({ answers, answerTime }: AnswersGiven): AnswersGiven | undefined =>
  answers > manyAnswers
    ? { answers: Math.floor(answers / 2), answerTime: Math.floor((answerTime * Math.floor(answers / 2)) / answers) }
    : undefined;
