import { addDays } from 'date-fns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitOf } from '../../shared/adapters/changes.ts';
import { allocation, appointment } from '../../shared/domain/allocation.ts';
import { answersIn } from '../../shared/domain/answer-speed.ts';
import { bookAppointment, recordFeedback } from '../../shared/domain/commands/appointments.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import { overlaps } from '../../shared/domain/diary.ts';
import { endedWith } from '../../shared/domain/effectiveness.ts';
import { type DomainEvent, eventData, eventTypes } from '../../shared/domain/events.ts';
import { evolve } from '../../shared/domain/evolve.ts';
import { seatMoves } from '../../shared/domain/group-seats.ts';
import { message, unreadTask } from '../../shared/domain/message.ts';
import { missedInARow, missedLately } from '../../shared/domain/non-engagement.ts';
import { onwardLink } from '../../shared/domain/onward-link.ts';
import { placeMoves, placesHeld } from '../../shared/domain/places.ts';
import { type AllocationSummary, type Referral, referral as referralSchema } from '../../shared/domain/referral.ts';
import { isHighRisk } from '../../shared/domain/risk.ts';
import { endStateOf, lifecycleStanding } from '../../shared/domain/standing.ts';
import { outlivesReferral, taskPolicies } from '../../shared/domain/task-types.ts';
import { linesOf } from '../../shared/domain/waiting-list.ts';
import { waitsOf } from '../../shared/domain/waits.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import { atOnce, canary, movesBetween, movesOn } from '../builders/moves.ts';
import { aNeed, aReferral, today } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { aDraft, aReferralState, aSession, feedback, type Scope, type Story, sender } from '../builders/story.ts';

/** Rules that hold whatever anyone does, in whatever order: anybody's moves, at any time, allowed or refused. */

const secretive = (need: Parameters<typeof aNeed>[0]) =>
  aNeed(need, { generalServiceReason: canary, preferredService: { id: 'service-of-homes', reason: canary } });
const facts = aReferral().with({
  person: { dateOfBirth: '1990-04-02' },
  reasonForReferral: canary,
  sentence: { rarDays: 2 },
  needs: [secretive('accommodation'), secretive('emotional-wellbeing')],
});
const together = [serviceOf('everything')];
const apart = [
  serviceOf('homes', { needs: ['accommodation'] }),
  serviceOf('minds', { needs: ['emotional-wellbeing'] }),
];
const rivals = [...together, serviceOf('rival'), serviceOf('third')];
const missing = (story: Story): Story => {
  const now = new Date(story.world.now.getTime() + 3_600_000);
  return story
    .does(bookAppointment, aSession(1, now), { at: now })
    .does(recordFeedback, feedback({ attendance: 'no' }), { at: now });
};
/** Every stage, so that a history of some twenty steps sees what comes late in a referral's life. */
const starts: Record<string, () => Story> = {
  draft: () => aDraft(facts.with({ area: null })),
  'forgotten draft': () => aDraft(facts).later(addDays(today, 91)),
  complete: () => aReferralState(facts),
  'without an area': () => aReferralState(facts.with({ area: null })),
  'without two facts': () => aReferralState(facts.with({ risk: null, opdPathway: null })),
  'offered together': () => aReferralState(facts).offeredFrom(together),
  'offered apart': () => aReferralState(facts).offeredFrom(apart),
  'offered at once': () => aReferralState(facts).offeredFrom(rivals, { parallelOffers: atOnce }),
  'in line': () => aReferralState(facts).offeredFrom(apart.map((service) => ({ ...service, free: 0 }))),
  'in line in part': () =>
    aReferralState(facts).offeredFrom(apart.map((service, index) => ({ ...service, free: index }))),
  'offered in part': () => aReferralState(facts).offeredFrom(apart.slice(1)),
  'accepted apart': () => aReferralState(facts).offeredFrom(apart).accepted(),
  'assessed apart': () => aReferralState(facts).offeredFrom(apart).accepted().assessed(),
  'planned together': () => aReferralState(facts).offeredFrom(together).accepted().planSubmitted(3),
  'delivering together': () => aReferralState(facts).offeredFrom(together).accepted().delivering(3),
  'delivering apart': () => aReferralState(facts).offeredFrom(apart).accepted().delivering(3),
  'not coming': () => missing(missing(aReferralState(facts).offeredFrom(together).accepted().delivering(3))),
  reported: () => aReferralState(facts).offeredFrom(together).accepted().delivering(3).reported(),
};

