import type { ExecutionDrift } from '../../shared/domain/drift.ts';
import { deliveryStanding, lifecycleStanding } from '../../shared/domain/standing.ts';
import type { MachineStatus, OpenExecution, Surroundings } from '../../shared/ports/reconciliation.ts';

/** How an execution looks by the record alone. */
export type Look =
  /** Nothing to say: it has just been moved, or is marked for the sweeper. */
  | 'in-hand'
  /** Its referral or allocation is over. */
  | 'over'
  /** Its current segment was never started, and nothing says so. */
  | 'unstarted'
  /** It is parked, and has not seen what has happened since; nothing says so. */
  | 'behind'
  /** It should wait, and has left no token by which to wake it. */
  | 'unparked'
  /** As it should be, as far as the record can tell. */
  | 'at-work';

/** What has been moved so lately is on its way (milliseconds). */
const grace = 60_000;
/** A step is tried again for so long: eight times, at most a minute apart. */
const trying = 185_000;

export function lookOf({ referral, execution, parkedTurn }: Surroundings, now: Date): Look {
  if (!referral || !execution || execution.isMarked) return 'in-hand';
  const since = [execution.movedAt, execution.startedAt ?? ''].reduce((one, other) => (one > other ? one : other));
  if (since !== '' && now.getTime() - Date.parse(since) < grace) return 'in-hand';
  const standing = standingOf(referral, execution);
  if (standing === undefined || standing === 'concluded' || standing === 'ended') return 'over';
  if (execution.startedSegment < execution.segment) return 'unstarted';
  // What the system does itself needs no token while it is tried; after that it was never woken for it.
  const isWork = standing === 'make-offers' || standing === 'recommend-complexity';
  if (isWork && now.getTime() - Date.parse(since) < trying) return 'at-work';
  if (parkedTurn === undefined) return 'unparked';
  return parkedTurn < execution.turn ? 'behind' : 'at-work';
}

function standingOf(referral: NonNullable<Surroundings['referral']>, { executionId }: OpenExecution) {
  if (executionId === referral.id) return lifecycleStanding(referral);
  const summary = referral.allocations.find(({ id }) => id === executionId);
  return summary && deliveryStanding(referral, summary);
}

/** Why an execution that is not running ended too early; `failed`: by a fault, which a fresh one would meet again. */
export function endOf(status: MachineStatus): ExecutionDrift | 'failed' {
  if (status === 'FAILED') return 'failed';
  return status === 'ABORTED' ? 'stopped' : status === 'TIMED_OUT' ? 'timed-out' : 'missing';
}
