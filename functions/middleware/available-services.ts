import * as z from 'zod';
import { matchingWeights, parallelOffers } from '../../shared/contracts/matching-policy.ts';
import type { MatchingPolicy } from '../../shared/domain/commands/place-groups.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import type { Directory } from '../../shared/ports.ts';

/** The services of the referral's area, and what operations chose by hand, wherever it is. */
export async function servicesFor(
  directory: Pick<Directory, 'find' | 'inArea'>,
  referral: Referral,
): Promise<AvailableService[]> {
  const { area } = referral.facts;
  const found = area ? await directory.inArea(area) : [];
  const chosen = referral.groups.flatMap(({ place }) =>
    place.at === 'unplaced' && place.chosen ? [place.chosen.serviceId] : [],
  );
  const others = await Promise.all(
    [...new Set(chosen)].filter((id) => !found.some((s) => s.id === id)).map((id) => directory.find(id)),
  );
  return [...found, ...others.filter((entry) => entry !== undefined)].map(({ capacity, ...service }) => ({
    ...service,
    free: capacity.free,
    waiting: capacity.waiting,
    answers: capacity.answers,
    answerTime: capacity.answerTime,
  }));
}

const settings = z.object({ MATCHING_WEIGHTS: matchingWeights.optional(), PARALLEL_OFFERS: parallelOffers.optional() });

/** By what candidates are ranked, and how many are asked at once, where this deployment has a policy of its own. */
export function ownPolicy(): MatchingPolicy {
  const { MATCHING_WEIGHTS: weights, PARALLEL_OFFERS: parallelOffers } = settings.parse(process.env);
  return { weights, parallelOffers };
}