const histories = fc.record({
  start: fc.constantFrom(...Object.keys(starts)),
  steps: fc.array(
    fc.record({
      pick: fc.nat(),
      isBetween: fc.constantFrom(false, false, false, false, true),
      hours: fc.constantFrom(0, 0, 0, 1, 1, 24, 72),
    }),
    { minLength: 5, maxLength: 30, size: 'max' },
  ),
});
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

interface Step {
  before: Story;
  events: DomainEvent[];
  after: Story;
  name: string;
  scope: Scope;
}

/** Plays one history and shows each step that was taken. */
function play({ start, steps }: History, look: (step: Step) => void): Story {
  let story = (starts[start] ?? aReferralState)();
  for (const { pick, isBetween, hours } of steps) {
    const now = new Date(story.world.now.getTime() + hours * 3_600_000);
    const moves = [movesOn(story), movesBetween(story)].at(isBetween ? 1 : 0) ?? [];
    const chosen = moves[pick % moves.length];
    if (!chosen) continue;
    const { name, decide, scope = {} } = chosen;
    const outcome = decide(story.state(scope), story.context(now));
    if (isRefusal(outcome)) continue;
    const after = story.with(outcome, now, scope);
    look({ before: story, events: outcome, after, name, scope });
    story = after;
  }
  return story;
}

const holds = (
  look: (step: Step) => void,
  atTheEnd: (story: Story) => void = () => undefined,
  parameters: { numRuns: number; seed?: number } = { numRuns: 500 },
) =>
  fc.assert(
    fc.property(histories, (history) => {
      atTheEnd(play(history, look));
    }),
    parameters,
  );

