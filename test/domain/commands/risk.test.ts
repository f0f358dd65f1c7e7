import { describe, expect, it } from 'vitest';
import { answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { keepClocks } from '../../../shared/domain/commands/keep-clocks.ts';
import { release } from '../../../shared/domain/commands/operate.ts';
import { type ReassessRisk, type ReportRisk, reassessRisk, reportRisk } from '../../../shared/domain/commands/risk.ts';
import type { RiskLevel } from '../../../shared/domain/vocabulary.ts';
import { given } from '../../builders/given.ts';
import { aReferral } from '../../builders/referral-facts.ts';
import { aConcern, aReferralState, type Story } from '../../builders/story.ts';
import { at, friday, monday, thursday, tuesday } from '../../builders/times.ts';

const reporting = (story: Story, now = story.world.now, report: Partial<ReportRisk> = {}) =>
  given(story).when(reportRisk, { ...aConcern, observedAt: now.toISOString(), ...report }, now);
const reassessing = (story: Story, answer: ReassessRisk['answer'], taskId = story.task('risk-reassessment').id) =>
  given(story).when(reassessRisk, { taskId, answer });
const sentAt = (seriousHarm: RiskLevel | null) => aReferralState(aReferral().with({ risk: { seriousHarm } }));
const justAfter = (time: string) => new Date(Date.parse(time) + 1);

/** E7 says at any stage: every place where a referral can stand, its end included. */
const everywhere: [where: string, story: () => Story][] = [
  ['while facts are missing', () => aReferralState(aReferral().with({ area: null }))],
  ['before anything was recommended', () => aReferralState()],
  ['while levels are confirmed', () => aReferralState().recommended()],
  ['while an offer is open', () => aReferralState().offeredTo('provider-a')],
  ['while operations allocate it', () => aReferralState().offeredFrom([])],
  ['before the assessment', () => aReferralState().accepted()],
  ['while it is delivered', () => aReferralState().delivering()],
  ['while it is paused', () => aReferralState().delivering().paused()],
  ['while it is ending', () => aReferralState().delivering().withdrawn()],
  ['while its report is written', () => aReferralState().delivered()],
  ['while its report is read', () => aReferralState().reported()],
  ['once it is completed', () => aReferralState().acknowledged()],
  ['once it is cancelled', () => aReferralState().withdrawn()],
];

describe.each(everywhere)('E7: a possible escalation of risk, reported %s', (_, story) => {
  const before = story();
  const others = before.referral.openTasks;

  it('asks the probation service to reassess it, beside whatever else is open, and changes nothing else', () => {
    reporting(before)
      .thenEvents(
        { type: 'task.opened.v1', data: { taskType: 'risk-reassessment', owner: 'practitioner' } },
        {
          type: 'risk.escalation-reported.v1',
          data: { reportedBy: 'provider', observedAt: before.world.now.toISOString() },
        },
      )
      .thenOpenTasks(...others.map(({ type }) => type), 'risk-reassessment')
      .thenSees((after) => {
        expect(after.task('risk-reassessment').organisation).toBe(before.referral.organisation);
        expect(after.referral.version).toBe(before.referral.version);
      });
  });

  it('is answered there too: the level is a fact of the referral from then on', () => {
    reassessing(before.riskReported(), { seriousHarm: 'low' })
      .thenEvents({ type: 'risk.reassessed.v1', data: { from: 'medium', to: 'low' } })
      .thenOpenTasks(...others.map(({ type }) => type))
      .thenSees(({ referral }) => {
        expect(referral.facts.risk).toEqual({ seriousHarm: 'low' });
        expect(referral.version).toBe(before.referral.version + 1);
        expect(referral.riskNotice).toMatchObject({ seriousHarm: 'low' });
      });
  });

  it('is due on the next working day, is reminded before, and told to operations after (T8, L7)', () => {
    const reported = before.riskReported();
    const { id: taskId, dueAt, remindAt } = reported.task('risk-reassessment');
    const reminded = given(reported)
      .when(keepClocks, { taskId }, at(remindAt ?? ''))
      .thenEvents({ type: 'task.reminded.v1', data: { taskType: 'risk-reassessment' } }).story;
    given(reminded)
      .when(keepClocks, { taskId }, justAfter(dueAt))
      .thenEvents({ type: 'clock.breached.v1', data: { clock: 'T8' } })
      .thenOpenTasks(...others.map(({ type }) => type), 'risk-reassessment')
      .thenSees(({ referral }) => expect(referral.attention).toMatchObject({ taskId }));
  });
});

describe('E7: a report', () => {
  it('joins the reassessment that is open: one task, its clock as it was, and every concern kept', () => {
    const once = aReferralState()
      .delivering()
      .riskReported({}, { at: monday('09:00') });
    const { id: taskId, dueAt } = once.task('risk-reassessment');
    const twice = reporting(once, monday('15:00'), {
      concern: 'Is seen near the school',
      reportedBy: 'practitioner',
    }).thenEvents({ type: 'risk.escalation-reported.v1', data: { taskId, reportedBy: 'practitioner' } }).story;
    expect(twice.task('risk-reassessment')).toMatchObject({ id: taskId, dueAt });
    const kept = twice.world.events.flatMap(({ keeps }) => (keeps ? [keeps] : []));
    expect(kept.map(({ words }) => words)).toMatchObject([
      { taskId, concern: 'Has bought a knife', reportedBy: 'provider', reportedAt: monday('09:00').toISOString() },
      { taskId, concern: 'Is seen near the school', reportedBy: 'practitioner' },
    ]);
    const [first = '', second = ''] = kept.map(({ key }) => key);
    expect(second > first).toBe(true);
  });

  it('is never closed unread: with several reports the answer names the latest that was considered', () => {
    const first = aReferralState().riskReported();
    const both = first.riskReported();
    const [latest] = both.world.events.flatMap((event) =>
      event.type === 'risk.escalation-reported.v1' && event !== first.world.events.at(-1) ? [event.data.reportId] : [],
    );
    const read = first.referral.openTasks.find(({ type }) => type === 'risk-reassessment')?.reports?.latest;
    expect(both.task('risk-reassessment').reports).toEqual({ count: 2, latest });
    reassessing(both, { seriousHarm: 'low' }).thenRefused('NotPossibleNow');
    reassessing(both, { seriousHarm: 'low', considered: read }).thenRefused('NotPossibleNow');
    reassessing(both, { seriousHarm: 'low', considered: latest }).thenEvents('risk.reassessed.v1');
  });

  it('under a reassessment that is overdue calls operations, though they had released the wait', () => {
    const story = aReferralState().riskReported();
    const { id: taskId, dueAt } = story.task('risk-reassessment');
    const late = story.does(keepClocks, { taskId }, { at: justAfter(dueAt) });
    const released = late.does(release, { reason: 'Seen', executions: [] });
    expect(released.referral.attention?.taskId).toBe(taskId);
    expect(released.riskReported().referral.attention?.taskId).toBe(taskId);
  });

  it('asks anew once the reassessment was answered', () => {
    const answered = aReferralState().riskReported().riskReassessed({ seriousHarm: 'medium' });
    reporting(answered).thenEvents('task.opened.v1', 'risk.escalation-reported.v1').thenOpenTasks('risk-reassessment');
  });

  it('is of what has happened, not of what is still to come', () => {
    const story = aReferralState();
    const inMinutes = (minutes: number) => new Date(story.world.now.getTime() + minutes * 60_000).toISOString();
    reporting(story, story.world.now, { observedAt: inMinutes(6) }).thenRefused('Contradiction', '/observedAt');
    // The reporter's clock may be a little ahead.
    reporting(story, story.world.now, { observedAt: inMinutes(4) }).thenOpenTasks('risk-reassessment');
  });

  it('keeps the words of nobody in what is published', () => {
    const { events } = reporting(aReferralState());
    expect(JSON.stringify(events.map(({ data }) => data))).not.toContain('knife');
  });
});

describe('E7: the reassessment outlives', () => {
  const reported = () => aReferralState().riskReported({}, { at: monday('09:00') });
  const isOpen = (story: Story) => expect(story.tasks('risk-reassessment')).toHaveLength(1);

  it.each<[string, () => Story]>([
    ['a withdrawal', () => reported().withdrawn()],
    ['a withdrawal of what is delivered, and its report', () => reported().delivering().withdrawn().acknowledged()],
    ['the conclusion', () => reported().acknowledged()],
    ['the end of delivery', () => reported().delivered()],
    [
      'that the referral is found ineligible',
      () => reported().amended({ sentence: { type: 'fine', requirements: null, rarDays: null } }),
    ],
    ['a new search for a provider', () => reported().offeredTo('provider-a').amended({ area: 'lancashire' })],
    [
      'a declined offer',
      () => {
        const offered = reported().offeredTo('provider-a');
        const answer = { decision: 'declined' as const, reason: 'other' as const };
        return offered.does(answerOffer, { taskId: offered.task('offer').id, answer });
      },
    ],
    ['a pause and its end', () => reported().paused().resumed()],
  ])('%s', (_, story) => isOpen(story()));

  it('a pause, which neither stops its clock nor moves its deadline (T8)', () => {
    const story = reported().delivering();
    const { dueAt } = story.task('risk-reassessment');
    const resumed = story.paused({ at: monday('10:00') }).resumed({ at: thursday('10:00') });
    expect(resumed.task('risk-reassessment').dueAt).toBe(dueAt);
    const withdrawn = story.paused({ at: monday('10:00') }).withdrawn({ at: thursday('10:00') });
    expect(withdrawn.task('risk-reassessment').dueAt).toBe(dueAt);
  });

  it('and so does the attention that its breach has called for, until it is answered', () => {
    const story = reported();
    const { id: taskId, dueAt } = story.task('risk-reassessment');
    const late = story.does(keepClocks, { taskId }, { at: justAfter(dueAt) });
    const concluded = late.withdrawn();
    expect(concluded.referral).toMatchObject({ attention: { taskId, since: justAfter(dueAt).toISOString() } });
    expect(concluded.riskReassessed({ seriousHarm: 'medium' }).referral.attention).toBeNull();
  });

  it('is what attention is left for, when what it was called for first is done', () => {
    const delivered = aReferralState()
      .delivered({ at: monday('09:00') })
      .riskReported({}, { at: tuesday('09:00') });
    const [report, risk] = [delivered.task('end-of-service-report'), delivered.task('risk-reassessment')];
    const late = delivered
      .does(keepClocks, { taskId: report.id }, { at: at('2026-06-23T09:00:00Z') })
      .does(keepClocks, { taskId: risk.id }, { at: at('2026-06-23T09:01:00Z') });
    expect(late.referral.attention).toMatchObject({ taskId: report.id });
    expect(late.reported().referral.attention).toMatchObject({ taskId: risk.id, since: '2026-06-23T09:01:00.000Z' });
  });
});

describe('T8: the probation service’s answer', () => {
  it('is due one working day later', () => {
    const dueOf = (when: Date) => aReferralState().riskReported({}, { at: when }).task('risk-reassessment').dueAt;
    expect(dueOf(monday('16:30'))).toBe('2026-06-16T16:30:00.000Z');
    expect(dueOf(friday('16:30'))).toBe('2026-06-22T16:30:00.000Z');
  });

  it('is taken late, and once', () => {
    const story = aReferralState().riskReported();
    const { id } = story.task('risk-reassessment');
    const answered = story.riskReassessed({ seriousHarm: 'medium' }, { at: at('2026-09-01T09:00:00Z') });
    reassessing(answered, { seriousHarm: 'low' }, id).thenRefused('TaskNoLongerOpen');
  });

  it('keeps what providers must know apart from the note, which stays in the answer', () => {
    const words = { note: 'For us alone', forProviders: 'Meet her in pairs' };
    const [reassessed] = reassessing(aReferralState().riskReported(), { seriousHarm: 'medium', ...words }).events;
    expect(reassessed?.keeps?.words).toEqual({ text: 'Meet her in pairs' });
    expect(reassessed?.answers?.answer).toMatchObject(words);
    for (const word of Object.values(words)) expect(JSON.stringify(reassessed?.data)).not.toContain(word);
  });

  it('gives a level that was missing, so nobody is asked for it any more (L1)', () => {
    const without = sentAt(null);
    expect(without.referral.missing).toEqual(['/risk/seriousHarm']);
    reassessing(without.riskReported(), { seriousHarm: 'low' })
      .thenEvents({ type: 'risk.reassessed.v1', data: { from: null, to: 'low' } })
      .thenOpenTasks()
      .thenStands('complexity-allocation')
      .thenSees(({ referral }) => expect(referral.missing).toEqual([]));
    const more = aReferralState(aReferral().with({ area: null, risk: null })).riskReported();
    reassessing(more, { seriousHarm: 'low' }).thenOpenTasks('missing-information').thenStands('assessment');
  });
});

describe('E7: responsibility for the case', () => {
  const moved = { type: 'risk.responsibility-moved.v1' as const };

  it.each<[RiskLevel, string]>([
    ['low', 'case-management'],
    ['medium', 'case-management'],
    ['high', 'high-risk-management'],
    ['very-high', 'high-risk-management'],
  ])('starts, at a risk that is %s, with %s', (level, responsibility) =>
    expect(sentAt(level).referral.caseResponsibility).toBe(responsibility),
  );

  it.each<[RiskLevel, RiskLevel]>([
    ['low', 'high'],
    ['medium', 'high'],
    ['medium', 'very-high'],
  ])('moves when a risk that was %s is found %s', (from, to) => {
    reassessing(sentAt(from).riskReported(), { seriousHarm: to })
      .thenEvents('risk.reassessed.v1', { ...moved, data: { from: 'case-management', to: 'high-risk-management' } })
      .thenSees(({ referral }) => expect(referral.caseResponsibility).toBe('high-risk-management'));
  });

  it.each<[RiskLevel, RiskLevel]>([
    ['low', 'medium'],
    ['high', 'very-high'],
    ['very-high', 'high'],
    ['high', 'low'],
  ])('stays where it is when a risk that was %s is found %s', (from, to) => {
    const { caseResponsibility } = sentAt(from).referral;
    reassessing(sentAt(from).riskReported(), { seriousHarm: to })
      .thenEvents('risk.reassessed.v1')
      .thenSees(({ referral }) => expect(referral.caseResponsibility).toBe(caseResponsibility));
  });

  it('moves once: high again after it had fallen, the case is there still', () => {
    const fallen = aReferralState()
      .riskReported()
      .riskReassessed({ seriousHarm: 'high' })
      .riskReported()
      .riskReassessed({ seriousHarm: 'low' })
      .riskReported();
    reassessing(fallen, { seriousHarm: 'high' }).thenEvents('risk.reassessed.v1');
  });

  it('moves after the conclusion too', () =>
    reassessing(aReferralState().acknowledged().riskReported(), { seriousHarm: 'high' })
      .thenEvents('risk.reassessed.v1', moved.type)
      .thenStands('concluded'));
});
