import { describe, expect, it } from 'vitest';
import { returnedKey } from '../../../shared/domain/allocation.ts';
import { answerReport, draftReport, submitReport } from '../../../shared/domain/commands/end-of-service-report.ts';
import { outcomeScore } from '../../../shared/domain/outcome-score.ts';
import { given } from '../../builders/given.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { tuesday } from '../../builders/times.ts';

const only = (story: Story): string => story.referral.allocations[0]?.id ?? '';
const drafted = () => {
  const story = aReferralState().delivered();
  return story.does(draftReport, story.reportFor(only(story)));
};

describe('L5: the end of service report', () => {
  it('is written when delivery has ended; its evidence stays private', () => {
    const story = aReferralState().delivered();
    given(story)
      .when(draftReport, { ...story.reportFor(only(story)), summary: 'Went well' })
      .thenEvents('end-of-service-report.drafted.v1')
      .thenOpenTasks('end-of-service-report')
      .thenSees((after, [event]) => {
        expect(Object.values(event?.texts?.words ?? {})).toContain('Has signed a tenancy');
        expect(JSON.stringify([after.state().allocation, event?.data])).not.toContain('tenancy');
      });
  });

  it('has no outcome that was not desired, and none twice', () => {
    const story = aReferralState().delivered();
    const [first] = story.reportFor(only(story)).outcomes;
    if (!first) throw new Error('there is an outcome to report on');
    given(story)
      .when(draftReport, { outcomes: [first, { ...first, id: 'of-another-need' }, first] })
      .thenRefused('Contradiction', '/outcomes/1/id', '/outcomes/2/id');
  });

  it('is not submitted before every desired outcome has its level: each that lacks one is named', () => {
    const story = aReferralState().delivered();
    const [first] = story.reportFor(only(story)).outcomes;
    if (!first) throw new Error('there is an outcome to report on');
    given(story.does(draftReport, { outcomes: [first] }))
      .when(submitReport, {})
      .thenRefused('Contradiction', '/outcomes');
  });

  it('submitted goes to the practitioner, who has five working days', () =>
    given(drafted())
      .when(submitReport, {}, tuesday('12:00'))
      .thenEvents('end-of-service-report.submitted.v1', {
        type: 'task.opened.v1',
        data: { taskType: 'end-of-service-report-acknowledgement', dueAt: '2026-06-23T12:00:00.000Z' },
      })
      .thenOpenTasks('end-of-service-report-acknowledgement'));

  it.each([
    ['during delivery', () => aReferralState().delivering(), 'NotPossibleNow'],
    ['once it is submitted', () => aReferralState().reported(), 'NotPossibleNow'],
    ['after the conclusion', () => aReferralState().acknowledged(), 'ReferralAlreadyConcluded'],
  ] as const)('%s is neither written nor submitted', (_, story, refusal) => {
    given(story()).when(draftReport, { outcomes: [] }).thenRefused(refusal);
    given(story()).when(submitReport, {}).thenRefused(refusal);
  });

  it('that nobody wrote is not submitted', () =>
    given(aReferralState().delivered()).when(submitReport, {}).thenRefused('NotPossibleNow'));

  it('is written even while the referral is paused: a report that is due stays due', () => {
    const paused = aReferralState().delivered().paused();
    given(paused)
      .when(draftReport, paused.reportFor(only(paused)))
      .thenEvents('end-of-service-report.drafted.v1');
  });
});

const answering = (story: Story, decision: 'acknowledged' | 'returned') =>
  given(story).when(answerReport, {
    taskId: story.task('end-of-service-report-acknowledgement').id,
    answer: { decision, ...(decision === 'returned' ? { reason: 'No evidence' } : {}) },
  });

describe('L5: the practitioner', () => {
  it('acknowledges: the allocation ends, and with the last one the referral concludes, once', () =>
    answering(aReferralState().reported(), 'acknowledged')
      .thenEvents(
        'end-of-service-report.acknowledged.v1',
        { type: 'allocation.ended.v1', data: { endState: 'completed' } },
        { type: 'referral.concluded.v1', data: { endState: 'completed', endReason: 'intervention-completed' } },
      )
      .thenOpenTasks()
      .thenStands('concluded', 'concluded'));

  it('makes what it says of the outcomes part of the referral’s score, and not before', () => {
    const reported = aReferralState().reported();
    expect(outcomeScore(reported.referral)).toBeNull();
    const { referral } = answering(reported, 'acknowledged').story;
    const levels = referral.allocations.flatMap(({ id }) => reported.reportFor(id).outcomes.map(({ level }) => level));
    expect(outcomeScore(referral)).toMatchObject({
      achieved: levels.length,
      score: levels.length,
      maximum: levels.length,
    });
    expect(levels.length).toBeGreaterThan(0);
  });

  it('returns: the report is due again (T6), and goes on from there', () => {
    const returned = answering(aReferralState().reported(), 'returned')
      .thenEvents('end-of-service-report.returned.v1', 'task.opened.v1')
      .thenOpenTasks('end-of-service-report')
      .thenSees((story, [event]) =>
        expect(event?.texts).toEqual({
          key: returnedKey(story.task('end-of-service-report').id),
          words: { reason: 'No evidence' },
        }),
      )
      .thenStands('outcome-recording', 'active').story;
    given(returned).when(submitReport, {}).thenRefused('NotPossibleNow');
    expect(returned.acknowledged().referral.conclusion?.endState).toBe('completed');
  });

  it('answers once', () => {
    const story = aReferralState().reported();
    const { id: taskId } = story.task('end-of-service-report-acknowledgement');
    given(answering(story, 'returned').story)
      .when(answerReport, { taskId, answer: { decision: 'acknowledged' } })
      .thenRefused('TaskNoLongerOpen');
  });
});