describe('Whatever anybody does', () => {
  it('is tried: every event of a referral comes about', () => {
    const seen = new Set<string>();
    const ends = new Set<string>();
    holds(
      () => undefined,
      ({ world: { events }, referral }) => {
        for (const { type } of events) seen.add(type);
        if (referral.conclusion) ends.add(referral.conclusion.endState);
      },
      // The same each time: what is rare must not come about on some days only.
      { numRuns: 2000, seed: 3 },
    );
    // Nor is anything ever found that nobody was asked for: that needs a fault.
    const ofReferrals = eventTypes.filter((type) => !/^(service|group-session|capacity|wait\.found)/.test(type));
    expect(ofReferrals.filter((type) => !seen.has(type))).toEqual([]);
    expect([...ends].sort()).toEqual(['cancelled', 'completed', 'ended']);
  });

  it('L7: every wait has exactly one open task, with an owner and a deadline', () => {
    holds(({ after: { referral }, name }) => {
      for (const wait of waitsOf(referral)) expect(wait.tasks.length, `${wait.name} after ${name}`).toBe(1);
      for (const { type, organisation, openedAt, dueAt } of referral.openTasks) {
        expect(organisation).toMatch(taskPolicies[type].owner === 'operations' ? /^operations$/ : /^[a-z-]+$/);
        // T3, T5: these clocks start when an appointment ended, however late that is told; anything else leaves time.
        const startsEarlier = type === 'session-feedback' || type === 'action-plan';
        if (!startsEarlier) expect(dueAt > openedAt, `${type} is due after it was asked`).toBe(true);
      }
    });
  });

  it('L7: a referral that goes on has somebody to move it: a task, or work for the system', () => {
    holds(({ after: { referral }, name }) => {
      const standing = lifecycleStanding(referral);
      const isOver = standing === 'concluded';
      const systemWorks = standing === 'recommend-complexity' || standing === 'make-offers';
      // What outlives a referral does not move it.
      const isAsked = referral.openTasks.some((task) => !outlivesReferral(task));
      expect(isOver || systemWorks || isAsked, name).toBe(true);
    });
  });

  it('L5: there is at most one conclusion of each opening, nothing but what outlives it is open after it, and its end state follows from what was delivered', () => {
    holds(
      ({ before, after: { referral } }) => {
        if (!referral.conclusion) return;
        expect(referral.openTasks.every(outlivesReferral)).toBe(true);
        expect(referral.allocations.every(({ phase }) => phase === 'ended')).toBe(true);
        expect(referral.conclusion.endState).toBe(endStateOf(referral));
        if (before.referral.conclusion) expect(referral.conclusion).toBe(before.referral.conclusion);
      },
      ({ world: { events } }) => {
        const turns = events.filter(({ type }) => type === 'referral.concluded.v1' || type === 'referral.reopened.v1');
        turns.forEach(({ type }, index) => {
          expect(type).toBe(index % 2 === 0 ? 'referral.concluded.v1' : 'referral.reopened.v1');
        });
      },
    );
  });

  it('L4: who does not come is asked about once, of an allocation at work and only while the row stands', () => {
    holds(({ after, name }) => {
      const asked = after.tasks('non-engagement');
      expect(new Set(asked.map(({ allocationId }) => allocationId)).size, name).toBe(asked.length);
      for (const { allocationId = '', missed = [] } of asked) {
        const phase = after.referral.allocations.find(({ id }) => id === allocationId)?.phase;
        expect(['ended', 'end-of-service-report', 'acknowledgement'], name).not.toContain(phase);
        expect(missed.length, name).toBeGreaterThanOrEqual(missedInARow);
        expect(missedLately(after.world.allocations.get(allocationId)?.attendance ?? []), name).toEqual(missed);
      }
    });
  });

  it('L4: the person is booked for one thing at a time, a session once, and nothing is booked of what has ended', () => {
    holds(({ after: { referral, world }, name }) => {
      for (const [index, one] of referral.booked.entries()) {
        const others = referral.booked.slice(index + 1);
        expect(
          others.filter((other) => overlaps(one, other)),
          name,
        ).toEqual([]);
        const isSame = (other: typeof one) => other.allocationId === one.allocationId && other.session === one.session;
        expect(one.session === null ? [] : others.filter(isSame), name).toEqual([]);
        const { status, startsAt } = world.appointments.get(one.appointmentId) ?? {};
        expect({ status, startsAt }, name).toEqual({ status: 'booked', startsAt: one.startsAt });
      }
      const isAtWork = ({ phase }: AllocationSummary) =>
        !['ended', 'end-of-service-report', 'acknowledgement'].includes(phase);
      const working = referral.allocations.filter(isAtWork).map(({ id }) => id);
      const live = [...world.appointments.values()].filter(
        ({ status, allocationId }) => status === 'booked' && working.includes(allocationId),
      );
      expect(referral.booked.map(({ appointmentId }) => appointmentId).sort(), name).toEqual(
        live.map(({ id }) => id).sort(),
      );
    });
  });

  it('L4: RAR days are the London dates of the appointments that count as one, as they stand after all corrections', () => {
    holds(
      () => undefined,
      ({ referral, world: { appointments } }) => {
        const days = [...appointments.values()]
          .filter(({ feedback: said }) => said?.rarDay)
          .map(({ startsAt }) => londonDate(new Date(startsAt)));
        const counted = Object.entries(referral.rarDays).flatMap(([day, count]) => Array<string>(count).fill(day));
        expect(counted.sort()).toEqual(days.sort());
      },
    );
  });

  it('E7, T8: every report stands under the one reassessment, which only its answer or a death closes and nothing moves', () => {
    holds(({ before, events, after, name }) => {
      const open = (story: Story) => story.tasks('risk-reassessment');
      expect(open(after).length, name).toBeLessThanOrEqual(1);
      const answered = events.flatMap((event) => (event.type === 'risk.reassessed.v1' ? [event.data.taskId] : []));
      // L4: a death stops every clock.
      if (name === 'death') return expect(open(after)).toEqual([]);
      for (const { id, dueAt } of open(before)) {
        if (answered.includes(id)) expect(open(after), name).toEqual([]);
        else expect(open(after), name).toMatchObject([{ id, dueAt }]);
      }
      for (const event of events) {
        if (event.type !== 'risk.escalation-reported.v1') continue;
        expect(
          open(after).map(({ id }) => id),
          name,
        ).toEqual([event.data.taskId]);
        expect(event.keeps?.words.concern).toBe(canary);
      }
    });
  });

  it('O1, L7: what is unread stands under one task of its receiver, until it is read, its time is up, or the person has died', () => {
    holds(({ before, after, events, name }) => {
      const { messages, referral } = after.world;
      const unread = [...messages.values()].filter(({ readAt }) => !readAt);
      for (const { id, type, allocationId, unread: counted } of referral.openTasks) {
        if (type !== unreadTask.practitioner && type !== unreadTask.provider) continue;
        expect(unread.filter(({ taskId }) => taskId === id).length, name).toBe(counted);
        expect(counted, name).toBeGreaterThan(0);
        const same = referral.openTasks.filter((task) => task.type === type && task.allocationId === allocationId);
        expect(same.length, name).toBe(1);
      }
      const closed = events.flatMap((event) =>
        event.type === 'task.lapsed.v1' ? [event.data.taskId] : (event.answers?.taskId ?? []),
      );
      // L4: a death closes all that was asked of anybody.
      if (name === 'death') expect(referral.openTasks, name).toEqual([]);
      for (const { id, type } of before.referral.openTasks) {
        const isOfMessages = type === unreadTask.practitioner || type === unreadTask.provider;
        if (isOfMessages && !closed.includes(id) && name !== 'death')
          expect(
            referral.openTasks.map((task) => task.id),
            name,
          ).toContain(id);
      }
    });
  });

  it('E7: a risk that is high or very high is for high-risk management, whoever said so and however', () => {
    holds(({ after: { referral } }) => {
      if (isHighRisk(referral.facts.risk?.seriousHarm))
        expect(referral.caseResponsibility).toBe('high-risk-management');
    });
  });

  it('L3: a place is reserved before it is taken, given back once, and all are free at the end', () => {
    holds(
      () => undefined,
      ({ referral, world: { events } }) => {
        const held = new Map<string, { reserved: number; confirmed: number }>();
        const service = (id: string) =>
          held.get(id) ?? held.set(id, { reserved: 0, confirmed: 0 }).get(id) ?? { reserved: 0, confirmed: 0 };
        for (const { type, data } of events) {
          if (type === 'offer.made.v1') service(data.serviceId).reserved += 1;
          if (type === 'offer.accepted.v1') {
            service(data.serviceId).reserved -= 1;
            service(data.serviceId).confirmed += 1;
          }
          if (type === 'offer.declined.v1' || type === 'offer.lapsed.v1' || type === 'offer.withdrawn.v1') {
            service(data.serviceId).reserved -= 1;
          }
          if (type === 'allocation.ended.v1') {
            const own = referral.allocations.find(({ id }) => id === data.allocationId);
            service(own?.serviceId ?? '').confirmed -= 1;
          }
          for (const { reserved, confirmed } of held.values())
            expect(Math.min(reserved, confirmed)).toBeGreaterThanOrEqual(0);
        }
        if (!referral.conclusion) return;
        for (const places of held.values()) expect(places).toEqual({ reserved: 0, confirmed: 0 });
      },
    );
  });

  it('L3: what it holds and waits for moves the counters, and nothing is left of it at the end', () => {
    holds(
      () => undefined,
      ({ referral, world: { events } }) => {
        const offers = events.filter(({ type }) => /^offer\.(made|declined|lapsed|withdrawn)/.test(type));
        const open = offers.reduce((sum, { type }) => sum + (type === 'offer.made.v1' ? 1 : -1), 0);
        const ended = events.filter(({ type }) => type === 'allocation.ended.v1').length;
        expect(placesHeld(referral)).toHaveLength(open - ended);
        const isOut = referral.ending !== null || referral.conclusion !== null || referral.paused !== null;
        if (isOut || referral.missing.length > 0) expect(linesOf(referral)).toEqual([]);
        if (referral.conclusion) expect(placesHeld(referral)).toEqual([]);
      },
    );
  });

  it('L3, L7: a wait keeps its task until it ends, and then has none; no task is of a group that is not there', () => {
    holds(({ after: { referral }, name }) => {
      for (const { type, groupId } of referral.openTasks) {
        if (groupId)
          expect(
            referral.groups.map(({ id }) => id),
            `${type} after ${name}`,
          ).toContain(groupId);
      }
      for (const { groupId } of referral.openTasks.filter(({ type }) => type === 'waiting-list')) {
        const place = referral.groups.find(({ id }) => id === groupId)?.place.at;
        expect(['waiting', 'unplaced'], name).toContain(place);
      }
    });
  });

  it('O4: each allocation is counted once, when it ends: with its outcomes where it had begun', () => {
    let counted = 0;
    holds(({ before, after, scope, name }) => {
      const wasEnded = before.referral.allocations.filter(({ phase }) => phase === 'ended').map(({ id }) => id);
      const ended = after.referral.allocations.filter(({ id, phase }) => phase === 'ended' && !wasEnded.includes(id));
      for (const id of wasEnded) expect(after.at('ended').map((summary) => summary.id)).toContain(id);
      const figures = endedWith(before.referral, after.state(scope));
      for (const [serviceId, { starts = 0, notStarted = 0, ...more }] of figures) {
        const own = ended.filter((summary) => summary.serviceId === serviceId);
        expect(starts, name).toBe(own.filter(({ begun }) => begun).length);
        expect(starts + notStarted, name).toBe(own.length);
        const levels = Object.keys(more).filter((key) => key.startsWith('people#'));
        // After a death nobody is asked for a report.
        expect(levels.length > 0, name).toBe(starts > 0 && after.referral.ending?.reason !== 'died');
        counted += starts + notStarted;
      }
      expect(new Set(figures.keys()), name).toEqual(new Set(ended.map(({ serviceId }) => serviceId)));
    });
    expect(counted).toBeGreaterThan(0);
  });

  it('L3: whoever answers an offer, or does not, had a place reserved: it is counted beside its places', () => {
    holds(({ before, events, after, name }) => {
      const moved = placeMoves(before.referral, after.referral).map(({ serviceId }) => serviceId);
      for (const serviceId of answersIn(before.referral, events, after.world.now).keys())
        expect(moved, name).toContain(serviceId);
    });
  });

  it('V: each event fits its type, and nothing that somebody wrote is in it or in the record', () => {
    holds(({ after, events, name }) => {
      for (const { type, data } of events) {
        expect(eventData[type].safeParse(data).error, `${type} after ${name}`).toBeUndefined();
      }
      const { referral, allocations, appointments, messages, onwardLinks } = after.world;
      const open = JSON.stringify([
        events.map(({ data }) => data),
        referral,
        ...allocations.values(),
        ...appointments.values(),
        ...messages.values(),
        ...onwardLinks.values(),
      ]);
      expect(open.includes(canary) || open.includes('1990-04-02'), name).toBe(false);
    });
  });

  it('Rule 1: each event raises the sequence by one, and the version exactly when the referral itself has changed', () => {
    holds(({ before, events, after }) => {
      expect(after.referral.sequence).toBe(before.referral.sequence + events.length);
      const inAllocation = new Set(['openTasks', 'attention', 'sequence', 'version', 'rarDays', 'booked']);
      const own = (referral: Referral) =>
        JSON.stringify(Object.entries(referral).filter(([key]) => !inAllocation.has(key)));
      if (own(before.referral) !== own(after.referral)) {
        expect(after.referral.version).toBeGreaterThan(before.referral.version);
      }
    });
  });

  it('Rule 1: the state is one that the store can read back', () => {
    holds(
      () => undefined,
      ({ world: { referral, allocations, appointments, messages, onwardLinks } }) => {
        expect(referralSchema.parse(referral)).toEqual(referral);
        for (const one of allocations.values()) expect(allocation.parse(one)).toEqual(one);
        for (const one of appointments.values()) expect(appointment.parse(one)).toEqual(one);
        for (const one of messages.values()) expect(message.parse(one)).toEqual(one);
        for (const one of onwardLinks.values()) expect(onwardLink.parse(one)).toEqual(one);
      },
    );
  });

  it('Rule 1: each command is one transaction of at most fifty items', () => {
    const tables = { record: 'record', private: 'private' };
    holds(({ before, events, after, name, scope }) => {
      if (events.length === 0) return;
      const options = { by: sender };
      const { changes } = commitOf(before.state(scope), events, before.context(after.world.now), options, tables);
      const seats = seatMoves(before.referral, after.referral, events);
      expect(changes.length + seats.length, name).toBeLessThanOrEqual(50);
      const places = [
        ...changes.map(({ write }) => JSON.stringify(keyOf(write))),
        ...seats.map(({ groupId }) => groupId),
      ];
      expect(new Set(places).size, `${name} writes an item twice`).toBe(places.length);
    });
  });

  it('evolve is pure: the same events give the same state, and the old one is left as it was', () => {
    holds(({ before, events, after, scope }) => {
      const copy = structuredClone(before.referral);
      events.reduce((state, event) => evolve(state, event, after.world.now), before.state(scope));
      expect(before.referral).toEqual(copy);
    });
  });
});

type Write = ReturnType<typeof commitOf>['changes'][number]['write'];
function keyOf({ Put, Update, Delete, ConditionCheck }: Write): unknown {
  const { pk, sk } = (Put?.Item ?? Update?.Key ?? Delete?.Key ?? ConditionCheck?.Key ?? {}) as {
    pk?: string;
    sk?: string;
  };
  const table = (Put ?? Update ?? Delete ?? ConditionCheck)?.TableName;
  return { table, pk, sk };
}
