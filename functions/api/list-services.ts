import { directory } from '../../shared/adapters/directory.ts';
import { listServices as contract } from '../../shared/contracts/routes/services.ts';
import { belonging } from '../../shared/domain/cohorts.ts';
import { covers } from '../../shared/domain/matching.ts';
import { isRunning } from '../../shared/domain/service.ts';
import { openReferralView } from '../../shared/domain/views/open-referral-view.ts';
import { serviceView } from '../../shared/domain/views/service-view.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import type { DirectoryEntry, Page, Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { type Asked, endpoint, status } from '../middleware/endpoint.ts';
import { filledPage } from '../middleware/filled-page.ts';
import { offsetPage } from '../middleware/offset-page.ts';

type Query = Asked<typeof contract>['query'];

/** E6: for a woman, a women's service covers the general need too. */
const takesNeed = (service: DirectoryEntry, { need, sex, age }: Query): boolean =>
  !need || service.needs.includes(need) || covers(service, need, { sex, age: age ?? null, general: new Set() });

const matches = (service: DirectoryEntry, query: Query, date: string): boolean =>
  isRunning(service, date) &&
  (!query.area || service.areas.includes(query.area)) &&
  takesNeed(service, query) &&
  belonging(service.cohort, { sex: query.sex, age: query.age ?? null }).belongs !== 'no' &&
  (!query.sex || service.sexes.includes(query.sex)) &&
  (query.age === undefined ||
    ((service.minimumAge ?? 0) <= query.age && query.age <= (service.maximumAge ?? Number.POSITIVE_INFINITY))) &&
  (!query.sentence || service.sentenceTypes.includes(query.sentence)) &&
  (!query.setting || service.settings.includes(query.setting)) &&
  (!query.availableOnly || service.capacity.free > 0);

/** O3: what exists where, for whom, and with how many places free at this moment. Closed services are left out. */
export const listServices = (ports: Pick<Ports, 'clients' | 'clock' | 'directory'>) =>
  endpoint(contract, ports, async ({ query, asAlternate }) => {
    const now = await ports.clock.now();
    const { items, cursor } = await found(ports, query, londonDate(now));
    if (!asAlternate) return { status: status.ok, body: { items: items.map(serviceView), cursor } };
    const contents = items.map((service) => openReferralView(service, now));
    const page = {
      size: items.length,
      first_page: !query.cursor,
      last_page: cursor === null,
      empty: items.length === 0,
    };
    return { status: status.ok, alternate: true, body: { contents, ...page, cursor } };
  });

async function found(ports: Pick<Ports, 'directory'>, query: Query, date: string): Promise<Page<DirectoryEntry>> {
  const { limit, cursor, area } = query;
  const keep = (service: DirectoryEntry): boolean => matches(service, query, date);
  if (!area) return filledPage((request) => ports.directory.all(request), { limit, cursor }, keep);
  return offsetPage((await ports.directory.inArea(area)).filter(keep), { limit, cursor });
}

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return listServices({ clients, clock, directory: directory(db, clock) });
});
