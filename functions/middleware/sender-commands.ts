import * as z from 'zod';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import type { Confidential, Referral } from '../../shared/domain/referral.ts';
import { practitionerView } from '../../shared/domain/views/referral-view.ts';
import type { Decision, Ports } from '../../shared/ports.ts';
import { accepted, isSenderOf, ofReferral, optionsOf } from './commands.ts';
import type { Asked } from './endpoint.ts';

const ids = z.looseObject({ referralId: z.string() });

/** What a referral has become by a change of its case system's, on the version that it has seen. */
export async function sendersChange<C extends EndpointContract>(
  contract: C,
  { referrals }: Pick<Ports, 'referrals'>,
  request: Asked<C>,
  decide: Decision,
): Promise<{ referral: Referral; confidential: Confidential }> {
  const { referralId } = ids.parse(request.params);
  const options = optionsOf(contract, request, isSenderOf(request.caller), ofReferral);
  const outcome = await referrals.execute(referralId, { confidential: true }, decide, options);
  const { referral, confidential } = accepted(outcome).state;
  if (!confidential) throw new Error('the private half was asked for');
  return { referral, confidential };
}

/** A change after which the workflow goes on. */
export const changeBySender =
  <C extends EndpointContract, Command>(
    contract: C,
    ports: Pick<Ports, 'referrals'>,
    decide: Decide<Command>,
    commandOf: (request: Asked<C>) => Command | Promise<Command>,
  ) =>
  async (request: Asked<C>) => {
    const command = await commandOf(request);
    const state = await sendersChange(contract, ports, request, (before, context) => decide(before, command, context));
    return { status: 202 as const, body: practitionerView(state), version: state.referral.version };
  };
