import { Metrics } from '@aws-lambda-powertools/metrics';
import { sweep } from '../../../functions/events/sweep.ts';
import { sweepUntilDone } from '../../../infra/local/move-clock.ts';
import { context } from './call.ts';
import { application, stack } from './deployment.ts';

/** Runs the deployed sweeper until it finds nothing more to do. */
export const swept = (): Promise<void> => sweepUntilDone(stack);

const nothing = async (): Promise<void> => undefined;

/** A sweep at a later time, for which one task is all that there is: nobody else's clock moves. */
export async function sweptOnly(task: { referralId: string; taskId: string }, clockAhead: number): Promise<void> {
  const { clock, referrals, executions, directory, places } = application({ clockAhead });
  const ports = {
    clock,
    referrals,
    allocations: { find: async () => undefined },
    groupSessions: { find: async () => undefined },
    reminders: { startingBy: async () => ({ items: [], cursor: null }), drop: nothing, putOff: nothing },
    leadHours: 24,
    executions: { ...executions, waitingSince: async () => ({ items: [], cursor: null }) },
    dueTasks: { dueBy: async () => ({ items: [{ ...task, since: '' }], cursor: null }) },
    directory: { ...directory, periodsBegun: async () => ({ items: [], cursor: null }) },
    places: {
      ...places,
      waitedFor: async () => ({ items: [], cursor: null }),
      unfinished: async () => ({ items: [], cursor: null }),
      nextInTurn: async () => [],
    },
    outbox: { unpublished: async () => ({ events: [], unreadable: 0 }), requeue: async () => undefined },
  };
  const { failed } = await sweep(ports, new Metrics())({}, context);
  if (failed > 0) throw new Error(`the sweep of ${task.taskId} failed`);
}
