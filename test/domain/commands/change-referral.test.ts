import { addHours } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { commitOf } from '../../../shared/adapters/changes.ts';
import { answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { bookAppointment, recordFeedback } from '../../../shared/domain/commands/appointments.ts';
import {
  amendReferral,
  pauseReferral,
  resumeReferral,
  withdrawReferral,
} from '../../../shared/domain/commands/change-referral.ts';
import { keepClocks } from '../../../shared/domain/commands/keep-clocks.ts';
import { sendMessage } from '../../../shared/domain/commands/messages.ts';
import { makeOnwardLink } from '../../../shared/domain/commands/onward-links.ts';
import { reassessRisk } from '../../../shared/domain/commands/risk.ts';
import { type Decide, isRefusal } from '../../../shared/domain/decision.ts';
import { seatMoves } from '../../../shared/domain/group-seats.ts';
import type { FactChanges } from '../../../shared/domain/merge-facts.ts';
import type { TaskType } from '../../../shared/domain/task-types.ts';
import { needIds } from '../../../shared/domain/vocabulary.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral, aReferralThroughTheGate } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import {
  aGroupSession,
  aReferralState,
  aSession,
  feedback,
  inGroup,
  type Story,
  sender,
} from '../../builders/story.ts';
import { at, friday, monday, thursday, tuesday, wednesday } from '../../builders/times.ts';

const withdrawing = (story: Story) => given(story).when(withdrawReferral, { reason: 'moved' });
const returned = (story: Story) =>
  story.does(answerOffer, { taskId: story.task('offer').id, answer: { decision: 'returned', text: 'Which floor?' } });

/** A referral at every kind of wait, and what is left to do there when it is withdrawn. */
const waits: [where: string, story: () => Story][] = [
  ['for missing facts', () => aReferralState(aReferral().with({ area: null }))],
  ['before anything was recommended', () => aReferralState()],
  ['for the confirmation of complexity', () => aReferralState().recommended()],
  ['before offers are made', () => aReferralState().confirmed()],
  ['for the answer to an offer', () => aReferralState().offeredTo('provider-a')],
  ['for information on a returned offer', () => returned(aReferralState().offeredTo('provider-a'))],
  ['for a manual allocation', () => aReferralState().offeredFrom([])],
  ['for the supplier assessment', () => aReferralState().accepted()],
];
const begun: typeof waits = [
  ['for the action plan', () => aReferralState().assessed()],
  ['for the approval of the plan', () => aReferralState().planSubmitted()],
  ['for the sessions', () => aReferralState().delivering()],
];
const reporting: typeof waits = [
  ['for the report', () => aReferralState().delivered()],
  ['for the acknowledgement', () => aReferralState().reported()],
];

