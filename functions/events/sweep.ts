import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import { systemClients } from '../../shared/adapters/changes.ts';
import { directory as directoryOf } from '../../shared/adapters/directory.ts';
import { groupSessionReader } from '../../shared/adapters/group-sessions.ts';
import { places as placesOf } from '../../shared/adapters/places.ts';
import { reminders as remindersOf } from '../../shared/adapters/reminders.ts';
import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { unpublished } from '../../shared/adapters/unpublished.ts';
import { keepDraft } from '../../shared/domain/commands/draft.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import { remindedUntil } from '../../shared/domain/commands/remind-appointment.ts';
import { type Decide, isRefusal } from '../../shared/domain/decision.ts';
import { hasOpened } from '../../shared/domain/planned-places.ts';
import type { Page, PageRequest, Ports, WaitingExecution } from '../../shared/ports.ts';
import { ownPolicy } from '../middleware/available-services.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { withdrawFromEnded } from '../middleware/ended-services.ts';
import { logger, observe } from '../middleware/observe.ts';
import { type ReminderPorts, remind } from '../middleware/reminders.ts';
import { reminderHours } from '../middleware/settings.ts';
import { beginRound, goOnPlacing, placeWaiting, type WaitingListPorts } from '../middleware/waiting-list.ts';

type SweepPorts = Pick<Ports, 'executions' | 'dueTasks'> &
  ReminderPorts &
  WaitingListPorts & {
    outbox: Pick<Ports['outbox'], 'unpublished' | 'requeue'>;
    /** How long before its start an appointment is reminded of. */
    leadHours: number;
  };

/** What one sweep did. `more`: its time was up before all was done, so another sweep would go on at once. */
export interface Swept {
  clocks: number;
  executions: number;
  requeued: number;
  /** Services of which a period had begun: other places, or none any more. */
  periods: number;
  /** Appointments that were reminded of. */
  reminded: number;
  /** Referrals in line that were moved. */
  placed: number;
  /** Services whose counted places were wrong. */
  repaired: number;
  failed: number;
  more: boolean;
}

/** What has not been done by those whose work it was is taken up after this (milliseconds). */
const executionGrace = 30_000;
const eventGrace = 120_000;
/** An execution that is behind for so long and under whose token nobody waits is taken to be dead. */
const deadAfter = 300_000;
/** A sweep ends before the next one comes; whatever took its time, there is some for each kind of work (milliseconds). */
const sweepTime = 40_000;
const leastTime = 1_000;
const pageSize = 100;
/** Services whose places one sweep reconciles: a directory of ten thousand is through in a day and a half. */
const reconciledAtOnce = 5;

const bySweeper = { organisation: 'system', client: systemClients.sweeper };

const before = (now: Date, milliseconds: number): Date => new Date(now.getTime() - milliseconds);

/**
 * Every minute: reminds and lapses what is due (rule 4), reminds of appointments (L4), starts or wakes executions that a crash left behind (rules 3
 * and 5), sends events again that have not left the outbox (rule 2), lets the periods of services begin and end (L3, O4),
 * offers places that came free to those in line, and reconciles the places of a few services (L3). One failure never
 * holds up the rest.
 */
