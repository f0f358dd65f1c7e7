import { areasLimitedTo } from '../area-availability.ts';
import { currentCatalogue, needIn } from '../catalogue/index.ts';
import { recommend } from '../complexity.ts';
import type { Eligibility, NeedEligibility } from '../eligibility/check.ts';
import { openServices } from '../matching.ts';
import type { KnownFacts } from '../referral-facts.ts';
import type { Capacity, Service } from '../service.ts';
import { availabilityView } from './service-view.ts';

type Entry = Service & { capacity: Capacity };

/**
 * E1 to E6, O3: what would be open to this person, where, with which places, and why not elsewhere. Services are those
 * of the area, which are not known while the area is not; a need that is refused is open nowhere.
 */
export const eligibilityView = (
  facts: KnownFacts,
  { result, needs }: Eligibility,
  inArea: readonly Entry[] | undefined,
  now: Date,
) => ({ result, needs: needs.map((need, index) => ({ ...need, ...whereToGo(facts, need, index, inArea, now) })) });

function whereToGo(
  facts: KnownFacts,
  { need, result }: NeedEligibility,
  index: number,
  inArea: readonly Entry[] | undefined,
  now: Date,
) {
  const isRefused = result === 'refused';
  const { open, notOpen } = openServices(facts, index, isRefused ? [] : (inArea ?? []), now);
  return {
    followedBy: facts.needs[index]?.followedBy ?? null,
    complexity: recommended(facts, index, now),
    openIn: areasLimitedTo(need, now) ?? null,
    missingForServices: isRefused || inArea ? [] : ['/area'],
    services: open.map(openServiceView),
    notOpen: notOpen.map(({ service: { id, name, provider }, reasons }) => ({ id, name, provider, reasons })),
  };
}

/** L2: which level the answers that are known would lead to, so that it can be seen before anything is sent. */
function recommended({ needs }: KnownFacts, index: number, now: Date) {
  const { need, indicators } = needs[index] ?? {};
  if (!need) throw new RangeError(`there is no need ${index}`);
  const { level, ...how } = recommend(needIn(currentCatalogue(now), need), indicators ?? {});
  return { recommended: level, ...how };
}

const openServiceView = ({ id, name, provider, capacity, cohort, contract, suitability }: Entry) => ({
  id,
  name,
  provider,
  availability: availabilityView(capacity),
  cohort,
  contract: { opens: contract.opens, closes: contract.closes },
  ...(suitability ? { suitability } : {}),
});