describe('L4: a withdrawal', () => {
  it.each(waits)('while it waits %s concludes the referral at once, as cancelled', (_, story) => {
    withdrawing(story())
      .thenOpenTasks()
      .thenStands('concluded')
      .thenSees(({ referral }, events) => {
        expect(referral.conclusion).toMatchObject({ endState: 'cancelled', endReason: 'moved' });
        expect(events.filter(({ type }) => type === 'referral.concluded.v1')).toHaveLength(1);
        const held = ['offered', 'returned'];
        expect(referral.groups.some(({ place }) => held.includes(place.at))).toBe(false);
      });
  });

  it.each(begun)('while it waits %s ends delivery, and the report is due (T6)', (_, story) => {
    withdrawing(story())
      .thenEvents(
        { type: 'referral.withdrawn.v1', data: { reason: 'moved' } },
        { type: 'delivery.ended.v1', data: { reason: 'moved', reportDue: true } },
        { type: 'task.opened.v1', data: { taskType: 'end-of-service-report' } },
      )
      .thenOpenTasks('end-of-service-report')
      .thenStands('outcome-recording', 'active');
  });

  it.each(reporting)('while it waits %s changes nothing about the report that is due', (_, story) => {
    const before = story();
    withdrawing(before)
      .thenEvents('referral.withdrawn.v1')
      .thenStands('outcome-recording', 'active')
      .thenSees(({ referral }) => expect(referral.openTasks).toEqual(before.referral.openTasks));
  });

  it('then ends as ended, for its reason, once the report is acknowledged', () =>
    expect(aReferralState().delivering().withdrawn().acknowledged().referral.conclusion).toMatchObject({
      endState: 'ended',
      endReason: 'moved',
    }));

  it('frees the place of every open offer', () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    const story = aReferralState(aReferral().with({ needs })).offeredFrom([
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ]);
    withdrawing(story).thenEvents(
      'referral.withdrawn.v1',
      { type: 'offer.withdrawn.v1', data: { providerId: 'homes' } },
      { type: 'offer.withdrawn.v1', data: { providerId: 'minds' } },
      'referral.concluded.v1',
    );
  });

  it('of a paused referral does not wait for it to go on', () =>
    withdrawing(aReferralState().recommended().paused()).thenStands('concluded'));

  it('of a paused referral starts the clock of its report again where the pause stopped it', () => {
    const delivered = aReferralState().delivered({ at: monday('09:00') });
    given(delivered.paused({ at: tuesday('09:00') }))
      .when(withdrawReferral, { reason: 'moved' }, friday('09:00'))
      .thenOpenTasks('end-of-service-report')
      // Due on Monday the 22nd before; three days were lost.
      .thenSees((story) => expect(story.task('end-of-service-report').dueAt).toBe('2026-06-25T09:00:00.000Z'));
  });

  it('of a paused referral leaves its report no deadline on a day off', () => {
    const delivered = aReferralState().delivered({ at: monday('09:00') });
    given(delivered.paused({ at: tuesday('09:00') }))
      .when(withdrawReferral, { reason: 'moved' }, wednesday('09:00'))
      .thenSees((story) => expect(story.task('end-of-service-report').dueAt).toBe('2026-06-23T09:00:00.000Z'));
    given(delivered.paused({ at: friday('09:00') }))
      .when(withdrawReferral, { reason: 'moved' }, at('2026-06-24T09:00:00Z'))
      .thenSees((story) => expect(story.task('end-of-service-report').dueAt).toBe('2026-06-25T09:00:00.000Z'));
  });

  it('of a referral that is ending, or over, is refused', () => {
    withdrawing(aReferralState().delivering().withdrawn()).thenRefused('NotPossibleNow');
    withdrawing(aReferralState().withdrawn()).thenRefused('ReferralAlreadyConcluded');
  });

  it('L5: of an intervention that was completed needs plans that were approved, where any delivery has begun', () => {
    const withdrawn = (story: Story) => given(story).when(withdrawReferral, { reason: 'intervention-completed' });
    withdrawn(aReferralState().assessed()).thenRefused('NotPossibleNow');
    withdrawn(aReferralState().delivering()).thenOpenTasks('end-of-service-report');
    withdrawn(aReferralState().delivered()).thenOpenTasks('end-of-service-report');
    withdrawn(aReferralState().offeredTo('provider-a')).thenStands('concluded');
  });

  it('keeps its words in the private half', () =>
    given(aReferralState())
      .when(withdrawReferral, { reason: 'other', text: 'She is ill' })
      .thenSees((_, [event]) => expect(event?.texts).toEqual({ key: 'WITHDRAWAL', words: { text: 'She is ill' } })));
});

