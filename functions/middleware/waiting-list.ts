import { systemClients } from '../../shared/adapters/changes.ts';
import { NotFound, PlaceTaken } from '../../shared/contracts/errors.ts';
import { generalNeedOf } from '../../shared/domain/cohorts.ts';
import { offerPlace } from '../../shared/domain/commands/make-offers.ts';
import type { MatchingPolicy } from '../../shared/domain/commands/place-groups.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import { isRunning, type Service } from '../../shared/domain/service.ts';
import type { NeedId } from '../../shared/domain/vocabulary.ts';
import { inOrder } from '../../shared/domain/waiting-list.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import type { DirectoryEntry, Ports } from '../../shared/ports.ts';
import { servicesFor } from './available-services.ts';

export interface WaitingListPorts extends Pick<Ports, 'referrals' | 'directory' | 'places' | 'clock'> {
  /** By what places are offered, if not as usual. */
  policy?: MatchingPolicy | undefined;
}

/** Referrals that one call looks at: what is left, the sweeper goes on with. */
const mostLooked = 50;

interface Look {
  /** The service itself has changed: whom it no longer fits must not wait on, whether a place is free or not. */
  changed?: boolean;
  /** It may be new to an area: those who wait there for others of its kind are asked too, once its own line is empty. */
  added?: boolean;
}

/**
 * L3: offers the free places of a service to those in its line, one place to one referral, in their order. Told twice, or
 * at once from two sides, each place is offered once. Answers how many referrals it moved.
 */
export async function placeWaiting(ports: WaitingListPorts, serviceId: string, look: Look = {}): Promise<number> {
  const { directory, places, clock } = ports;
  const looked = new Set<string>();
  let others: string[] | undefined;
  let moved = 0;
  let failure: unknown;
  for (let tries = 0; tries < mostLooked; tries += 1) {
    const entry = await directory.find(serviceId);
    const now = await clock.now();
    if (!entry) break;
    const isOpen = isRunning(entry, londonDate(now));
    const hasPlace = isOpen && entry.capacity.free > 0;
    if (isOpen && !hasPlace && !look.changed) break;
    const isNew = (id: string): boolean => !looked.has(id);
    let next = inOrder(await places.line(serviceId), now)
      .map(({ referralId }) => referralId)
      .find(isNew);
    if (!next && look.added && hasPlace) {
      others ??= await neighbours(ports, entry, now);
      next = others.find(isNew);
    }
    if (!next) break;
    looked.add(next);
    try {
      moved += Number(await offerTo(ports, next, serviceId));
    } catch (error) {
      // Others are quicker, or this one cannot be placed: whoever is next is not held up by it.
      if (error instanceof PlaceTaken) looked.delete(next);
      else failure ??= error;
    }
  }
  if (failure) throw failure;
  return moved;
}

/** Whether anything came of it. */
async function offerTo({ referrals, directory, policy }: WaitingListPorts, referralId: string, serviceId: string) {
  try {
    const outcome = await referrals.execute(
      referralId,
      { confidential: true },
      async (state, context) =>
        offerPlace(state, { services: await servicesFor(directory, state.referral), serviceId, policy }, context),
      { by: { organisation: 'system', client: systemClients.places } },
    );
    return !isRefusal(outcome) && outcome.events.length > 0;
  } catch (error) {
    // An entry of the list without its referral is for the reconciliation.
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/** Who waits in the areas of a service for others that serve the same needs, in order. */
async function neighbours(
  { directory, places }: WaitingListPorts,
  entry: DirectoryEntry,
  now: Date,
): Promise<string[]> {
  const found = (await Promise.all(entry.areas.map((area) => directory.inArea(area)))).flat();
  const like = found.filter((other) => other.id !== entry.id && other.capacity.waiting > 0 && servesSame(entry, other));
  const lines = await Promise.all([...new Set(like.map(({ id }) => id))].map((id) => places.line(id)));
  return [...new Set(inOrder(lines.flat(), now).map(({ referralId }) => referralId))];
}

const servesSame = (one: Service, other: Service): boolean => {
  const general = (need: NeedId): NeedId => generalNeedOf(need) ?? need;
  return one.needs.some((need) => other.needs.some((another) => general(another) === general(need)));
};
