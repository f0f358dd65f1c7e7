import { type EventType, eventData } from '../../shared/domain/events.ts';
import type { Service } from '../../shared/domain/service.ts';
import type { Stored } from './world.ts';

/** Tasks that go on when their referral has concluded: about the person, or between those who work with them. */
const outliving = ['risk-reassessment', 'message-to-practitioner', 'message-to-provider'];

/** What always holds of one referral, by what is stored and told alone. Each fault in words. */
export function faultsOf(stored: Stored, before: Stored | undefined, words: string, now: number): string[] {
  return [
    ...ofHistory(stored, before),
    ...ofConclusion(stored, before),
    ...ofTasks(stored),
    ...ofSeats(stored, now),
    ...ofWords(stored, words),
  ];
}

/** L4: seats are those who are booked, until the group session begins; who had one then keeps it. */
function ofSeats({ referral, groups }: Stored, now: number): string[] {
  return groups.flatMap(({ id, seats, status, startsAt }) => {
    const taken = seats.map(({ appointmentId }) => appointmentId);
    const booked = referral.booked.filter(({ groupId }) => groupId === id).map(({ appointmentId }) => appointmentId);
    const hasBegun = status === 'planned' && Date.parse(startsAt) <= now;
    return [
      ...unless(
        booked.every((one) => taken.includes(one)),
        `somebody is booked in group session ${id} without a seat`,
      ),
      ...unless(
        hasBegun || taken.every((one) => booked.includes(one)),
        `a seat in group session ${id} is kept for nobody`,
      ),
    ];
  });
}

/** L4: once everything has been done, who is booked in a group session is so at its time. */
export function faultsOfSeats({ groups, appointments, referral }: Stored): string[] {
  return referral.booked.flatMap(({ groupId, appointmentId }) => {
    const group = groups.find(({ id }) => id === groupId);
    const seat = appointments.find(({ id }) => id === appointmentId);
    return unless(
      !group || (group.startsAt === seat?.startsAt && group.revision === seat.groupRevision),
      `appointment ${appointmentId} has not followed its group session`,
    );
  });
}

const unless = (holds: boolean, fault: string): string[] => (holds ? [] : [fault]);

function ofHistory({ history, referral }: Stored, before: Stored | undefined): string[] {
  const told = before?.history ?? [];
  return [
    ...unless(
      history.every(({ sequence }, index) => sequence === index + 1) && history.length === referral.sequence,
      `the sequence has a gap: ${history.map(({ sequence }) => sequence).join()} of ${referral.sequence}`,
    ),
    ...unless(
      told.every(({ type, sequence }, index) => history[index]?.type === type && history[index]?.sequence === sequence),
      'what was told has changed',
    ),
    ...history
      .slice(told.length)
      .flatMap(({ type, data }) =>
        unless(eventData[type as EventType].safeParse(data).success, `the data of ${type} does not fit it`),
      ),
  ];
}

function ofConclusion({ history, referral }: Stored, before: Stored | undefined): string[] {
  const turns = history.map(({ type }) => type).filter((type) => /referral\.(concluded|reopened)/.test(type));
  const { conclusion, openTasks, allocations, booked } = referral;
  const concluded = turns.filter((type) => type === 'referral.concluded.v1').length;
  const isRemoved = history.some(({ type }) => type === 'referral.draft-removed.v1');
  return [
    ...unless(
      turns.every((type, index) => type.startsWith(index % 2 === 0 ? 'referral.concluded' : 'referral.reopened')),
      `conclusions and reopenings do not take turns: ${turns.join()}`,
    ),
    ...unless(
      (conclusion !== null) === (isRemoved || concluded > turns.length - concluded),
      'the conclusion is not what was told',
    ),
    ...unless(
      !before?.referral.conclusion ||
        !conclusion ||
        turns.length > before.history.filter(({ type }) => /referral\.(concluded|reopened)/.test(type)).length ||
        JSON.stringify(before.referral.conclusion) === JSON.stringify(conclusion),
      'a conclusion has changed',
    ),
    ...(conclusion
      ? [
          ...unless(
            openTasks.every(({ type }) => outliving.includes(type)),
            `a clock runs on after the conclusion: ${openTasks.map(({ type }) => type).join()}`,
          ),
          ...unless(
            allocations.every(({ phase }) => phase === 'ended') && booked.length === 0 && referral.paused === null,
            'something goes on after the conclusion',
          ),
        ]
      : []),
  ];
}

function ofTasks({ referral, tasks }: Stored): string[] {
  const open = tasks.filter(({ status }) => status === 'open');
  const ids = (all: { id: string }[]): string =>
    all
      .map(({ id }) => id)
      .sort()
      .join();
  const isOver = referral.conclusion !== null;
  return [
    ...unless(ids(open) === ids(referral.openTasks), 'the tasks that are open are not those of the referral'),
    ...referral.openTasks.flatMap(({ id, type, organisation, dueAt }) => {
      const item = tasks.find((task) => task.id === id);
      return unless(
        organisation !== '' &&
          item?.organisation === organisation &&
          item.dueAt === dueAt &&
          !Number.isNaN(Date.parse(dueAt)),
        `${type} has no owner or no deadline`,
      );
    }),
    ...unless(
      isOver || referral.openTasks.some(({ type }) => !outliving.includes(type)) || isTheSystems(referral),
      'nobody has anything to do, and it has not concluded',
    ),
    ...tasks.flatMap(({ type, status, closedAt }) =>
      unless((status === 'open') === (closedAt === null), `${type} is ${status}, closed at ${closedAt}`),
    ),
  ];
}

/** Until levels are recommended, and while some need is to be matched, it is the system's turn. */
const isTheSystems = ({ needs, groups, paused, ending }: Stored['referral']): boolean =>
  paused === null &&
  ending === null &&
  (needs.some(({ recommended }) => recommended === null) ||
    groups.length === 0 ||
    groups.some(({ place }) => place.at === 'unplaced') ||
    needs.some(({ need }) => !groups.some((group) => group.needs.includes(need))));

function ofWords({ history, ...stored }: Stored, words: string) {
  const record = JSON.stringify([stored, history.map(({ data }) => data)]);
  return unless(!record.includes(words), 'words that somebody wrote are in the record');
}

/** L3: what services count is what referrals hold: nothing is leaked, oversold or kept by what is over. */
export function faultsOfPlaces(services: (Service & { capacity?: Counted })[], all: Stored[]): string[] {
  return services.flatMap(({ id, capacity }) => {
    if (!capacity) return [`${id} has no places`];
    const offers = all
      .flatMap(({ referral }) => referral.groups)
      .flatMap(({ place }) => (place.at === 'offered' ? place.offers : []))
      .filter(({ serviceId }) => serviceId === id);
    const at = all
      .flatMap(({ referral }) => referral.allocations)
      .filter(({ serviceId, phase }) => serviceId === id && phase !== 'ended');
    const { places, reserved, confirmed, free } = capacity;
    return [
      ...unless(reserved === offers.length, `${id}: ${reserved} places are reserved, for ${offers.length} offers`),
      ...unless(confirmed === at.length, `${id}: ${confirmed} places are taken, by ${at.length} allocations`),
      ...unless(free === places - reserved - confirmed, `${id}: ${free} of ${places} are free`),
    ];
  });
}
interface Counted {
  places: number;
  reserved: number;
  confirmed: number;
  free: number;
  waiting: number;
}
