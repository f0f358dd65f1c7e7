import { SegmentSuperseded } from '../contracts/errors.ts';
import type { ExecutionRecord, ExecutionRef, Executions } from '../ports.ts';

type Key = Pick<ExecutionRef, 'executionId' | 'referralId'>;

/** A parked execution's token, and how much of what had happened the execution had seen when it parked. */
export interface ParkedToken {
  token: string;
  segment: number;
  turn: number;
  /** Orders the tokens of one execution: the latest attempt of the latest segment wins. */
  order: string;
}

/** The steps of the hand-shake. Each is atomic; each read is strongly consistent; between any two a crash may come. */
export interface HandShakeSteps {
  find(key: Key): Promise<ExecutionRecord | undefined>;
  tokenOf(executionId: string): Promise<ParkedToken | undefined>;
  /** False where a later token is kept already. */
  keepToken(executionId: string, token: ParkedToken): Promise<boolean>;
  /** Harmless for a token that was redeemed before, or whose wait is over: false says that nobody waited under it. */
  redeem(token: string): Promise<boolean>;
  /** Harmless for a segment that was started before. */
  start(execution: ExecutionRecord): Promise<void>;
  markStarted(execution: ExecutionRecord): Promise<void>;
  /** Nothing is left to do for this execution, unless it has moved again meanwhile. */
  settle(execution: ExecutionRecord): Promise<void>;
  /** The next segment, unless it has come already. */
  raiseSegment(ref: ExecutionRef): Promise<void>;
}

/**
 * The hand-shake (architecture rule 3): each side writes, then reads. A command raises `turn` in its transaction, then
 * reads the token; parking writes the token, then reads `turn`. Whichever comes second sees the other, so a decision is
 * never missed; and redeeming twice is harmless, for a woken execution only looks.
 */
export function handShake(steps: HandShakeSteps): Omit<Executions, 'waitingSince' | 'noteDefinition'> {
  async function started(execution: ExecutionRecord): Promise<void> {
    await steps.start(execution);
    await steps.markStarted(execution);
  }

  /**
   * Also right after a start: another process may have started it long ago, and it may have parked since. False when it
   * is behind and nobody waits under its token: on its way to park anew, or dead. Then its mark stays, to be seen again.
   */
  async function redeemedIfBehind(execution: ExecutionRecord): Promise<boolean> {
    const parked = await steps.tokenOf(execution.executionId);
    const isBehind = parked?.segment === execution.segment && parked.turn < execution.turn;
    if (parked && isBehind && !(await steps.redeem(parked.token))) return false;
    await steps.settle(execution);
    return true;
  }

  /** A redriven execution may be parked still: told before the next one parks in its place, it looks, and ends. */
  async function redeemedIfOvertaken({ executionId, segment }: ExecutionRecord): Promise<void> {
    const parked = await steps.tokenOf(executionId);
    if (parked && parked.segment < segment) await steps.redeem(parked.token);
  }

  const isMissing = ({ startedSegment, segment }: ExecutionRecord): boolean => startedSegment < segment;

  async function advance(key: Key): Promise<boolean> {
    const execution = await steps.find(key);
    if (!execution) return true;
    if (isMissing(execution)) {
      await redeemedIfOvertaken(execution);
      await started(execution);
    }
    return redeemedIfBehind(execution);
  }

  /** One particular segment: a later one may find an earlier one parked, and is for those who may see its token. */
  async function begin(key: Key, segment: number): Promise<void> {
    const execution = await steps.find(key);
    if (execution?.segment !== segment || !isMissing(execution)) return;
    await started(execution);
    // Once something has moved, there may be a token to redeem: that is theirs too.
    if (execution.turn === 0) await steps.settle(execution);
  }

  return {
    find: steps.find,
    advance: async (key) => void (await advance(key)),

    async revive(key) {
      if (await advance(key)) return;
      const execution = await steps.find(key);
      if (!execution) return;
      await steps.raiseSegment(execution);
      await advance(key);
    },

    begin: (key) => begin(key, 1),

    async wake(key) {
      const execution = await steps.find(key);
      return !execution || isMissing(execution) || redeemedIfBehind(execution);
    },

    async park(ref, turn, token, attempt) {
      const { executionId, segment } = ref;
      const order = `${String(segment).padStart(6, '0')}#${attempt}`;
      const isLatest = await steps.keepToken(executionId, { token, segment, turn, order });
      const current = await steps.find(ref);
      if (!current || current.segment !== segment) throw new SegmentSuperseded(executionId);
      if (isLatest && current.turn <= turn) return 'parked';
      // A token that is not kept would never be redeemed by anyone else.
      await steps.redeem(token);
      return 'redeemed';
    },

    async renew(ref) {
      await steps.raiseSegment(ref);
      await begin(ref, ref.segment + 1);
    },
  };
}