describe('L4: a pause', () => {
  it.each([...waits, ...begun, ...reporting])(
    'while it waits %s leaves what is asked open, and asks for its own end',
    (_, story) => {
      const before = story();
      given(before)
        .when(pauseReferral, { reason: 'recalled' })
        .thenEvents(
          { type: 'referral.paused.v1', data: { reason: 'recalled' } },
          { type: 'task.opened.v1', data: { taskType: 'paused-referral', owner: 'practitioner' } },
        )
        .thenSees(({ referral }) => expect(referral.openTasks.slice(0, -1)).toEqual(before.referral.openTasks));
    },
  );

  const paused = () =>
    aReferralState()
      .delivering()
      .paused({ at: monday('09:00') });

  it('L7: is not forgotten: its owner is reminded five working days before twenty are over, then operations are told', () => {
    const story = paused();
    const { id: taskId, dueAt, remindAt } = story.task('paused-referral');
    expect([remindAt, dueAt]).toEqual(['2026-07-06T09:00:00.000Z', '2026-07-13T09:00:00.000Z']);
    const reminded = story.does(keepClocks, { taskId }, { at: at('2026-07-06T09:00:00Z') });
    given(reminded)
      .when(keepClocks, { taskId }, at('2026-07-13T09:00:01Z'))
      .thenEvents({ type: 'clock.breached.v1', data: { clock: 'pause' } })
      .thenSees(({ referral }) => expect(referral.attention).toMatchObject({ taskId }));
  });

  it('L7: is answered by going on, which ends operations’ attention to it', () => {
    const story = paused();
    const { id: taskId } = story.task('paused-referral');
    const late = story.does(keepClocks, { taskId }, { at: at('2026-07-14T09:00:00Z') });
    given(late)
      .when(resumeReferral, {}, at('2026-07-15T09:00:00Z'))
      .thenOpenTasks('delivery')
      .thenSees(({ referral }, [resumed]) => {
        expect(resumed?.answers?.taskId).toBe(taskId);
        expect(referral.attention).toBeNull();
      });
  });

  it('L7: asks anew each time', () => {
    const again = paused()
      .resumed({ at: tuesday('09:00') })
      .paused({ at: wednesday('09:00') });
    expect(again.task('paused-referral').dueAt).toBe('2026-07-15T09:00:00.000Z');
  });

  it('L7: is asked about no more once the referral is withdrawn', () =>
    withdrawing(paused()).thenOpenTasks('end-of-service-report'));

  it('twice, of an ending or of a concluded referral, is refused', () => {
    const pausing = (story: Story) => given(story).when(pauseReferral, { reason: 'hospital' });
    pausing(aReferralState().paused()).thenRefused('NotPossibleNow');
    pausing(aReferralState().delivering().withdrawn()).thenRefused('NotPossibleNow');
    pausing(aReferralState().withdrawn()).thenRefused('ReferralAlreadyConcluded');
  });

  it('still takes the feedback of what was held before it', () =>
    given(aReferralState().delivering().paused())
      .when(recordFeedback, feedback())
      .thenEvents('attendance.recorded.v1'));
});

describe('L4: going on after a pause', () => {
  const pausedTuesday = () =>
    aReferralState()
      .recommended({ at: monday('09:00') })
      .paused({ at: tuesday('09:00') });

  it('moves every deadline by the time that the pause took, and reminds anew before it', () =>
    given(pausedTuesday())
      .when(resumeReferral, {}, friday('09:00'))
      .thenEvents({ type: 'referral.resumed.v1', data: { pausedAt: '2026-06-16T09:00:00.000Z' } })
      .thenSees(({ referral }) =>
        expect(referral.openTasks).toMatchObject([
          // Due on Monday the 22nd before; three days were lost.
          { dueAt: '2026-06-25T09:00:00.000Z', remindAt: '2026-06-24T09:00:00.000Z' },
        ]),
      ));

  it('moves a task that was opened during the pause by what was left of it', () => {
    const story = aReferralState()
      .offeredTo('provider-a', { dueAt: thursday('09:00') })
      .paused({ at: tuesday('12:00') });
    const accepted = story.accepted({ at: wednesday('12:00') });
    given(accepted)
      .when(resumeReferral, {}, friday('12:00'))
      .thenSees(({ referral }) => expect(referral.openTasks[0]?.dueAt).toBe('2026-07-03T12:00:00.000Z'));
  });

  const dueAfterResuming = (paused: Story, type: TaskType, now: Date) => paused.resumed({ at: now }).task(type).dueAt;

  it('counts working days: no deadline falls on a day off, and none is lost to a weekend', () => {
    const story = aReferralState().offeredTo('provider-a', { dueAt: wednesday('09:00') });
    const paused = story.paused({ at: monday('09:00') });
    expect(dueAfterResuming(paused, 'offer', thursday('09:00'))).toBe('2026-06-22T09:00:00.000Z');
    expect(dueAfterResuming(paused, 'offer', at('2026-06-21T09:00:00Z'))).toBe('2026-06-23T09:00:00.000Z');
    // Two working days less five hours were left: those end on a Sunday.
    const afternoon = story.paused({ at: monday('14:00') });
    expect(dueAfterResuming(afternoon, 'offer', thursday('02:00'))).toBe('2026-06-22T21:00:00.000Z');
  });

  it('leaves a clock that has not started yet where it is: the release is still to come (E8)', () => {
    const paused = aReferralState(aReferralThroughTheGate())
      .accepted()
      .paused({ at: tuesday('09:00') });
    const { dueAt } = paused.task('supplier-assessment');
    expect(dueAfterResuming(paused, 'supplier-assessment', friday('09:00'))).toBe(dueAt);
    // Released on Monday 13 July, during the pause.
    expect(dueAfterResuming(paused, 'supplier-assessment', at('2026-07-15T09:00:00Z'))).toBe(
      '2026-07-29T09:00:00.000Z',
    );
  });

  it('leaves the feedback of a session that is still to be held with the session (T5)', () => {
    const booked = aReferralState()
      .delivering()
      .does(bookAppointment, aSession(1, at('2026-07-01T10:00:00Z')));
    const { dueAt } = booked.task('session-feedback');
    expect(dueAfterResuming(booked.paused({ at: tuesday('09:00') }), 'session-feedback', friday('09:00'))).toBe(dueAt);
  });

  it('leaves the end of delivery at the end of the sentence', () => {
    const story = aReferralState().delivering();
    const paused = story.paused({ at: tuesday('09:00') });
    expect(dueAfterResuming(paused, 'delivery', friday('09:00'))).toBe(story.task('delivery').dueAt);
    expect(dueAfterResuming(paused, 'delivery', at('2027-10-04T09:00:00Z'))).toBe('2027-10-11T09:00:00.000Z');
  });

  it('forgives no deadline that was missed before it', () => {
    const story = aReferralState().recommended({ at: monday('09:00') });
    const { id: taskId, dueAt } = story.task('complexity-confirmation');
    const late = story.does(keepClocks, { taskId }, { at: at('2026-06-24T09:00:00Z') });
    const after = late.paused().resumed({ at: at('2026-06-29T09:00:00Z') });
    expect(after.task('complexity-confirmation')).toMatchObject({ dueAt, breachedAt: '2026-06-24T09:00:00.000Z' });
  });

  it('without a pause, or after the end, is refused', () => {
    given(aReferralState()).when(resumeReferral, {}).thenRefused('NotPossibleNow');
    given(aReferralState().withdrawn()).when(resumeReferral, {}).thenRefused('ReferralAlreadyConcluded');
  });
});

