import { executionView } from '../../shared/adapters/execution-view.ts';
import { reopenReferral as contract } from '../../shared/contracts/routes/changes.ts';
import type { OperationsReferralView } from '../../shared/contracts/views/referral.ts';
import { reopenReferral as decide } from '../../shared/domain/commands/reopen-referral.ts';
import { operationsView } from '../../shared/domain/views/referral-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { accepted, ofReferral, optionsOf } from '../middleware/commands.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { isHidden } from '../middleware/own-referral.ts';

/** L5: takes a conclusion back, and starts the lifecycle afresh. */
export const reopenReferral = ({ clients, referrals }: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(contract, { clients }, async (request) => {
    const { referralId } = request.params;
    const may = ({ referral }: Parameters<typeof decide>[0]): boolean => !isHidden(referral, request.caller);
    const { state } = accepted(
      await referrals.execute(referralId, {}, (before, context) => decide(before, request.body, context), {
        ...optionsOf(contract, request, may, ofReferral),
        restart: [referralId],
      }),
    );
    const { referral } = state;
    const executions = (await referrals.executions(referral.id)).map(executionView);
    const body = operationsView(referral, executions) as OperationsReferralView;
    return { status: status.accepted, body, version: referral.version };
  });

export const handler = deployed(() => reopenReferral(commanding()));
