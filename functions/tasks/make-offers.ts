import { directory as directoryOf } from '../../shared/adapters/directory.ts';
import { PlaceTaken } from '../../shared/contracts/errors.ts';
import { executionInput, workOutput } from '../../shared/contracts/workflow.ts';
import { makeOffers as decide } from '../../shared/domain/commands/make-offers.ts';
import type { MatchingPolicy } from '../../shared/domain/commands/place-groups.ts';
import { lifecycleStanding } from '../../shared/domain/standing.ts';
import type { Ports } from '../../shared/ports.ts';
import { asLifecycle } from '../middleware/as-lifecycle.ts';
import { ownPolicy, servicesFor } from '../middleware/available-services.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { task } from '../middleware/task.ts';

/** Rounds in one invocation; after them the machine tries again, a little later. */
const mostRounds = 10;

/**
 * L3, T1: offers every group of needs without a provider to its best candidate. The place is reserved in the same
 * transaction, so a race for the last one ends in `PlaceTaken`, and the next try ranks anew.
 */
export const makeOffers = (
  { referrals, directory }: Pick<Ports, 'referrals' | 'directory'>,
  policy: MatchingPolicy = {},
) =>
  task('make-offers', { input: executionInput, output: workOutput }, async (ref) => {
    const place = () =>
      asLifecycle(referrals, ref, { confidential: true }, async (state, context) =>
        lifecycleStanding(state.referral) === 'make-offers'
          ? decide(state, { services: await servicesFor(directory, state.referral), policy }, context)
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

export const handler = deployed(() => {
  const { db, clock, referrals } = commanding();
  return makeOffers({ referrals, directory: directoryOf(db, clock) }, ownPolicy());
});