const amending = (story: Story, changes: Parameters<typeof amendReferral>[1]['changes'], now?: Date) =>
  given(story).when(amendReferral, { changes, reason: 'Things have changed' }, now);

describe('L4: an amendment', () => {
  it.each([...waits, ...begun, ...reporting])(
    'of who the practitioner is, while it waits %s, changes nothing else',
    (_, story) => {
      const before = story();
      amending(before, { practitioner: { id: 'pp-18' } })
        .thenEvents({ type: 'referral.amended.v1', data: { fields: ['practitioner'], complexity: [] } })
        .thenSees(({ referral }) => {
          expect(referral.facts.practitioner).toEqual({ id: 'pp-18', team: 'leeds-2' });
          expect(referral.openTasks).toEqual(before.referral.openTasks);
          expect(referral.groups).toEqual(before.referral.groups);
        });
    },
  );

  it('of a fact that matching hangs on withdraws the open offers, and asks afresh even who was tried', () => {
    const story = aReferralState().offeredFrom([serviceOf('provider-a', { free: 20 }), serviceOf('provider-b')]);
    const declined = story.does(answerOffer, {
      taskId: story.task('offer').id,
      answer: { decision: 'declined', reason: 'outside-area' },
    });
    amending(declined.offeredFrom([serviceOf('provider-b')]), { area: 'lancashire' })
      .thenEvents('referral.amended.v1', { type: 'offer.withdrawn.v1', data: { providerId: 'provider-b' } })
      .thenOpenTasks()
      .thenSees(({ referral }) => expect(referral.groups).toMatchObject([{ tried: [], place: { at: 'unplaced' } }]));
  });

  it('of such a fact takes a manual allocation back from operations: matching may do it now', () =>
    amending(aReferralState().offeredFrom([]), { area: 'lancashire' })
      .thenEvents('referral.amended.v1')
      .thenOpenTasks()
      .thenSees(({ referral }) => expect(referral.groups[0]?.place.at).toBe('unplaced')));

  it('of a level reaches the provider that is at work, and its allocation', () =>
    amending(aReferralState().delivering(), { complexity: [{ need: 'accommodation', level: 'high', reason: 'Worse' }] })
      .thenEvents('referral.amended.v1')
      .thenSees(({ referral }) => {
        expect(referral.needs).toMatchObject([{ confirmed: 'high' }]);
        expect(referral.allocations).toMatchObject([{ needs: [{ need: 'accommodation', level: 'high' }] }]);
      }));

  it('that puts a release off without a date leaves the assessment’s deadline standing (E8)', () => {
    const story = aReferralState(aReferralThroughTheGate()).accepted();
    const { dueAt } = story.task('supplier-assessment');
    amending(story, { expectedReleaseDate: null }).thenSees((after) =>
      expect(after.task('supplier-assessment').dueAt).toBe(dueAt),
    );
  });

  it.each<[string, FactChanges]>([
    ['an interpreter', { person: { sex: 'female', interpreterLanguage: 'pl' } }],
    ['the end of the sentence', { sentence: { type: 'community-order', endDate: '2027-10-31' } }],
    ['other words for the same reason', { needs: [{ need: 'accommodation', generalServiceReason: 'Knows her well' }] }],
  ])('that changes nothing that matching looks at, as %s, leaves the open offer', (_, changes) => {
    amending(aReferralState().offeredTo('provider-a'), changes)
      .thenEvents('referral.amended.v1')
      .thenOpenTasks('offer');
  });

  it.each<[string, FactChanges]>([
    ['the area', { area: 'lancashire' }],
    ['the type of the sentence', { sentence: { type: 'suspended-sentence-order' } }],
    ['the sex', { person: { sex: 'male' } }],
    ['the date of birth', { person: { dateOfBirth: '1991-04-02' } }],
    ['the reason for a general service', { needs: [{ need: 'accommodation', generalServiceReason: null }] }],
    ['the preferred service', { needs: [{ need: 'accommodation', preferredService: { id: 's-2', reason: 'Near' } }] }],
  ])('that changes %s matches afresh', (_, changes) => {
    amending(aReferralState().offeredTo('provider-a'), changes)
      .thenEvents('referral.amended.v1', 'offer.withdrawn.v1')
      .thenOpenTasks();
  });

  it('that changes the setting matches afresh', () =>
    amending(aReferralState(aReferralThroughTheGate()).offeredTo('provider-a'), { setting: 'community' })
      .thenEvents('referral.amended.v1', 'offer.withdrawn.v1')
      .thenOpenTasks());

  it('that says why a general service will do takes the need back from operations (E6)', () => {
    const needs = [aNeed('accommodation', { generalServiceReason: null })];
    const byHand = aReferralState(aReferral().with({ needs })).offeredFrom([serviceOf('provider-a')]);
    expect(byHand.tasks('manual-allocation')).toHaveLength(1);
    const amended = amending(byHand, { needs: [{ need: 'accommodation', generalServiceReason: 'Nearby' }] })
      .thenEvents('referral.amended.v1')
      .thenOpenTasks().story;
    expect(amended.offeredFrom([serviceOf('provider-a')]).tasks('offer')).toHaveLength(1);
  });

  it('of the area, in delivery, leaves the provider that has accepted', () =>
    amending(aReferralState().delivering(), { area: 'lancashire' })
      .thenEvents('referral.amended.v1')
      .thenStands('delivery', 'active'));

  it.each<[string, FactChanges]>([
    ['E1', { sentence: { type: 'conditional-discharge', requirements: null, rarDays: null } }],
    ['E3', { needs: [{ need: 'accommodation', metByPrimary: 'programme-requirement' }] }],
    ['E4', { requestedWork: 'breach-enforcement' }],
  ])(
    'that makes it ineligible (%s) before delivery concludes it as cancelled, and frees the place',
    (rule, changes) => {
      amending(aReferralState().offeredTo('provider-a'), changes)
        .thenEvents(
          'referral.amended.v1',
          'offer.withdrawn.v1',
          { type: 'referral.found-ineligible.v1', data: { failed: [{ need: 'accommodation', rule }] } },
          { type: 'referral.concluded.v1', data: { endState: 'cancelled', endReason: 'ineligible' } },
        )
        .thenOpenTasks();
    },
  );

  it('that leaves a fact unknown asks for it, once', () => {
    const once = amending(aReferralState().delivering(), { risk: { seriousHarm: null } })
      .thenEvents('referral.amended.v1', 'task.opened.v1', 'referral.information-requested.v1')
      .thenOpenTasks('delivery', 'missing-information').story;
    amending(once, { opdPathway: null })
      .thenEvents('referral.amended.v1')
      .thenOpenTasks('delivery', 'missing-information');
  });

  it('that supplies what was missing closes the question: nobody is asked for what is known', () =>
    amending(aReferralState(aReferral().with({ area: null })), { area: 'lancashire' })
      .thenEvents('referral.amended.v1')
      .thenOpenTasks()
      .thenStands('complexity-allocation'));

  it.each(['high', 'very-high'] as const)(
    'of a risk that is %s now moves the responsibility for the case (E7)',
    (to) => {
      amending(aReferralState().delivering(), { risk: { seriousHarm: to } })
        .thenEvents(
          'referral.amended.v1',
          { type: 'risk.reassessed.v1', data: { from: 'medium', to } },
          { type: 'risk.responsibility-moved.v1', data: { from: 'case-management', to: 'high-risk-management' } },
        )
        .thenSees((story) => {
          expect(story.referral.caseResponsibility).toBe('high-risk-management');
          amending(story, { risk: { seriousHarm: 'medium' } }).thenEvents('referral.amended.v1', 'risk.reassessed.v1');
        });
    },
  );

  it('of a confirmed level keeps old and new', () =>
    amending(aReferralState().delivering(), {
      complexity: [{ need: 'accommodation', level: 'high', reason: 'Evicted' }],
    })
      .thenEvents({
        type: 'referral.amended.v1',
        data: {
          fields: ['complexity'],
          complexity: [{ need: 'accommodation', from: 'medium', to: 'high', recommended: null, overridden: false }],
        },
      })
      .thenSees(({ referral }) => expect(referral.needs[0]?.confirmed).toBe('high')));

  it('that changes nothing is none: no event, and nothing to count', () => {
    const story = aReferralState().delivering();
    amending(story, { area: 'west-yorkshire', risk: { seriousHarm: 'medium' } }).thenNothing();
    amending(story, { complexity: [{ need: 'accommodation', level: 'medium', reason: 'As it was' }] }).thenNothing();
  });

  it('names each need once', () =>
    amending(aReferralState().delivering(), {
      complexity: [
        { need: 'accommodation', level: 'low', reason: 'Better' },
        { need: 'accommodation', level: 'high', reason: 'Worse' },
      ],
      needs: [{ need: 'accommodation' }, { need: 'accommodation' }],
    }).thenRefused('Contradiction', '/changes/complexity/1/need', '/changes/needs/1/need'));

  it('E7: of the risk tells everyone involved, and what providers were told before is not left standing', () => {
    const told = aReferralState().accepted().riskReported();
    const low = told.does(reassessRisk, {
      taskId: told.task('risk-reassessment').id,
      answer: { seriousHarm: 'low', forProviders: 'All calm' },
    });
    amending(low, { risk: { seriousHarm: 'very-high' } })
      .thenEvents(
        'referral.amended.v1',
        { type: 'risk.reassessed.v1', data: { taskId: null, from: 'low', to: 'very-high' } },
        'risk.responsibility-moved.v1',
      )
      .thenSees(({ referral }) =>
        expect(referral.riskNotice).toMatchObject({ taskId: null, seriousHarm: 'very-high' }),
      );
  });

  it('E8: of a release leaves what a pause has granted', () => {
    const inside = aReferralState(aReferralThroughTheGate()).accepted();
    const due = (story: Story) => story.task('supplier-assessment').dueAt.slice(0, 10);
    expect(due(inside)).toBe('2026-07-27');
    const rested = inside
      .paused({ at: new Date('2026-07-14T09:00:00Z') })
      .resumed({ at: new Date('2026-07-21T09:00:00Z') });
    expect(due(rested)).toBe('2026-08-03');
    expect(due(rested.amended({ setting: 'community' }, { at: new Date('2026-07-22T09:00:00Z') }))).toBe('2026-08-03');
  });

  it('lists every fault: a need that is not there, a level that is not confirmed yet', () =>
    amending(aReferralState().recommended(), {
      complexity: [
        { need: 'dependency-recovery', level: 'low', reason: 'New' },
        { need: 'accommodation', level: 'low', reason: 'New' },
      ],
      needs: [{ need: 'lifestyle-associates' }],
    }).thenRefused('Contradiction', '/changes/complexity/0/need', '/changes/needs/0/need', '/changes/complexity/1'));

  it('that contradicts what is known is refused', () =>
    amending(aReferralState(), { sentence: { startDate: '2028-01-01' } }).thenRefused(
      'Contradiction',
      '/sentence/endDate',
    ));

  it('after the conclusion is refused', () =>
    amending(aReferralState().withdrawn(), { area: 'gwent' }).thenRefused('ReferralAlreadyConcluded'));

  it('while it is ending asks for nothing more', () =>
    amending(aReferralState().delivering().withdrawn(), { risk: { seriousHarm: null } })
      .thenEvents('referral.amended.v1')
      .thenOpenTasks('end-of-service-report'));
});

