import * as z from 'zod';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import { practitionerView } from '../../shared/domain/views/referral-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { accepted, isSenderOf, ofReferral, optionsOf } from './commands.ts';
import type { Asked } from './endpoint.ts';

const ids = z.looseObject({ referralId: z.string() });

/** A change that the case system makes to a referral of its own, on the version that it has seen. */
export const changeBySender =
  <C extends EndpointContract, Command>(
    contract: C,
    { referrals }: Pick<Ports, 'referrals'>,
    decide: Decide<Command>,
    commandOf: (request: Asked<C>) => Command,
  ) =>
  async (request: Asked<C>) => {
    const { referralId } = ids.parse(request.params);
    const outcome = await referrals.execute(
      referralId,
      { confidential: true },
      (state, context) => decide(state, commandOf(request), context),
      optionsOf(contract, request, isSenderOf(request.caller), ofReferral),
    );
    const { referral, confidential } = accepted(outcome).state;
    if (!confidential) throw new Error('the private half was asked for');
    return { status: 202 as const, body: practitionerView({ referral, confidential }), version: referral.version };
  };
