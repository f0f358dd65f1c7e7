import { readFileSync } from 'node:fs';
import { addDays } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { bookAppointment } from '../../shared/domain/commands/appointments.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { summaryOf } from '../../shared/domain/commands/common.ts';
import { endEarly } from '../../shared/domain/commands/end-early.ts';
import { extendReferral } from '../../shared/domain/commands/extend-referral.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import { reopenReferral } from '../../shared/domain/commands/reopen-referral.ts';
import { transferReferral } from '../../shared/domain/commands/transfer-referral.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import { asItStands } from '../../shared/domain/overtaken.ts';
import { placesHeld } from '../../shared/domain/places.ts';
import { openOffers } from '../../shared/domain/standing.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import { linesOf } from '../../shared/domain/waiting-list.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { named, serviceOf } from '../builders/services.ts';
import { aReferralState, aSession, type Story } from '../builders/story.ts';
import { friday, monday, tuesday } from '../builders/times.ts';

const needs = [
  aNeed('accommodation'),
  aNeed('education-training-employment'),
  aNeed('emotional-wellbeing'),
  aNeed('family-significant-others'),
];
const homes = serviceOf('homes', { needs: ['accommodation'] });
const work = serviceOf('work', { needs: ['education-training-employment'] });
const minds = serviceOf('minds', { needs: ['emotional-wellbeing'] });
const kin = serviceOf('kin', { needs: ['family-significant-others'], free: 0 });
const directory = [homes, work, minds, kin];

/**
 * One referral in all that a change may meet: homes at work with a session ahead, work with its report due, an offer to
 * minds, a wait for kin, and a risk to reassess.
 */
const busy = (() => {
  const offered = aReferralState(aReferral().with({ needs })).offeredFrom(directory, { at: monday('09:00') });
  const both = ['homes', 'work'].reduce((story, provider) => {
    const [offer] = story.tasks('offer').filter(({ organisation }) => organisation === provider);
    return story.does(answerOffer, { taskId: offer?.id ?? '', answer: { decision: 'accepted' } });
  }, offered);
  const [first, second] = both.referral.allocations.map(({ id }) => id);
  const delivering = both.assessed().delivering();
  const reporting = delivering.does(completeDelivery, { reason: 'plan-completed' }, { allocationId: second });
  return reporting
    .does(bookAppointment, aSession(1, friday('10:00')), { allocationId: first })
    .riskReported()
    .later(tuesday('09:00'));
})();
const [atWork, reporting] = busy.referral.allocations.map(({ id }) => id) as [string, string];

const concluded = aReferralState(aReferral())
  .delivering()
  .does(bookAppointment, aSession(1, friday('10:00')))
  .does(endEarly, { reason: 'not-engaged' })
  .acknowledged();

const types = (story: Story): TaskType[] => story.referral.openTasks.map(({ type }) => type).sort();
const offersOf = ({ referral }: Story) => openOffers(referral).map(({ id }) => id);
const confirmed = ({ referral }: Story) =>
  placesHeld(referral).flatMap(({ as, serviceId }) => (as === 'confirmed' ? [serviceId] : []));
const reserved = ({ referral }: Story) =>
  placesHeld(referral).flatMap(({ as, serviceId }) => (as === 'reserved' ? [serviceId] : []));
const ahead = (story: Story) =>
  [...story.world.appointments.values()]
    .filter(({ purpose }) => purpose === 'session')
    .map((one) => asItStands(one, summaryOf(story.referral, one.allocationId)).status);
const due = (story: Story, type: TaskType, allocationId?: string) => story.task(type, allocationId).dueAt;
const dues = (story: Story) => Object.fromEntries(story.referral.openTasks.map(({ id, dueAt }) => [id, dueAt]));
/** Types whose clock acts when a year has passed. */
const running = (story: Story) =>
  story.referral.openTasks
    .filter(({ id }) => {
      const events = keepClocks(story.state(), { taskId: id }, story.context(addDays(story.world.now, 800)));
      return !isRefusal(events) && events.length > 0;
    })
    .map(({ type }) => type)
    .sort();
const all = types(busy);
const without = (...gone: TaskType[]) => all.filter((type) => !gone.includes(type));

interface Row {
  before: Story;
  after: Story;
  cells: Record<Column, (after: Story, before: Story) => void>;
}
const columns = ['open tasks', 'clocks', 'appointments ahead', 'offers', 'lines', 'places of allocations'] as const;
type Column = (typeof columns)[number];

