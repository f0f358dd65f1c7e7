import { addDays } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { actionPlanView } from '../../shared/contracts/views/action-plan.ts';
import { allocationView as allocationContract } from '../../shared/contracts/views/allocation.ts';
import { appointmentView as appointmentContract } from '../../shared/contracts/views/appointment.ts';
import { providerReferralView } from '../../shared/contracts/views/provider-referral.ts';
import { operationsReferralView, referralView } from '../../shared/contracts/views/referral.ts';
import { taskSubjects } from '../../shared/contracts/views/task.ts';
import { draftPlan } from '../../shared/domain/commands/action-plan.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { bookAppointment, recordFeedback } from '../../shared/domain/commands/appointments.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import { riskReport } from '../../shared/domain/risk.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import {
  allocationView,
  appointmentView,
  planView,
  reportView,
  sessionViews,
} from '../../shared/domain/views/allocation-view.ts';
import {
  operationsView,
  practitionerView,
  providerAccessDays,
  providerStanding,
  providerSummaryView,
  providerView,
} from '../../shared/domain/views/referral-view.ts';
import { taskSubject } from '../../shared/domain/views/task-view.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { aReferralState, aSession, feedback, Story } from '../builders/story.ts';
import { friday, tuesday, wednesday } from '../builders/times.ts';

const facts = aReferral().with({
  needs: [aNeed('accommodation', { preferredService: { id: 'near', reason: 'Near her mother' } })],
});
/** What only some may see: the person, and what somebody wrote. */
const personal = ['1990-04-02', 'X320741', 'Has to leave', 'Near her mother', 'Already knows'];

const seenBy = (story: Story, provider: string, wasAsked = true, notice: { text?: string } = {}) => {
  const { referral, confidential, now } = story.world;
  const standing = providerStanding(referral, provider, wasAsked, now);
  return standing && providerView({ referral, confidential }, provider, standing, { answers: [], notice }, now);
};

const stages: [string, Story][] = [
  ['facts are missing', aReferralState(facts.with({ area: null }))],
  ['levels are confirmed', aReferralState(facts).recommended()],
  ['an offer is open', aReferralState(facts).offeredTo('provider-a')],
  ['it is delivered', aReferralState(facts).delivering()],
  ['the report is read', aReferralState(facts).reported()],
  ['it is over', aReferralState(facts).acknowledged()],
  [
    'it was found ineligible',
    aReferralState(facts).amended({ sentence: { type: 'fine', requirements: null, rarDays: null } }),
  ],
];

describe.each(stages)('Rule 9: while %s', (_, story) => {
  const { referral, confidential } = story.world;

  it('its practitioner sees all of it, as it was sent', () => {
    const view = practitionerView({ referral, confidential });
    expect(referralView.safeParse(view).error).toBeUndefined();
    for (const secret of personal) expect(JSON.stringify(view)).toContain(secret);
  });

  it('operations see no person, and nothing that somebody wrote', () => {
    const view = operationsView(referral, []);
    expect(operationsReferralView.safeParse(view).error).toBeUndefined();
    for (const secret of personal.filter((one) => one !== 'X320741'))
      expect(JSON.stringify(view)).not.toContain(secret);
  });

  it('a provider that has nothing to do with it sees nothing', () =>
    expect(seenBy(story, 'provider-z', false)).toBeUndefined());
});