describe('E8: an amended release', () => {
  const inCustody = () => aReferralState(aReferralThroughTheGate()).accepted();
  const breached = () => {
    const story = inCustody();
    return story.does(keepClocks, { taskId: story.task('supplier-assessment').id }, { at: at('2026-07-29T09:00:00Z') });
  };
  const dueAfter = (changes: FactChanges, now: string) =>
    amending(inCustody(), changes, at(now)).story.task('supplier-assessment').dueAt;

  it('moves the clock that starts with it', () =>
    expect(dueAfter({ expectedReleaseDate: '2026-07-20' }, '2026-06-20T09:00:00Z')).toBe('2026-08-03T08:00:00.000Z'));

  it('put off, and then set again, moves it by the new date', () => {
    const undated = inCustody().amended({ expectedReleaseDate: null });
    amending(undated, { expectedReleaseDate: '2026-07-20' }).thenSees((story) =>
      expect(story.task('supplier-assessment').dueAt).toBe('2026-08-03T08:00:00.000Z'),
    );
  });

  it('put off after the breach gives time again, and ends operations’ attention (L7)', () => {
    const late = breached();
    expect(late.referral.attention).not.toBeNull();
    amending(late, { expectedReleaseDate: '2026-08-10' }).thenSees((story) => {
      expect(story.referral.attention).toBeNull();
      expect(story.task('supplier-assessment')).toMatchObject({
        dueAt: '2026-08-24T08:00:00.000Z',
        remindAt: '2026-08-21T08:00:00.000Z',
        breachedAt: null,
      });
    });
  });

  it('put off to a deadline that has passed too does not breach a second time (L7)', () =>
    amending(breached(), { expectedReleaseDate: '2026-07-14' }).thenSees((story) => {
      expect(story.task('supplier-assessment').breachedAt).not.toBeNull();
      expect(story.referral.attention).not.toBeNull();
    }));

  it('that comes early starts the clock on the day that the person is out', () =>
    expect(dueAfter({ setting: 'community', expectedReleaseDate: null }, '2026-07-06T10:00:00Z')).toBe(
      '2026-07-20T10:00:00.000Z',
    ));

  it('told late starts the clock when it was expected, not when the referral was accepted', () =>
    expect(dueAfter({ setting: 'community' }, '2026-07-16T10:00:00Z')).toBe('2026-07-27T08:00:00.000Z'));

  it('that took place on another day than was expected starts it on that day, told with the release', () => {
    const released = (expectedReleaseDate: string) => ({ setting: 'community' as const, expectedReleaseDate });
    expect(dueAfter(released('2026-07-20'), '2026-07-22T10:00:00Z')).toBe('2026-08-03T08:00:00.000Z');
    expect(dueAfter(released('2026-07-06'), '2026-07-08T10:00:00Z')).toBe('2026-07-20T08:00:00.000Z');
  });

  it('today, on a bank holiday, counts its first day on the next working day (T2)', () =>
    expect(dueAfter({ setting: 'community', expectedReleaseDate: '2026-08-31' }, '2026-08-31T10:00:00Z')).toBe(
      '2026-09-14T08:00:00.000Z',
    ));

  it.each([
    ['earlier', '2026-07-06', '2026-07-20T08:00:00.000Z'],
    ['later', '2026-08-10', '2026-08-24T08:00:00.000Z'],
    ['to a bank holiday', '2026-08-31', '2026-09-14T08:00:00.000Z'],
    ['to Christmas Day', '2026-12-25', '2027-01-12T09:00:00.000Z'],
    ['to Easter Monday', '2027-03-29', '2027-04-12T08:00:00.000Z'],
    ['to the day on which the clocks go forward', '2027-03-28', '2027-04-12T08:00:00.000Z'],
    ['to before the offer was accepted: then its clock starts with that', '2026-06-08', '2026-06-29T09:00:00.000Z'],
  ])('moves the clock with it: %s', (_, expectedReleaseDate, due) =>
    expect(dueAfter({ expectedReleaseDate }, '2026-06-20T09:00:00Z')).toBe(due),
  );

  it('of someone who is out already moves nothing: the clock is running', () => {
    const out = inCustody().amended({ setting: 'community' }, { at: at('2026-07-16T10:00:00Z') });
    const { dueAt } = out.task('supplier-assessment');
    expect(dueAt).toBe('2026-07-27T08:00:00.000Z');
    for (const expectedReleaseDate of [null, '2026-07-10']) {
      amending(out, { expectedReleaseDate }, at('2026-07-17T10:00:00Z')).thenSees((story) =>
        expect(story.task('supplier-assessment').dueAt).toBe(dueAt),
      );
    }
  });

  it('after a recall starts the clock of an assessment that is still to be held at the next release', () => {
    const out = inCustody().amended({ setting: 'community' }, { at: at('2026-07-16T10:00:00Z') });
    const recalled = { setting: 'custody' as const, expectedReleaseDate: '2026-09-07' };
    amending(out, recalled, at('2026-07-20T10:00:00Z')).thenSees((story) =>
      expect(story.task('supplier-assessment').dueAt).toBe('2026-09-21T08:00:00.000Z'),
    );
  });

  it('that has passed while the setting still is custody leaves the clock running from it', () => {
    const amended = amending(inCustody(), { practitioner: { id: 'pp-18' } }, at('2026-07-20T09:00:00Z'));
    expect(amended.story.task('supplier-assessment').dueAt).toBe('2026-07-27T08:00:00.000Z');
  });
});

