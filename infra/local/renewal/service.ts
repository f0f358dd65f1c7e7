import { setTimeout as pause } from 'node:timers/promises';
import type { EndpointContract } from '../../../shared/contracts/endpoint.ts';
import { release } from '../../../shared/contracts/routes/operations.ts';
import { getReferral, listReferrals } from '../../../shared/contracts/routes/referrals.ts';
import type { OperationsReferralSummary, OperationsReferralView } from '../../../shared/contracts/views/referral.ts';
import { type ApiClient, ContractViolation, Refused, type RequestTo, type SuccessOf } from '../api-client.ts';
import type { Renewable } from './renew.ts';

const tries = 5;

/** Of a gateway, whose answer need not be JSON, too; without a status nobody has answered. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Refused || error instanceof ContractViolation)) return error instanceof TypeError;
  const { status } = error;
  return status !== undefined && (status === 429 || status >= 500);
}

/** The deployed service, through its API. `turn`: waits until one more request may be sent. */
export function deployedService(api: ApiClient, reason: string, turn: () => Promise<void>): Renewable {
  /** Tried again where the service is busy; the release too: it only makes executions look. */
  async function asked<C extends EndpointContract>(contract: C, request: RequestTo<C>): Promise<SuccessOf<C>> {
    for (let attempt = 1; ; attempt += 1) {
      await turn();
      try {
        return await api.must(contract, request);
      } catch (error) {
        if (!isBusy(error) || attempt === tries) throw error;
        await pause(250 * 2 ** attempt * Math.random());
      }
    }
  }

  return {
    async referrals(cursor) {
      const { body } = await asked(listReferrals, { query: { limit: 100, ...(cursor ? { cursor } : {}) } });
      return {
        ids: (body.items as OperationsReferralSummary[]).flatMap(({ id, stage }) =>
          stage === 'concluded' ? [] : [id],
        ),
        cursor: body.cursor,
      };
    },

    async running(referralId) {
      const { body } = await asked(getReferral, { params: { referralId } });
      const { id, stage, allocations, executions } = body as OperationsReferralView;
      if (stage === 'concluded') return 'concluded';
      const live = [id, ...allocations.flatMap(({ id: own, status }) => (status === 'concluded' ? [] : [own]))];
      return executions.filter(({ name }) => live.some((own) => name.startsWith(own)));
    },

    async release(referralId) {
      try {
        await asked(release, { body: { referralId, reason } });
        return 'released';
      } catch (error) {
        if (error instanceof Refused && error.body.type === '/problems/referral-already-concluded') return 'concluded';
        throw error;
      }
    },
  };
}