describe('Rule 9: what a provider sees', () => {
  const offered = aReferralState(facts).offeredTo('provider-a');
  const answered = (decision: 'declined' | 'returned') =>
    offered.does(answerOffer, {
      taskId: offered.task('offer').id,
      answer: decision === 'declined' ? { decision, reason: 'other' } : { decision, text: 'Which floor?' },
    });

  it('offered: what it needs to answer, by age band; no CRN, birth date or words', () => {
    const view = seenBy(offered, 'provider-a');
    expect(providerReferralView.safeParse(view).error).toBeUndefined();
    expect(view).toMatchObject({ standing: 'offered', ageBand: '35-44', sex: 'female', seriousHarm: 'medium' });
    for (const secret of personal) expect(JSON.stringify(view)).not.toContain(secret);
  });

  it('returned: the same, while it waits for its answer', () =>
    expect(seenBy(answered('returned'), 'provider-a')).toMatchObject({ standing: 'offered' }));

  it('accepted: the person, its own needs and tasks', () => {
    const view = seenBy(offered.accepted(), 'provider-a');
    expect(providerReferralView.safeParse(view).error).toBeUndefined();
    expect(view).toMatchObject({ standing: 'accepted', crn: 'X320741', openTasks: [{ type: 'supplier-assessment' }] });
  });

  it('concluded: all of what it delivered for 90 days, and then only its own answer', () => {
    const over = aReferralState(facts).acknowledged();
    const { now } = over.world;
    expect(seenBy(over.later(addDays(now, providerAccessDays - 1)), 'provider-a')).toMatchObject({ crn: 'X320741' });
    const past = over.later(addDays(now, providerAccessDays));
    expect(seenBy(past, 'provider-a')).toMatchObject({ standing: 'past' });
    for (const secret of personal) expect(JSON.stringify(seenBy(past, 'provider-a'))).not.toContain(secret);
    expect(providerSummaryView(past.referral, 'provider-a', past.world.now)).not.toHaveProperty('crn');
  });

  it('its own part ended: it sees that for 90 days, however long the rest goes on', () => {
    const services = [
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ];
    const two = aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] }))
      .offeredFrom(services)
      .accepted();
    const own = two.referral.allocations.find(({ providerId }) => providerId === 'minds')?.id;
    const { now } = two.world;
    const left = two.does(completeDelivery, { reason: 'moved' }, { allocationId: own });
    const end = addDays(now, providerAccessDays);
    expect(seenBy(left.later(new Date(end.getTime() - 1)), 'minds')).toMatchObject({ standing: 'accepted' });
    expect(seenBy(left.later(end), 'minds')).toMatchObject({ standing: 'past' });
    expect(seenBy(left.later(end), 'homes')).toMatchObject({ standing: 'accepted' });
    expect(seenBy(left.withdrawn({ at: end }), 'minds')).toMatchObject({ standing: 'past' });
  });

  it('its own part ended before that was kept: it sees that for 90 days after the conclusion', () => {
    const over = aReferralState(facts).acknowledged();
    const allocations = over.referral.allocations.map((summary) => ({ ...summary, endedAt: null }));
    const kept = new Story({ ...over.world, referral: { ...over.referral, allocations } });
    const end = addDays(over.world.now, providerAccessDays);
    expect(seenBy(kept.later(new Date(end.getTime() - 1)), 'provider-a')).toMatchObject({ standing: 'accepted' });
    expect(seenBy(kept.later(end), 'provider-a')).toMatchObject({ standing: 'past' });
  });

  it('E7: accepted: what the last reassessment says to providers, while its work goes on', () => {
    const answer = { seriousHarm: 'high' as const, note: 'For us alone', forProviders: 'Meet her in pairs' };
    const assessed = aReferralState(facts).delivering().riskReported().riskReassessed(answer);
    const notice = { text: 'Meet her in pairs' };
    const view = seenBy(assessed, 'provider-a', true, notice);
    expect(providerReferralView.safeParse(view).error).toBeUndefined();
    const at = assessed.world.now.toISOString();
    expect(view).toMatchObject({
      caseResponsibility: 'high-risk-management',
      riskNotice: { seriousHarm: 'high', at, ...notice },
      risk: { seriousHarm: 'high' },
    });
    expect(seenBy(assessed, 'provider-a')).toMatchObject({ riskNotice: { seriousHarm: 'high', at } });
    for (const word of ['knife', 'For us alone']) expect(JSON.stringify(view)).not.toContain(word);
    expect(seenBy(aReferralState(facts).delivering().riskReported(), 'provider-a')).toMatchObject({ riskNotice: null });
    expect(seenBy(assessed.acknowledged(), 'provider-a', true, notice)).toMatchObject({ riskNotice: null });
  });

  it('E7: offered: the new level, and no words', () => {
    const answer = { seriousHarm: 'very-high' as const, forProviders: 'Meet her in pairs' };
    const assessed = offered.riskReported().riskReassessed(answer);
    const view = seenBy(assessed, 'provider-a', true, { text: 'Meet her in pairs' });
    expect(providerReferralView.safeParse(view).error).toBeUndefined();
    expect(view).toMatchObject({ standing: 'offered', seriousHarm: 'very-high' });
    expect(JSON.stringify(view)).not.toContain('pairs');
  });

  it('declined: only its own answer', () => {
    const view = seenBy(answered('declined'), 'provider-a');
    expect(providerReferralView.safeParse(view).error).toBeUndefined();
    expect(Object.keys(view ?? {}).sort()).toEqual(['answers', 'id', 'referenceNumber', 'standing']);
  });

  it('in a list: no CRN before it accepts', () => {
    expect(providerSummaryView(offered.referral, 'provider-a', offered.world.now)).not.toHaveProperty('crn');
    expect(providerSummaryView(offered.accepted().referral, 'provider-a', offered.world.now)).toMatchObject({
      crn: 'X320741',
    });
    expect(providerSummaryView(answered('declined').referral, 'provider-a', offered.world.now)).toEqual({
      standing: 'past',
      id: offered.referral.id,
      referenceNumber: 'BCDF1234',
    });
  });

  it.each([
    ['2008-06-16', 'under-18'],
    ['2008-06-15', '18-20'],
    ['1961-06-16', '55-64'],
    ['1961-06-15', '65-and-over'],
  ])('a person born on %s is %s', (dateOfBirth, ageBand) => {
    const story = aReferralState(facts.with({ person: { dateOfBirth } })).offeredFrom([]);
    const { referral, confidential, now } = story.world;
    const offer = { standing: 'offered' as const, needs: [] };
    expect(providerView({ referral, confidential }, 'p', offer, { answers: [] }, now)).toMatchObject({ ageBand });
  });
});

