import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import type { redrive } from '../../shared/contracts/routes/operations.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import type { Caller, CommandOptions, Ports } from '../../shared/ports.ts';
import { accepted, actorOf } from './commands.ts';
import type { Asked } from './endpoint.ts';
import { isHidden } from './own-referral.ts';

type OperationPorts = Pick<Ports, 'referrals' | 'tasks'>;

/** The referral that operations mean: named itself, or by one of its tasks. */
export async function referralMeant(
  { tasks }: Pick<Ports, 'tasks'>,
  { referralId, taskId }: { referralId?: string | undefined; taskId?: string | undefined },
): Promise<string | undefined> {
  if (!taskId) return referralId;
  const task = await tasks.find(taskId);
  if (!task || (referralId && task.referralId !== referralId)) throw new NotFound(taskId);
  return task.referralId;
}

/** Moves the executions of one referral that are not over, and records who did it and why. */
export async function moveExecutions(
  ports: OperationPorts,
  { body, traceparent, caller }: Pick<Asked<typeof redrive>, 'body' | 'traceparent'> & { caller: Caller },
  decide: Decide<{ reason: string; executions: string[]; taskId?: string | undefined }>,
  move: (executions: string[]) => Pick<CommandOptions, 'restart' | 'wake'>,
): Promise<{ referralId: string; executions: string[] }> {
  const referralId = await referralMeant(ports, body);
  const state = referralId ? await ports.referrals.load(referralId) : undefined;
  if (!referralId || !state || isHidden(state.referral, caller)) throw new NotFound(referralId);
  const { referral } = state;
  if (referral.conclusion) throw new ProblemError('referral-already-concluded', 'Nothing of it runs any more.');
  const live = referral.allocations.filter(({ phase }) => phase !== 'ended').map(({ id }) => id);
  const executions = [referral.id, ...live];
  const { reason, taskId } = body;
  accepted(
    await ports.referrals.execute(
      referralId,
      {},
      (current, context) => decide(current, { reason, executions, taskId }, context),
      { by: actorOf(caller), traceparent, ...move(executions) },
    ),
  );
  return { referralId, executions };
}
