import { differenceInDays } from 'date-fns/differenceInDays';
import * as z from 'zod';
import type { DomainEvent } from './events.ts';
import type { OpenTask, Referral } from './referral.ts';

/**
 * How quickly offers of a service were accepted (L3): how many answers that was, and how much of the time that each
 * offer gave (T1) they took together, in thousandths. About a provider, never about a person.
 */
export const answersGiven = z.object({
  answers: z.int().min(0).default(0),
  answerTime: z.int().min(0).default(0),
});
export type AnswersGiven = z.infer<typeof answersGiven>;

const whole = 1000;
/** A service is taken to have accepted so many offers at once before its first: who is new is asked, and shows itself. */
const imagined = 5;
/** Nobody is asked before another for a difference smaller than a tenth: equals take turns. */
const steps = 10;

/** From 0, every offer has lapsed, to 1, every one was accepted at once, in tenths. New services stand at 1. */
export const promptness = ({ answers = 0, answerTime = 0 }: Partial<AnswersGiven>): number =>
  Math.round(steps * (1 - answerTime / whole / (answers + imagined))) / steps;

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

/** A past of so many days ago weighs half: who was slow and is asked no more is given another chance in time. */
const halfLifeDays = 90;

/** What is kept of the past, and since when it has been so. */
export const keptAnswers = answersGiven.extend({ answersSince: z.iso.datetime().nullable().default(null) });
type KeptAnswers = z.infer<typeof keptAnswers>;

/** What is left of a past when its time has come; undefined: all of it, for now. */
export function faded({ answers, answerTime, answersSince }: KeptAnswers, now: Date): KeptAnswers | undefined {
  const since = now.toISOString();
  if (answers === 0) return undefined;
  if (answersSince === null) return { answers, answerTime, answersSince: since };
  if (differenceInDays(now, new Date(answersSince)) < halfLifeDays) return undefined;
  const left = Math.floor(answers / 2);
  return {
    answers: left,
    answerTime: Math.round((answerTime * left) / answers),
    answersSince: left > 0 ? since : null,
  };
}
