import { type Need, needs } from './market.ts';
import type { Place, State } from './model.ts';
import type { Stored } from './world.ts';

/** What is stored, as the model speaks of it. What only the model keeps, it is given. */
export function abstractionOf(
  { referral, allocations, appointments, groups }: Stored,
  known: State,
  { bookings, home }: { bookings: string[]; home: string },
): State {
  const { conclusion, ending, sentAt, missing, openTasks } = referral;
  const index = new Map(referral.allocations.map(({ id }, at) => [id, at]));
  const unconfirmed = referral.needs.some(({ confirmed }) => confirmed === null);
  return {
    ...known,
    life: conclusion ? (sentAt ? 'concluded' : 'removed') : !sentAt ? 'draft' : ending ? 'ending' : 'running',
    end: !ending
      ? null
      : ending.reason === 'ineligible' && ending.failed
        ? 'ineligible'
        : ending.reason === 'died'
          ? 'died'
          : ending.early
            ? 'early'
            : 'taken-back',
    endState: sentAt ? (conclusion?.endState ?? null) : null,
    isPaused: referral.paused !== null,
    isMissing: missing.includes('/area'),
    isUnfit: referral.facts.sentence?.type === 'fine',
    isAway: referral.facts.area !== null && referral.facts.area !== home,
    levels: !unconfirmed
      ? 'confirmed'
      : referral.needs.some(({ recommended }) => recommended !== null)
        ? 'asked'
        : 'unasked',
    places: Object.fromEntries(needs.map((need) => [need, placeOf(referral, need)])) as Record<Need, Place>,
    works: referral.allocations.map((summary, at) => {
      const allocation = allocations.find(({ id }) => id === summary.id);
      const model = known.works[at];
      const { phase } = summary;
      const isReport = phase === 'end-of-service-report';
      const plan = phase === 'delivery' ? allocation?.revision : phase === 'action-plan' ? allocation?.plan : null;
      const revision =
        phase === 'delivery' && allocation?.revision?.status !== 'returned' ? allocation?.revision : null;
      return {
        need: summary.needs[0]?.need as Need,
        service: summary.serviceId,
        provider: summary.providerId,
        phase,
        begun: summary.begun,
        completed: summary.endedFor === 'plan-completed',
        written: isReport ? allocation?.report?.status === 'draft' : plan?.status === 'draft',
        hasPlan: (allocation?.plan ?? null) !== null,
        plan: model?.plan ?? 'nothing yet',
        revision: revision ? 'nothing yet' : null,
        isSubmitted: revision?.status === 'submitted',
        drafted: model?.drafted ?? false,
        attendance: model?.attendance ?? new Map(),
        isAsked: openTasks.some(({ type, allocationId }) => type === 'non-engagement' && allocationId === summary.id),
        endedAt: phase === 'ended' ? 1 : null,
      };
    }),
    bookings: bookings.flatMap((id, at) => {
      const found = appointments.find((one) => one.id === id);
      if (!found) return [];
      const { allocationId, purpose, status, groupId } = found;
      const group = groupId === null ? null : groups.findIndex((one) => one.id === groupId);
      const isOvertaken = known.bookings[at]?.isOvertaken ?? false;
      return [{ work: index.get(allocationId) ?? -1, purpose, status, group, isOvertaken }];
    }),
    groups: groups.map(({ startsAt, status }, at) => ({
      work: known.groups[at]?.work ?? -1,
      startsAt: Date.parse(startsAt),
      status,
    })),
    reports: openTasks.find(({ type }) => type === 'risk-reassessment')?.reports?.count ?? 0,
  };
}

function placeOf({ groups, openTasks }: Stored['referral'], need: Need): Place {
  const group = groups.find((one) => one.needs.includes(need));
  const place = group?.place;
  if (!group || !place) return 'unplaced';
  if (place.at === 'offered') return place.offers.every(({ isReturned }) => isReturned) ? 'returned' : 'offered';
  if (place.at === 'manual-allocation') return 'manual';
  const isWaiting = openTasks.some(({ type, groupId }) => type === 'waiting-list' && groupId === group.id);
  return place.at === 'unplaced' && isWaiting ? 'out-of-line' : place.at;
}

/** The tasks that are open, as the model names them: their type, what they are about, and whose they are. */
export function waitsIn({ referral }: Stored): string[] {
  const index = new Map(referral.allocations.map(({ id }, at) => [id, at]));
  return referral.openTasks
    .map(({ type, organisation, allocationId, groupId }) => {
      const need = referral.groups.find(({ id }) => id === groupId)?.needs.join('+');
      const about = need ?? (allocationId === undefined ? undefined : String(index.get(allocationId)));
      const owner =
        organisation === referral.organisation ? 'practitioner' : type === 'offer' ? 'provider' : organisation;
      return `${type}${about === undefined ? '' : ` ${about}`}: ${owner}`;
    })
    .sort();
}