const staysOpen = (after: Story, before: Story) => expect(types(after)).toEqual(types(before));
const staysDue = (after: Story, before: Story) => expect(dues(after)).toEqual(dues(before));
const staysBooked = (after: Story) => expect(ahead(after)).toEqual(['booked']);
const isCancelled = (after: Story) => expect(ahead(after)).toEqual(['cancelled']);
const staysOffered = (after: Story, before: Story) => expect(offersOf(after)).toEqual(offersOf(before));
const staysInLine = (after: Story, before: Story) => expect(linesOf(after.referral)).toEqual(linesOf(before.referral));
const keepsPlaces = (after: Story) => expect(confirmed(after).sort()).toEqual([homes.id, work.id]);
const isWithdrawn = (after: Story) => {
  expect(after.world.events.filter(({ type }) => type === 'offer.withdrawn.v1')).toHaveLength(1);
  expect([offersOf(after), reserved(after)]).toEqual([[], []]);
};
const isLeft = (after: Story) => expect(linesOf(after.referral)).toEqual([]);

const unchanged = {
  'open tasks': staysOpen,
  clocks: staysDue,
  'appointments ahead': staysBooked,
  offers: staysOffered,
  lines: staysInLine,
  'places of allocations': keepsPlaces,
};

/** Both ends leave reports to be written and the risk to be reassessed, and nothing else. */
const ended: Row['cells'] = {
  'open tasks': (after) =>
    expect(types(after)).toEqual(['end-of-service-report', 'end-of-service-report', 'risk-reassessment']),
  clocks: (after, before) => {
    expect(due(after, 'end-of-service-report', atWork)).toBe('2026-06-23T09:00:00.000Z');
    expect(due(after, 'end-of-service-report', reporting)).toBe(due(before, 'end-of-service-report', reporting));
  },
  'appointments ahead': isCancelled,
  offers: isWithdrawn,
  lines: isLeft,
  'places of allocations': (after) => {
    keepsPlaces(after);
    expect(confirmed(after.acknowledged())).toEqual([]);
  },
};

