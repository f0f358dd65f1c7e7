import { NotFound } from '../../shared/contracts/errors.ts';
import { getReferralHistory as contract } from '../../shared/contracts/routes/referrals.ts';
import type { Caller, HistoryEntry, ReadingPorts } from '../../shared/ports.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { isHidden } from '../middleware/own-referral.ts';
import { standingOf } from '../middleware/standing.ts';

/** Everything that happened to a referral, in sequence; to a provider its own part, so its sequence may have gaps. */
export const getReferralHistory = ({
  clients,
  clock,
  referrals,
}: Pick<ReadingPorts, 'clients' | 'clock' | 'referrals'>) =>
  endpoint(contract, { clients }, async ({ params, query, caller }) => {
    const state = await referrals.load(params.referralId);
    if (!state || isHidden(state.referral, caller)) throw new NotFound(params.referralId);
    if (caller.role === 'practitioner' && state.referral.organisation !== caller.organisation) {
      throw new NotFound(params.referralId);
    }
    const { referral } = state;
    const now = await clock.now();
    // Who declined, stayed silent or has long delivered sees what it answered, and no more.
    const isPast =
      caller.role === 'provider' &&
      (await standingOf(referrals, referral, caller.organisation, now)).standing.standing === 'past';
    const page = await referrals.history(params.referralId, query);
    const mayKnow = ({ audience, type }: HistoryEntry): boolean =>
      caller.role !== 'provider' || (audience.includes(caller.organisation) && (!isPast || type.startsWith('offer.')));
    return {
      status: status.ok,
      body: { items: page.items.filter(mayKnow).map((entry) => item(entry, caller)), cursor: page.cursor },
    };
  });

/** Who acted is shown to their own organisation and to operations; to others only which organisation it was. */
const item = ({ id, sequence, type, occurredAt, by, data }: HistoryEntry, { role, organisation }: Caller) => ({
  id,
  sequence,
  type,
  occurredAt,
  by: role === 'operations' || by.organisation === organisation ? by : { organisation: by.organisation, client: '' },
  data,
});

export const handler = deployed(() => getReferralHistory(reading()));
