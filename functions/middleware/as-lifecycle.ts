import { systemClients } from '../../shared/adapters/changes.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import type { Committed, Decision, ExecutionRef, Ports, Scope } from '../../shared/ports.ts';

/** A command that a referral's own lifecycle gives: only its current segment may (architecture rule 5). */
export async function asLifecycle(
  referrals: Ports['referrals'],
  ref: ExecutionRef,
  scope: Scope,
  decide: Decision,
): Promise<Committed> {
  const outcome = await referrals.execute(ref.referralId, scope, decide, {
    by: { organisation: 'system', client: systemClients.lifecycle },
    execution: ref,
  });
  if (isRefusal(outcome)) throw new Error(`the lifecycle was refused: ${outcome.refused}`);
  return outcome;
}