const paused = busy.paused();
const changes: Record<string, Row> = {
  pause: {
    before: busy,
    after: paused,
    cells: {
      ...unchanged,
      'open tasks': (after) => expect(types(after)).toEqual([...all, 'paused-referral'].sort()),
      clocks: (after) => expect(running(after)).toEqual(['paused-referral', 'risk-reassessment']),
      lines: isLeft,
    },
  },
  resume: {
    before: paused,
    after: paused.resumed({ at: addDays(tuesday('09:00'), 7) }),
    cells: {
      ...unchanged,
      'open tasks': (after) => expect(types(after)).toEqual(all),
      clocks: (after, before) => {
        for (const type of ['offer', 'end-of-service-report'] as const)
          expect(Date.parse(due(after, type)) - Date.parse(due(before, type)), type).toBe(7 * 86_400_000);
        expect(due(after, 'risk-reassessment')).toBe(due(before, 'risk-reassessment'));
      },
      lines: (after) => expect(linesOf(again(after).referral).map(({ serviceId }) => serviceId)).toEqual([kin.id]),
    },
  },
  extension: {
    before: busy,
    after: busy.does(extendReferral, { endDate: '2027-11-30', reason: 'Extended by the court' }),
    cells: {
      ...unchanged,
      clocks: (after, before) => {
        const { id } = before.task('delivery');
        expect(dues(after)).toEqual({ ...dues(before), [id]: '2027-11-30T09:00:00.000Z' });
      },
    },
  },
  'amendment of what matching looks at': {
    before: busy,
    after: busy.amended({ area: 'lancashire' }),
    cells: {
      ...unchanged,
      'open tasks': (after) => expect(types(after)).toEqual(without('offer')),
      clocks: (after) => expect(due(again(after), 'offer')).toBe('2026-06-18T09:00:00.000Z'),
      offers: (after) => {
        isWithdrawn(after);
        expect(reserved(again(after))).toEqual([minds.id]);
      },
      lines: (after) => {
        isLeft(after);
        expect(linesOf(again(after).referral).map(({ serviceId }) => serviceId)).toEqual([kin.id]);
      },
    },
  },
  'any other amendment': {
    before: busy,
    after: busy.amended({ sentence: { ...aReferral().sentence, endDate: '2027-06-30' } }),
    cells: {
      ...unchanged,
      clocks: (after, before) => {
        const { id } = before.task('delivery');
        expect(dues(after)).toEqual({ ...dues(before), [id]: '2027-06-30T08:00:00.000Z' });
      },
    },
  },
  'end of the sentence': {
    before: busy,
    after: busy.does(keepClocks, { taskId: busy.task('delivery').id }, { at: new Date('2027-10-01T09:00:00Z') }),
    cells: {
      ...unchanged,
      clocks: (after, before) => {
        staysDue(after, before);
        expect(after.task('delivery').breachedAt).not.toBeNull();
        expect(after.referral.attention).toMatchObject({ taskId: after.task('delivery').id });
      },
    },
  },
  'early end': { before: busy, after: busy.does(endEarly, { reason: 'not-engaged' }), cells: ended },
  withdrawal: { before: busy, after: busy.withdrawn(), cells: ended },
  death: {
    before: busy,
    after: busy.does(withdrawReferral, { reason: 'died' }),
    cells: {
      'open tasks': (after) => expect(types(after)).toEqual([]),
      clocks: (after) => expect(running(after)).toEqual([]),
      'appointments ahead': isCancelled,
      offers: isWithdrawn,
      lines: isLeft,
      'places of allocations': (after) => expect(confirmed(after)).toEqual([]),
    },
  },
  transfer: {
    before: busy,
    after: busy.does(transferReferral, { area: 'lancashire', reason: 'Has moved' }),
    cells: {
      'open tasks': (after) => expect(types(after)).toEqual([...types(busy.withdrawn()), 'waiting-list']),
      clocks: (after, before) => {
        ended.clocks(after, before);
        expect(
          again(after)
            .tasks('offer')
            .map(({ dueAt }) => dueAt),
        ).toContain('2026-06-18T09:00:00.000Z');
      },
      'appointments ahead': isCancelled,
      offers: (after) => {
        isWithdrawn(after);
        const moved = busy.does(transferReferral, { ...named(serviceOf('roofs')), reason: 'A better one' });
        staysOffered(moved, busy);
      },
      lines: (after) => {
        isLeft(after);
        const moved = busy.does(transferReferral, { ...named(serviceOf('roofs')), reason: 'A better one' });
        staysInLine(moved, busy);
      },
      'places of allocations': (after) => {
        keepsPlaces(after);
        expect(reserved(again(after))).toContain(homes.id);
        expect(confirmed(after.acknowledged())).toEqual([]);
      },
    },
  },
  reopening: {
    before: concluded,
    after: concluded.does(reopenReferral, { reason: 'It was the wrong person' }),
    cells: {
      'open tasks': (after) => expect(types(after)).toEqual([]),
      clocks: (after) => expect(due(after.offeredTo('provider-a'), 'offer')).toBe('2026-06-17T09:00:00.000Z'),
      'appointments ahead': isCancelled,
      offers: (after) => {
        const two = after.offeredFrom([serviceOf('provider-a'), serviceOf('provider-b', { free: 20 })]);
        expect(reserved(two)).toEqual(['service-of-provider-a']);
      },
      lines: (after) => {
        const full = after.offeredFrom([serviceOf('provider-a', { free: 0 })]);
        expect(linesOf(full.referral)).toMatchObject([{ serviceId: 'service-of-provider-a' }]);
      },
      'places of allocations': (after) => {
        expect(confirmed(after)).toEqual([]);
        expect(reserved(after.offeredTo('provider-a'))).toEqual(['service-of-provider-a']);
      },
    },
  },
};

/** Matched again, where every service also works in Lancashire. */
function again(story: Story): Story {
  const areas = ['west-yorkshire', 'lancashire'] as const;
  return story.offeredFrom(directory.map((service) => ({ ...service, areas: [...areas] })));
}

const table = readFileSync('docs/changes.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('L4: docs/changes.md', () => {
  it('has a row for each change that is tested here, and a column for each thing that it may touch', () => {
    const [head = [], , ...rows] = table;
    expect(head).toEqual(['change', ...columns]);
    expect(rows.map(([change = '']) => change.replaceAll('*', ''))).toEqual(Object.keys(changes));
  });

  describe.each(Object.entries(changes))('%s', (_, { before, after, cells }) => {
    it.each(columns)('%s', (column) => cells[column](after, before));
  });
});
