import { directory as directoryOf } from '../../shared/adapters/directory.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { listRankings as contract } from '../../shared/contracts/routes/rankings.ts';
import { eventData } from '../../shared/domain/events.ts';
import { joined } from '../../shared/domain/referral.ts';
import { rankingView } from '../../shared/domain/views/ranking-view.ts';
import type { HistoryEntry, ReadingPorts } from '../../shared/ports.ts';
import { isSenderOf } from '../middleware/commands.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { filledPage } from '../middleware/filled-page.ts';
import { note } from '../middleware/observe.ts';

const type = 'candidates.ranked.v1';

/** L3: how the services stood each time that matching looked, to who sent the referral and to operations; no provider sees another's score. */
export const listRankings = (ports: Pick<ReadingPorts, 'clients' | 'directory' | 'referrals'>) =>
  endpoint(contract, ports, async ({ params: { referralId }, query, caller }) => {
    // Operations' own reading never touches the private table.
    const state = await ports.referrals.load(referralId, { confidential: caller.role === 'practitioner' });
    if (!state || (caller.role === 'practitioner' && !isSenderOf(caller)(state))) throw new NotFound(referralId);
    note({ referralId });
    const { items, cursor } = await filledPage(
      (request) => ports.referrals.history(referralId, request),
      query,
      (entry: HistoryEntry) => entry.type === type,
    );
    const rankings = items.map((entry) => ({ ...entry, data: eventData[type].parse(entry.data) }));
    const named = rankings.flatMap(({ data }) => [...data.candidates, ...data.filtered]);
    const services = await ports.directory.findAll([...new Set(named.map(({ serviceId }) => serviceId))]);
    const byId = new Map(services.map((service) => [service.id, service]));
    const { referral, confidential } = state;
    const facts = confidential && joined(referral.crn, referral.facts, confidential);
    return { status: status.ok, body: { items: rankings.map((one) => rankingView(one, byId, facts)), cursor } };
  });

export const handler = deployed(() => {
  const { db, clock, clients, referrals } = reading();
  return listRankings({ clients, referrals, directory: directoryOf(db, clock) });
});