const missedTwice = () =>
  [tuesday('10:00'), tuesday('12:00')].reduce(
    (so, at) =>
      so.does(bookAppointment, aSession(1, at), { at }).does(recordFeedback, feedback({ attendance: 'no' }), { at }),
    aReferralState(facts).delivering(),
  );

describe('L7: what each task asks for', () => {
  it.each<[TaskType, Story]>([
    ['missing-information', aReferralState(facts.with({ area: null }))],
    ['complexity-confirmation', aReferralState(facts).recommended()],
    ['offer', aReferralState(facts).offeredTo('provider-a')],
    ['manual-allocation', aReferralState(facts).offeredFrom([])],
    ['waiting-list', aReferralState(facts).offeredFrom([serviceOf('full', { free: 0 })])],
    ['supplier-assessment', aReferralState(facts).accepted()],
    ['delivery', aReferralState(facts).delivering()],
    [
      'session-feedback',
      aReferralState(facts)
        .delivering()
        .does(bookAppointment, aSession(1, tuesday('10:00'))),
    ],
    ['non-engagement', missedTwice()],
    ['end-of-service-report-acknowledgement', aReferralState(facts).reported()],
    ['risk-reassessment', aReferralState(facts).delivering().riskReported()],
  ])('%s', (type, story) => {
    const { referral, confidential, now } = story.world;
    const subject = taskSubject(story.task(type), referral, confidential, {}, now);
    expect(taskSubjects[type].safeParse(subject).error).toBeUndefined();
  });

  it('an offer shows what the practitioner added, and a returned one what the provider asks', () => {
    const offered = aReferralState(facts).offeredTo('provider-a');
    const { referral, confidential, now } = offered.world;
    const words = { information: 'She can climb stairs' };
    expect(taskSubject(offered.task('offer'), referral, confidential, { words }, now)).toMatchObject(words);
    const returned = offered.does(answerOffer, {
      taskId: offered.task('offer').id,
      answer: { decision: 'returned', text: 'Can she climb stairs?' },
    });
    const subject = taskSubject(
      returned.task('offer-returned'),
      returned.referral,
      confidential,
      { words: { text: 'Can she climb stairs?' } },
      now,
    );
    expect(subject).toMatchObject({ providerId: 'provider-a', question: 'Can she climb stairs?' });
  });

  it('a plan that came back says why', () => {
    const story = aReferralState(facts).assessed();
    const { referral, confidential, now } = story.world;
    const subject = taskSubject(
      story.task('action-plan'),
      referral,
      confidential,
      { words: { reason: 'Too few' } },
      now,
    );
    expect(taskSubjects['action-plan'].parse(subject)).toEqual({ returnedFor: 'Too few' });
  });

  it('E7: a reassessment shows what was reported to whoever may see it, and the level in any case', () => {
    const story = aReferralState(facts).delivering().riskReported();
    const { referral, confidential, now, events } = story.world;
    const reports = events.flatMap(({ keeps }) => (keeps ? [riskReport.parse(keeps.words)] : []));
    const subject = taskSubject(story.task('risk-reassessment'), referral, confidential, { reports }, now);
    expect(taskSubjects['risk-reassessment'].parse(subject)).toMatchObject({
      seriousHarm: 'medium',
      reports: [{ concern: 'Has bought a knife', reportedBy: 'provider', organisation: 'north-probation' }],
    });
    const bare = taskSubject(story.task('risk-reassessment'), referral, confidential, {}, now);
    expect(bare).toEqual({ seriousHarm: 'medium' });
  });

  it('a task that was answered meanwhile asks for nothing', () => {
    const { referral, confidential, now } = aReferralState(facts).accepted().world;
    expect(taskSubject({ type: 'offer', id: crypto.randomUUID() }, referral, confidential, {}, now)).toBeNull();
  });
});

