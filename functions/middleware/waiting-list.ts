import { systemClients } from '../../shared/adapters/changes.ts';
import { NotFound, PlaceTaken } from '../../shared/contracts/errors.ts';
import { generalNeedOf } from '../../shared/domain/cohorts.ts';
import { offerPlace } from '../../shared/domain/commands/make-offers.ts';
import type { MatchingPolicy } from '../../shared/domain/commands/place-groups.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import { isRunning, type Service } from '../../shared/domain/service.ts';
import type { NeedId } from '../../shared/domain/vocabulary.ts';
import { inOrder, turnOf } from '../../shared/domain/waiting-list.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import type { DirectoryEntry, Ports, Round } from '../../shared/ports.ts';
import { servicesFor } from './available-services.ts';

export interface WaitingListPorts extends Pick<Ports, 'referrals' | 'directory' | 'places' | 'clock'> {
  /** By what places are offered, if not as usual. */
  policy?: MatchingPolicy | undefined;
}

type Look = Partial<Pick<Round, 'changed' | 'added'>>;

/**
 * L3: offers the free places of a service to those in its line, one place to one referral, in their order. Told twice, or
 * at once from two sides, each place is offered once. Answers how many referrals it moved. `until` (milliseconds, as of
 * `performance.now`) ends it after at least one referral; what is left of a round, the sweeper goes on with
 * (`goOnPlacing`).
 */
export async function placeWaiting(ports: WaitingListPorts, serviceId: string, look: Look, until: number) {
  const seen = look.changed || look.added ? await ports.places.round(serviceId) : undefined;
  const since = (await ports.clock.now()).toISOString();
  const changed = Boolean(look.changed || seen?.changed);
  const added = Boolean(look.added || seen?.added);
  return rounded(ports, serviceId, { round: { since, changed, added, after: null }, seen, until });
}

/** A service is new to those who wait for others from now on: whoever goes on with the round (`goOnPlacing`) asks them. */
export async function beginRound({ places, clock }: WaitingListPorts, serviceId: string): Promise<void> {
  const seen = await places.round(serviceId);
  const since = (await clock.now()).toISOString();
  await places.leaveRound(serviceId, { since, changed: Boolean(seen?.changed), added: true, after: null }, seen);
}

/** Goes on with what a round has left, if it has left anything. */
export async function goOnPlacing(ports: WaitingListPorts, serviceId: string, until: number): Promise<number> {
  const seen = await ports.places.round(serviceId);
  return seen ? rounded(ports, serviceId, { round: seen, seen, until }) : 0;
}

/** Those behind a referral that fails are not held up by it; the failure is told at the end, and a round comes back to it. */
async function rounded(
  ports: WaitingListPorts,
  serviceId: string,
  { round, seen, until }: { round: Round; seen: Round | undefined; until: number },
): Promise<number> {
  const { directory, places, clock } = ports;
  const began = new Date(round.since);
  let queue: string[] | undefined;
  let others: string[] | undefined;
  let { after } = round;
  let moved = 0;
  let looked = 0;
  let isDone = true;
  let failure: { error: unknown; after: string | null } | undefined;
  const left = (turns: string[]): string | undefined => turns.find((turn) => after === null || turn > after);
  for (;;) {
    const entry = await directory.find(serviceId);
    if (!entry) break;
    const isOpen = isRunning(entry, londonDate(await clock.now()));
    const hasPlace = isOpen && entry.capacity.free > 0;
    // Nobody stays in a line that there is not to be.
    if (isOpen && entry.waitingList && !hasPlace && !round.changed) break;
    queue ??= turnsOf(ownLine, await places.line(serviceId), began);
    let next = left(queue);
    if (!next && round.added && hasPlace) {
      others ??= turnsOf(otherLines, await neighbours(ports, entry), began);
      next = left(others);
    }
    if (!next) break;
    isDone = looked === 0 || performance.now() < until;
    if (!isDone) break;
    looked += 1;
    const before = after;
    after = next;
    try {
      moved += Number(await offerTo(ports, referralIn(next), serviceId));
    } catch (error) {
      // Others are quicker, or this one cannot be placed: whoever is next is not held up by it.
      if (error instanceof PlaceTaken) after = before;
      else failure ??= { error, after: before };
    }
  }
  if (round.changed || round.added) {
    const rest = failure || !isDone ? { ...round, after: failure ? failure.after : after } : undefined;
    await places.leaveRound(serviceId, rest, seen);
  }
  if (failure) throw failure.error;
  return moved;
}

/** Those in its own line come before those in others. */
const ownLine = 0;
const otherLines = 1;
type Waiting = Awaited<ReturnType<WaitingListPorts['places']['line']>>[number];

/** Who waits, each by the first of their turns: text that sorts as they come. */
function turnsOf(which: number, line: readonly Waiting[], now: Date): string[] {
  const turns = new Map<string, string>();
  for (const waiting of inOrder(line, now)) {
    if (!turns.has(waiting.referralId)) turns.set(waiting.referralId, `${which}#${turnOf(waiting, now)}`);
  }
  return [...turns.values()];
}

const referralIn = (turn: string): string => turn.slice(turn.lastIndexOf('#') + 1);

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

/** Who waits in the areas of a service for others that serve the same needs. */
async function neighbours({ directory, places }: WaitingListPorts, entry: DirectoryEntry): Promise<Waiting[]> {
  const found = (await Promise.all(entry.areas.map((area) => directory.inArea(area)))).flat();
  const like = found.filter((other) => other.id !== entry.id && other.capacity.waiting > 0 && servesSame(entry, other));
  const lines = await Promise.all([...new Set(like.map(({ id }) => id))].map((id) => places.line(id)));
  return lines.flat();
}

const servesSame = (one: Service, other: Service): boolean => {
  const general = (need: NeedId): NeedId => generalNeedOf(need) ?? need;
  return one.needs.some((need) => other.needs.some((another) => general(another) === general(need)));
};
