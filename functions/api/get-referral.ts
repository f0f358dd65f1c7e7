import { executionView } from '../../shared/adapters/execution-view.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { getReferral as contract } from '../../shared/contracts/routes/referrals.ts';
import type { ReferralState } from '../../shared/domain/decision.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { riskNoticeKey } from '../../shared/domain/risk.ts';
import { senderView } from '../../shared/domain/views/draft-view.ts';
import { noticeFor, operationsView, providerView } from '../../shared/domain/views/referral-view.ts';
import type { Caller, ReadingPorts } from '../../shared/ports.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { isHidden } from '../middleware/own-referral.ts';
import { standingOf } from '../middleware/standing.ts';

/** One referral, as much of it as the caller may see (architecture rule 9). What is not theirs does not exist. */
export const getReferral = (ports: Pick<ReadingPorts, 'clients' | 'clock' | 'referrals'>) =>
  endpoint(contract, ports, async ({ params, caller }) => {
    const { referrals } = ports;
    // Operations' own reading never touches the private table.
    const confidential = caller.role !== 'operations';
    const state = await referrals.load(params.referralId, { confidential });
    if (!state || isHidden(state.referral, caller)) throw new NotFound(params.referralId);
    const { referral } = state;
    if (caller.role === 'operations')
      return { status: status.ok, body: await toOperations(referral), version: referral.version };
    if (!state.confidential) throw new Error('the private half was asked for');
    const whole = { ...state, confidential: state.confidential };
    if (caller.role === 'provider') {
      const body = await toProvider(whole, caller);
      // Of who has no part in it: a version would tell what the others answer.
      return body.standing === 'accepted'
        ? { status: status.ok, body, version: referral.version }
        : { status: status.ok, body };
    }
    if (referral.organisation !== caller.organisation) throw new NotFound(params.referralId);
    return { status: status.ok, body: senderView(whole, await ports.clock.now()), version: referral.version };

    async function toOperations(found: Referral) {
      return operationsView(found, (await referrals.executions(found.id)).map(executionView));
    }

    async function toProvider(
      found: ReferralState & Required<Pick<ReferralState, 'confidential'>>,
      { organisation }: Caller,
    ) {
      const now = await ports.clock.now();
      const { standing, answers } = await standingOf(referrals, found.referral, organisation, now);
      const { crn, id } = found.referral;
      const { taskId } = noticeFor(found.referral, standing) ?? {};
      const notice = taskId ? await referrals.texts(crn, id, riskNoticeKey(taskId)) : {};
      return providerView(found, organisation, standing, { answers, notice }, now);
    }
  });

export const handler = deployed(() => getReferral(reading()));
