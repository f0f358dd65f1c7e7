import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import { systemClients } from '../../shared/adapters/changes.ts';
import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { unpublished } from '../../shared/adapters/unpublished.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { logger, observe } from '../middleware/observe.ts';

type SweepPorts = Pick<Ports, 'referrals' | 'executions' | 'clock' | 'dueTasks'> & {
  outbox: Pick<Ports['outbox'], 'unpublished' | 'requeue'>;
};

/** What one sweep did. `more`: a page was full, so another sweep would find more at once. */
export interface Swept {
  clocks: number;
  executions: number;
  requeued: number;
  failed: number;
  more: boolean;
}

/** What has not been done by those whose work it was is taken up after this (milliseconds). */
const executionGrace = 30_000;
const eventGrace = 120_000;
const fullPage = 100;

const before = (now: Date, milliseconds: number): Date => new Date(now.getTime() - milliseconds);

/**
 * Every minute: reminds and lapses what is due (rule 4), starts or wakes executions that a crash left behind (rules 3
 * and 5), and sends events again that have not left the outbox (rule 2). One failure never stops the rest.
 */
export const sweep = (ports: SweepPorts, metrics: Metrics) =>
  middy<unknown, Swept>()
    .use(observe('sweep'))
    .handler(async () => {
      const now = await ports.clock.now();
      const clocks = await eachOf(await ports.dueTasks.dueBy(now), ({ referralId, taskId }) =>
        ports.referrals.execute(referralId, {}, (state, context) => keepClocks(state, { taskId }, context), {
          by: { organisation: 'system', client: systemClients.sweeper },
        }),
      );
      const waiting = await ports.executions.waitingSince(before(now, executionGrace));
      const executions = await eachOf(waiting, ({ ref }) => ports.executions.advance(ref));
      const events = await ports.outbox.unpublished(fullPage);
      const late = events.filter(({ occurredAt }) => new Date(occurredAt) < before(now, eventGrace));
      const requeued = await eachOf(late, (event) => ports.outbox.requeue([event]));

      measure(metrics, now, { event: events[0]?.occurredAt, execution: waiting[0]?.since });
      return {
        clocks: clocks.done,
        executions: executions.done,
        requeued: requeued.done,
        failed: clocks.failed + executions.failed + requeued.failed,
        more: [clocks, executions].some(({ done, failed }) => done + failed >= fullPage),
      };
    });

async function eachOf<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<{ done: number; failed: number }> {
  let done = 0;
  for (const item of items) {
    try {
      await work(item);
      done += 1;
    } catch (error) {
      logger.error('sweeping one failed', { errorName: (error as Error).name });
    }
  }
  return { done, failed: items.length - done };
}

/** What the alarms watch: how long the oldest of each has waited. */
function measure(
  metrics: Metrics,
  now: Date,
  oldest: { event: string | undefined; execution: string | undefined },
): void {
  const seconds = (since: string | undefined): number =>
    since ? Math.max(0, (now.getTime() - Date.parse(since)) / 1000) : 0;
  metrics.addMetric('OldestUnpublishedEventSeconds', MetricUnit.Seconds, seconds(oldest.event));
  metrics.addMetric('OldestUnredeemedWaitSeconds', MetricUnit.Seconds, seconds(oldest.execution));
  metrics.publishStoredMetrics();
}

export const handler = deployed(() => {
  const { db, clock, referrals, executions } = commanding();
  const ports = { clock, referrals, executions, dueTasks: tasksOf(db), outbox: unpublished(db, clock) };
  return sweep(ports, new Metrics());
});
