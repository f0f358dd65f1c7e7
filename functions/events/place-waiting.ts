import middy from '@middy/core';
import type { EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod';
import { directory as directoryOf } from '../../shared/adapters/directory.ts';
import { places as placesOf } from '../../shared/adapters/places.ts';
import { summaryOf } from '../../shared/domain/commands/common.ts';
import { code } from '../../shared/domain/referral-facts.ts';
import { ownPolicy } from '../middleware/available-services.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { withdrawFromEnded } from '../middleware/ended-services.ts';
import { note, observe } from '../middleware/observe.ts';
import { placeWaiting as place, type WaitingListPorts } from '../middleware/waiting-list.ts';

const ofService = z.object({ serviceId: code });

/** What frees a place or adds one. */
const freed = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['offer.declined.v1', 'offer.lapsed.v1', 'offer.withdrawn.v1']), data: ofService }),
  z.object({ type: z.enum(['service.published.v1', 'service.changed.v1', 'capacity.repaired.v1']), data: ofService }),
  z.object({ type: z.literal('capacity.stated.v1'), data: ofService }),
  z.object({
    type: z.literal('allocation.ended.v1'),
    referralId: z.uuid(),
    data: z.object({ allocationId: z.uuid() }),
  }),
]);
type Freed = z.infer<typeof freed>;

/** What has to be left for the sweeper is left before the function is stopped (milliseconds). */
const lookingTime = 40_000;

/**
 * L3: a place has come free: whoever is first in line is offered it. O4: a service has ended: it offers none. What is
 * missed here, the sweeper does.
 */
export const placeWaiting = (ports: WaitingListPorts) =>
  middy<EventBridgeEvent<string, unknown>, void>()
    .use(observe('place-waiting'))
    .handler(async ({ detail }) => {
      const until = performance.now() + lookingTime;
      const event = freed.parse(detail);
      const serviceId = await serviceOf(ports, event);
      note({ serviceId });
      const changed = event.type === 'service.changed.v1';
      const service = changed ? await ports.directory.find(serviceId) : undefined;
      if (service) await withdrawFromEnded(ports, service);
      const added = changed || event.type === 'service.published.v1' || event.type === 'capacity.stated.v1';
      await place(ports, serviceId, { changed, added }, until);
    });

async function serviceOf({ referrals }: WaitingListPorts, event: Freed): Promise<string> {
  if (event.type !== 'allocation.ended.v1') return event.data.serviceId;
  const state = await referrals.load(event.referralId);
  if (!state) throw new Error(`referral ${event.referralId} is not there`);
  return summaryOf(state.referral, event.data.allocationId).serviceId;
}

export const handler = deployed(() => {
  const { db, clock, referrals } = commanding();
  return placeWaiting({
    referrals,
    clock,
    directory: directoryOf(db, clock),
    places: placesOf(db, clock),
    policy: ownPolicy(),
  });
});