describe('E1: a sentence that ends', () => {
  const ended = { sentence: { type: 'community-order' as const, endDate: '2026-06-14' } };
  const muchLater = at('2027-10-04T09:00:00Z');

  it('before the referral was sent, as an amendment says, makes it ineligible before delivery', () =>
    amending(aReferralState(), ended)
      .thenEvents('referral.amended.v1', 'referral.found-ineligible.v1', 'referral.concluded.v1')
      .thenSees(({ referral }) => expect(referral.ending?.failed).toEqual([{ need: 'accommodation', rule: 'E1' }])));

  it('is no bar to amendments once it has run out: the practitioner withdraws it (L6)', () => {
    amending(aReferralState(), { area: 'lancashire' }, muchLater).thenEvents('referral.amended.v1');
    amending(aReferralState().delivering(), { area: 'lancashire' }, muchLater).thenEvents('referral.amended.v1');
    given(aReferralState()).when(withdrawReferral, { reason: 'sentence-expired' }, muchLater).thenStands('concluded');
  });
});

describe('L7: an amended end of the sentence', () => {
  it('moves the deadline of delivery', () =>
    amending(aReferralState().delivering(), { sentence: { endDate: '2027-03-31' } }).thenSees((story) =>
      expect(story.task('delivery').dueAt).toBe('2027-03-31T08:00:00.000Z'),
    ));
});