export const sweep = (ports: SweepPorts, metrics: Metrics) =>
  middy<unknown, Swept>()
    .use(observe('sweep'))
    .handler(async () => {
      let placed = 0;
      let reminded = 0;
      let repaired = 0;
      const now = await ports.clock.now();
      const until = performance.now() + sweepTime;
      const clocks = await eachOf(
        (page) => ports.dueTasks.dueBy(now, page),
        async ({ referralId, taskId }) => {
          const decides = (decide: Decide<{ taskId: string }>) =>
            ports.referrals.execute(referralId, {}, (state, context) => decide(state, { taskId }, context), {
              by: bySweeper,
            });
          // Refused where a legal hold stands, and nowhere else.
          if (isRefusal(await decides(keepClocks))) await decides(keepDraft);
        },
        until,
      );
      const takeUp = takingUp(ports.executions, before(now, deadAfter));
      const executions = await eachOf(
        (page) => ports.executions.waitingSince(before(now, executionGrace), page),
        takeUp,
        until,
      );
      const reminders = await eachOf(
        (page) => ports.reminders.startingBy(remindedUntil(now, ports.leadHours), page),
        async (due) => {
          reminded += Number(await remind(ports, due, ports.leadHours, bySweeper));
        },
        until,
      );
      const { events, unreadable } = await ports.outbox.unpublished(pageSize);
      const late = events.filter(({ waitingSince }) => new Date(waitingSince) < before(now, eventGrace));
      const requeued = await eachOf(
        async () => ({ items: late.map((event) => ({ event, since: event.waitingSince })), cursor: null }),
        ({ event }) => ports.outbox.requeue([event]),
        until,
      );

      const periods = await eachOf(
        (page) => ports.directory.periodsBegun(now, page),
        async ({ serviceId, since }) => {
          const entry = await ports.directory.find(serviceId);
          if (!entry) return;
          await withdrawFromEnded(ports, entry);
          if (hasOpened(entry, { since: new Date(since), now })) await beginRound(ports, serviceId);
          await ports.directory.beginPeriod(entry, bySweeper);
        },
        until,
      );
      const lines = await eachOf(
        (page) => ports.places.waitedFor(page),
        async ({ serviceId }) => {
          const entry = await ports.directory.find(serviceId);
          if (!entry || entry.capacity.waiting <= 0) return ports.places.nobodyWaits(serviceId);
          placed += await placeWaiting(ports, serviceId, {}, until);
        },
        until,
      );
      const rounds = await eachOf(
        (page) => ports.places.unfinished(page),
        async ({ serviceId }) => {
          placed += await goOnPlacing(ports, serviceId, until);
        },
        until,
      );
      const places = await eachOf(
        async () => {
          const ids = performance.now() < until ? await ports.places.nextInTurn(reconciledAtOnce) : [];
          return { items: ids.map((serviceId) => ({ serviceId, since: now.toISOString() })), cursor: null };
        },
        async ({ serviceId }) => {
          repaired += Number(await ports.places.reconcile(serviceId, bySweeper));
        },
        until,
      );

      const failed = [clocks, executions, reminders, requeued, periods, lines, rounds, places].reduce(
        (sum, one) => sum + one.failed,
        unreadable,
      );
      const seconds = (since: string | undefined): number =>
        since ? Math.max(0, (now.getTime() - Date.parse(since)) / 1000) : 0;
      metrics.addMetric('OldestDueTaskSeconds', MetricUnit.Seconds, seconds(clocks.oldest));
      metrics.addMetric('OldestUnredeemedWaitSeconds', MetricUnit.Seconds, seconds(executions.oldest));
      metrics.addMetric('OldestUnpublishedEventSeconds', MetricUnit.Seconds, seconds(events[0]?.waitingSince));
      metrics.addMetric('SweepFailures', MetricUnit.Count, failed);
      metrics.publishStoredMetrics();
      return {
        clocks: clocks.done,
        executions: executions.done,
        requeued: requeued.done,
        periods: periods.done,
        reminded,
        placed,
        repaired,
        failed,
        more: clocks.more || executions.more || reminders.more || periods.more || lines.more || rounds.more,
      };
    });

/**
 * Starts or wakes what waits. Once Step Functions has refused a start because the account may have no more executions
 * open, none is tried again in this sweep, so that those which are open are woken in time; what has not started keeps
 * its mark, and its place.
 */
function takingUp({ advance, revive, wake }: Ports['executions'], dead: Date) {
  let isFull = false;
  return async ({ ref, since }: WaitingExecution): Promise<void> => {
    if (isFull) return void (await wake(ref));
    try {
      await (new Date(since) < dead ? revive(ref) : advance(ref));
    } catch (error) {
      isFull = error instanceof Error && error.name === 'ExecutionLimitExceeded';
      throw error;
    }
  };
}

/** Works through every page, past what fails, while there is time. `more`: there was none for all of it. */
async function eachOf<T extends { since: string }>(
  read: (page: PageRequest) => Promise<Page<T>>,
  work: (item: T) => Promise<unknown>,
  until: number,
): Promise<{ done: number; failed: number; more: boolean; oldest: string | undefined }> {
  let done = 0;
  let failed = 0;
  let oldest: string | undefined;
  let cursor: string | null | undefined;
  const end = Math.max(until, performance.now() + leastTime);
  do {
    const page: Page<T> = await read({ limit: pageSize, cursor: cursor ?? undefined });
    oldest ??= page.items[0]?.since;
    for (const item of page.items) {
      if (performance.now() >= end) return { done, failed, more: true, oldest };
      try {
        await work(item);
        done += 1;
      } catch (error) {
        failed += 1;
        logger.error('sweeping one failed', { errorName: (error as Error).name, ...idsOf(item) });
      }
    }
    cursor = page.cursor;
  } while (cursor && performance.now() < end);
  return { done, failed, more: Boolean(cursor), oldest };
}

/** Which task, execution or event: their ids, and nothing else of them. */
function idsOf(item: object): Record<string, string> {
  const { ref, event, ...ids } = item as { ref?: object; event?: { id: string }; since?: string };
  return { ...ids, ...ref, ...(event ? { eventId: event.id } : {}) };
}

export const handler = deployed(() => {
  const { db, clock, referrals, executions } = commanding();
  const directory = directoryOf(db, clock);
  const places = placesOf(db, clock);
  const outbox = unpublished(db, clock);
  const ports = {
    clock,
    referrals,
    executions,
    dueTasks: tasksOf(db),
    allocations: allocationsOf(db),
    reminders: remindersOf(db),
    groupSessions: groupSessionReader(db),
    leadHours: reminderHours(),
    outbox,
    directory,
    places,
    policy: ownPolicy(),
  };
  return sweep(ports, new Metrics());
});
