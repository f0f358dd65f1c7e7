import { config } from '../../shared/adapters/config.ts';
import { SegmentSuperseded } from '../../shared/contracts/errors.ts';
import { lookInput, lookOutput, type Standing } from '../../shared/contracts/workflow.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { deliveryStanding, isOldExecution, lifecycleStanding } from '../../shared/domain/standing.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { task } from '../middleware/task.ts';

interface LookPorts {
  executions: Pick<Ports['executions'], 'find'>;
  referrals: Pick<Ports['referrals'], 'load'>;
  clock: Ports['clock'];
}

/** Where an execution stands by the record, and how much of what has happened it has thereby seen. */
export const look = (ports: LookPorts, mostPasses: number) =>
  task('look', { input: lookInput, output: lookOutput }, async ({ passes, ...ref }) => {
    // The turn is read before the record: what happens in between is then seen again, not missed.
    const execution = await ports.executions.find(ref);
    if (!execution || execution.segment !== ref.segment) throw new SegmentSuperseded(ref.executionId);
    const state = await ports.referrals.load(ref.referralId);
    if (!state) throw new Error(`referral ${ref.referralId} is not there`);
    const standing = standingOf(state.referral, ref.executionId);
    const isOver = standing === 'concluded' || standing === 'ended';
    const isFull = passes >= mostPasses || isOldExecution(execution, await ports.clock.now());
    return { standing: isFull && !isOver ? 'segment-full' : standing, turn: execution.turn };
  });

function standingOf(referral: Referral, executionId: string): Standing {
  if (executionId === referral.id) return lifecycleStanding(referral);
  const summary = referral.allocations.find(({ id }) => id === executionId);
  if (!summary) throw new Error(`referral ${referral.id} has no allocation ${executionId}`);
  return deliveryStanding(referral, summary);
}

export const handler = deployed(() => look(commanding(), config().SEGMENT_PASSES));
