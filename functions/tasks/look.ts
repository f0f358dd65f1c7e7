import { config } from '../../shared/adapters/config.ts';
import { SegmentSuperseded } from '../../shared/contracts/errors.ts';
import { lookInput, lookOutput, type Standing } from '../../shared/contracts/workflow.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { deliveryStanding, isOldExecution, lifecycleStanding } from '../../shared/domain/standing.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { task } from '../middleware/task.ts';

interface LookPorts {
  executions: Pick<Ports['executions'], 'find' | 'noteDefinition'>;
  referrals: Pick<Ports['referrals'], 'load'>;
  clock: Ports['clock'];
}

interface SegmentPolicy {
  /** Looks after which an execution hands over. */
  mostPasses: number;
  /** The release of the definitions that a fresh execution runs. */
  release: number;
}

/**
 * Where an execution stands by the record, and how much of what has happened it has thereby seen. One of an older
 * definition hands over, but not at its first look: while a release is being deployed, its successor may be no younger.
 */
export const look = (ports: LookPorts, { mostPasses, release }: SegmentPolicy) =>
  task('look', { input: lookInput, output: lookOutput }, async ({ passes, definition, ...ref }) => {
    // The turn is read before the record: what happens in between is then seen again, not missed.
    const execution = await ports.executions.find(ref);
    if (!execution || execution.segment !== ref.segment) throw new SegmentSuperseded(ref.executionId);
    const state = await ports.referrals.load(ref.referralId);
    if (!state) throw new Error(`referral ${ref.referralId} is not there`);
    if (execution.definition !== definition) await ports.executions.noteDefinition(ref, definition);
    const standing = standingOf(state.referral, ref.executionId);
    const isOver = standing === 'concluded' || standing === 'ended';
    const isOutdated = definition < release && passes > 0;
    const isFull = isOutdated || passes >= mostPasses || isOldExecution(execution, await ports.clock.now());
    return { standing: isFull && !isOver ? 'segment-full' : standing, turn: execution.turn };
  });

function standingOf(referral: Referral, executionId: string): Standing {
  if (executionId === referral.id) return lifecycleStanding(referral);
  const summary = referral.allocations.find(({ id }) => id === executionId);
  if (!summary) throw new Error(`referral ${referral.id} has no allocation ${executionId}`);
  return deliveryStanding(referral, summary);
}

export const handler = deployed(() => {
  const { SEGMENT_PASSES: mostPasses, DEFINITION_RELEASE: release } = config();
  return look(commanding(), { mostPasses, release });
});