describe('Rule 1: a referral with as much ahead as it may have', () => {
  const tables = { record: 'record', private: 'private' };
  /** So many providers, each with unread messages, and all seats and links that there may be. */
  function busy(count: number): Story {
    const needs = needIds.filter((need) => !need.startsWith('womens-')).slice(0, count);
    const services = needs.map((need) => serviceOf(need, { needs: [need] }));
    let story = aReferralState(aReferral().with({ needs: needs.map((need) => aNeed(need)) }))
      .offeredFrom(services)
      .delivering(20);
    const may = <C>(decide: Decide<C>, command: C, allocationId: string | undefined): boolean => {
      const outcome = decide(story.state({ allocationId }), command, story.context());
      if (!isRefusal(outcome)) story = story.does(decide, command, { allocationId });
      return !isRefusal(outcome);
    };
    const { allocations } = story.referral;
    for (let n = 0, more = true; more; n += 1) {
      const summary = allocations[n % count];
      if (!summary) throw new Error('there are allocations');
      const startsAt = addHours(thursday('10:00'), 3 * n).toISOString();
      const group = aGroupSession(summary, { id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, startsAt });
      story = story.beside(group);
      more = may(bookAppointment, inGroup(1 + Math.floor(n / count), group), summary.id);
    }
    for (let n = 0, more = true; more; n += 1) {
      const { id, needs: own } = allocations[n % count] ?? {};
      const need = own?.[0]?.need ?? 'accommodation';
      more = may(makeOnwardLink, { organisation: 'Shelter', kind: 'signposted', need, followUpOn: '2027-01-04' }, id);
    }
    for (const { id } of allocations)
      may(sendMessage, { text: 'Hello', to: { allocationId: id }, from: 'practitioner' as const }, id);
    return story;
  }
  it.each([2, 5])('is ended by a death in one transaction: %i providers', (count) => {
    const story = busy(count);
    const { events, story: after } = given(story).when(withdrawReferral, { reason: 'died' });
    const { changes } = commitOf(story.state(), events, story.context(), { by: sender }, tables);
    const seats = seatMoves(story.referral, after.referral, events);
    expect(changes.length + seats.length).toBeLessThanOrEqual(100);
  });
});
