import { NotFound } from '../../shared/contracts/errors.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import type { Caller, ReadingPorts } from '../../shared/ports.ts';
import { isSenderOf } from './commands.ts';
import { note } from './observe.ts';

/** A draft is its case system's alone, and so is what is left of one that was never sent. */
export const isHidden = ({ sentAt }: Referral, { role }: Pick<Caller, 'role'>): boolean =>
  sentAt === null && role !== 'practitioner';

/** A referral that the caller's own case system sent, without the person. Anything else does not exist. */
export async function referralSentBy(
  { referrals }: Pick<ReadingPorts, 'referrals'>,
  caller: Caller,
  referralId: string,
): Promise<Referral> {
  const state = await referrals.load(referralId);
  if (!state || !isSenderOf(caller)(state)) throw new NotFound(referralId);
  note({ referralId });
  return state.referral;
}