describe('L4: an allocation, as it is shown', () => {
  const story = aReferralState(facts).delivering(3);
  const own = (so: Story) => {
    const { allocation } = so.state();
    if (!allocation) throw new Error('there is an allocation');
    return allocation;
  };

  it('has its RAR days and its plan, and names only where the reader may see them', () => {
    const words = { caseworker: {}, engagement: {} };
    const view = allocationView(story.referral, own(story), words);
    expect(allocationContract.safeParse(view).error).toBeUndefined();
    expect(view).toMatchObject({
      status: 'active',
      rarDays: { used: 0, maximum: 20 },
      actionPlan: { status: 'approved', sessions: 3 },
    });
    expect(allocationView(story.paused().referral, own(story), words)).toMatchObject({ status: 'paused' });
    expect(allocationView(story.delivered().referral, own(story), words)).toMatchObject({ status: 'report-due' });
    expect(allocationView(story.acknowledged().referral, own(story), words)).toMatchObject({ status: 'concluded' });
  });

  it('has no plan and no report before they are written', () => {
    const before = aReferralState(facts).accepted();
    const accepted = own(before);
    const noWords = { plan: {}, revision: {}, returned: {} };
    expect(planView(before.referral, accepted, noWords)).toBeUndefined();
    expect(reportView(accepted, {})).toBeUndefined();
  });

  it('shows the plan that binds, what the contract expects beside it, and its revision, with words for who may read', () => {
    const plan = story.planFor(own(story).id, 9);
    const after = story.does(draftPlan, { ...plan, sessions: 9 });
    const words = {
      plan: { 'activity-0': 'Forms' },
      revision: { 'activity-0': 'Viewings' },
      returned: { reason: 'No' },
    };
    const shown = planView(after.referral, own(after), words);
    expect(actionPlanView.safeParse(shown).error).toBeUndefined();
    expect(shown).toMatchObject({
      sessions: 3,
      sessionsExpected: allocationView(after.referral, own(after), { caseworker: {}, engagement: {} }).sessionsExpected,
      activities: [{ description: 'Forms' }],
      revision: { status: 'draft', sessions: 9, activities: [{ description: 'Viewings' }], returnedFor: 'No' },
    });
    const noWords = { plan: {}, revision: {}, returned: {} };
    expect(JSON.stringify(planView(after.referral, own(after), noWords))).not.toMatch(/Forms|Viewings|No"/);
  });

  it('shows each session of the plan with its latest appointment', () => {
    const missed = story
      .does(bookAppointment, aSession(1, tuesday('10:00')))
      .does(recordFeedback, feedback({ attendance: 'no' }), { at: wednesday('10:00') });
    const again = missed.does(bookAppointment, aSession(1, friday('10:00')));
    const appointments = [...again.world.appointments.values()];
    expect(sessionViews(own(again), appointments, 'practitioner')).toMatchObject([
      { session: 1, status: 'booked', appointment: { startsAt: friday('10:00').toISOString() } },
      { session: 2, status: 'planned', appointment: null },
      { session: 3, status: 'planned', appointment: null },
    ]);
  });

  it('shows the words of an appointment only where they are given', () => {
    const held = story
      .does(bookAppointment, aSession(1, tuesday('10:00')))
      .does(recordFeedback, feedback(), { at: wednesday('10:00') });
    const { appointment } = held.state();
    if (!appointment) throw new Error('there is an appointment');
    expect(appointmentView(appointment, 'practitioner')).not.toHaveProperty('feedback.notes');
    expect(
      appointmentView(appointment, 'practitioner', {
        appointment: { place: 'Library' },
        feedback: { notes: 'On time' },
        cancellation: {},
      }),
    ).toMatchObject({
      place: 'Library',
      feedback: { notes: 'On time' },
    });
    const feedbackWords = { notes: 'On time', concern: 'Spoke of a knife', concernKind: 'safety' };
    const said = { appointment: {}, feedback: feedbackWords, cancellation: {} };
    const view = appointmentView(appointment, 'practitioner', said);
    expect(appointmentContract.parse(view).feedback?.concern).toEqual({ kind: 'safety', text: 'Spoke of a knife' });
  });
});

describe('E3: the primary intervention that follows', () => {
  const support = { reason: 'supports-engagement-with-primary', followedBy: 'structured-intervention' } as const;
  const story = aReferralState(facts.with({ needs: [aNeed('accommodation', support)] })).accepted();

  it('is told to the practitioner and to the provider that supports engagement with it', () => {
    const { referral, confidential } = story.world;
    expect(practitionerView({ referral, confidential }).needs).toMatchObject([support]);
    expect(seenBy(story, 'provider-a')).toMatchObject({ standing: 'accepted', needs: [support] });
  });
});
