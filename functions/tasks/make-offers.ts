import * as z from 'zod';
import { directory as directoryOf } from '../../shared/adapters/directory.ts';
import { PlaceTaken } from '../../shared/contracts/errors.ts';
import { matchingWeights } from '../../shared/contracts/matching-weights.ts';
import { executionInput, workOutput } from '../../shared/contracts/workflow.ts';
import { makeOffers as decide } from '../../shared/domain/commands/make-offers.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import { type MatchingWeights, usualWeights } from '../../shared/domain/matching-weights.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { lifecycleStanding } from '../../shared/domain/standing.ts';
import type { Directory, Ports } from '../../shared/ports.ts';
import { asLifecycle } from '../middleware/as-lifecycle.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { task } from '../middleware/task.ts';

/** The weights of the deployment, where it has its own. */
const settings = z.object({ MATCHING_WEIGHTS: matchingWeights.optional() });

/** Rounds in one invocation; after them the machine tries again, a little later. */
const mostRounds = 10;

/**
 * L3, T1: offers every group of needs without a provider to its best candidate. The place is reserved in the same
 * transaction, so a race for the last one ends in `PlaceTaken`, and the next try ranks anew.
 */
export const makeOffers = (
  { referrals, directory }: Pick<Ports, 'referrals' | 'directory'>,
  weights: MatchingWeights = usualWeights,
) =>
  task('make-offers', { input: executionInput, output: workOutput }, async (ref) => {
    const place = () =>
      asLifecycle(referrals, ref, { confidential: true }, async (state, context) =>
        lifecycleStanding(state.referral) === 'make-offers'
          ? decide(state, { services: await servicesFor(directory, state.referral), weights }, context)
          : [],
      );
    // One command places a bounded number of groups, and may lose a race for a place: the next ranks anew.
    for (let round = 0; round < mostRounds; round += 1) {
      const placed = await place().catch((error: unknown) => {
        if (error instanceof PlaceTaken) return undefined;
        throw error;
      });
      if (placed && lifecycleStanding(placed.state.referral) !== 'make-offers') return {};
    }
    throw new PlaceTaken('others were quicker every time');
  });

/** The services of the referral's area, and what operations chose by hand, wherever it is. */
async function servicesFor(directory: Directory, referral: Referral): Promise<AvailableService[]> {
  const { area } = referral.facts;
  const found = area ? await directory.inArea(area) : [];
  const chosen = referral.groups.flatMap(({ place }) =>
    place.at === 'unplaced' && place.chosen ? [place.chosen.serviceId] : [],
  );
  const others = await Promise.all(
    chosen.filter((id) => !found.some((s) => s.id === id)).map((id) => directory.find(id)),
  );
  return [...found, ...others.filter((entry) => entry !== undefined)].map(({ capacity, ...service }) => ({
    ...service,
    free: capacity.free,
  }));
}

export const handler = deployed(() => {
  const { db, clock, referrals } = commanding();
  const { MATCHING_WEIGHTS } = settings.parse(process.env);
  return makeOffers({ referrals, directory: directoryOf(db, clock) }, MATCHING_WEIGHTS);
});
