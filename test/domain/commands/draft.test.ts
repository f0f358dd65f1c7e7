import { describe, expect, it } from 'vitest';
import { amendReferral, pauseReferral, withdrawReferral } from '../../../shared/domain/commands/change-referral.ts';
import { changeDraft, keepDraft, submitDraft } from '../../../shared/domain/commands/draft.ts';
import { keepClocks } from '../../../shared/domain/commands/keep-clocks.ts';
import { reportRisk } from '../../../shared/domain/commands/risk.ts';
import { isDraft } from '../../../shared/domain/referral.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import { senderView } from '../../../shared/domain/views/draft-view.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral, today } from '../../builders/referral-facts.ts';
import { aDraft, type Story } from '../../builders/story.ts';

const day = 24 * 60 * 60_000;
const daysLater = (days: number) => new Date(today.getTime() + days * day);
const bare: ReferralFacts = { crn: 'X320741', needs: [{ need: 'accommodation' }] };
const submission = { catalogueVersion: '1', possibleDuplicates: [] };
const viewOf = ({ world: { referral, confidential } }: Story, now = today) =>
  senderView({ referral, confidential }, now);

describe('L1: a draft', () => {
  it('keeps whatever is known, and stands in the assessment', () => {
    const story = aDraft(bare);
    expect(story.world.events.map(({ type }) => type)).toEqual(['referral.drafted.v1', 'task.opened.v1']);
    expect(viewOf(story)).toMatchObject({ stage: 'assessment', status: 'draft', sentAt: null, crn: 'X320741' });
  });

  it('tells nothing of its needs to the world', () =>
    expect(aDraft().world.events[0]?.data).toEqual({ referenceNumber: 'BCDF1234' }));

  it('lists every gap: what is missing, what contradicts, and what would be refused', () => {
    const facts = aReferral().with({
      area: 'lancashire',
      person: { dateOfBirth: null },
      sentence: { startDate: '2027-10-01' },
      needs: [aNeed('finance-benefit-debt')],
    });
    expect(viewOf(aDraft(facts))).toMatchObject({
      missing: ['/person/dateOfBirth'],
      draft: {
        keptUntil: daysLater(90).toISOString(),
        errors: [{ pointer: '/sentence/endDate', rule: 'L1' }],
        needs: [{ need: 'finance-benefit-debt', result: 'refused', failed: [{ rule: 'E5' }] }],
      },
    });
  });

  it('is saved anew as a whole, and kept as long again', () =>
    given(aDraft())
      .when(changeDraft, { facts: bare, keptDays: 90 }, daysLater(80))
      .thenEvents('referral.draft-changed.v1')
      .thenOpenTasks('draft')
      .thenSees((story) => {
        expect(viewOf(story)).toMatchObject({
          status: 'draft',
          version: 2,
          draft: { keptUntil: daysLater(170).toISOString() },
        });
        expect(story.world.confidential.person).toEqual({});
        expect(story.referral.needs.map(({ need }) => need)).toEqual(['accommodation']);
      }));

  it('has one place for each need, which is all that it refuses', () => {
    const twice = { ...bare, needs: [...bare.needs, ...bare.needs] };
    given(aDraft()).when(changeDraft, { facts: twice, keptDays: 90 }).thenRefused('Contradiction', '/needs/1/need');
    expect(() => aDraft(twice)).toThrow('/needs/1/need');
  });

  it('stays with its person', () =>
    given(aDraft())
      .when(changeDraft, { facts: { ...bare, crn: 'X000001' }, keptDays: 90 })
      .thenRefused('Contradiction', '/crn'));

  it('cannot be amended, paused or sent twice', () => {
    given(aDraft())
      .when(amendReferral, { changes: { area: 'kent' }, reason: 'Moved' })
      .thenRefused('NotPossibleNow');
    given(aDraft()).when(pauseReferral, { reason: 'other' }).thenRefused('NotPossibleNow');
    given(aDraft())
      .when(reportRisk, { concern: 'Seen with a knife', observedAt: today.toISOString(), reportedBy: 'practitioner' })
      .thenRefused('NotPossibleNow');
    const sent = aDraft().does(submitDraft, submission);
    given(sent).when(submitDraft, submission).thenRefused('NotPossibleNow');
    given(sent).when(changeDraft, { facts: bare, keptDays: 90 }).thenRefused('NotPossibleNow');
  });
});

describe('L1: a draft that is sent', () => {
  it('is a referral like any other, under the catalogue in force then (C3)', () =>
    given(aDraft())
      .when(submitDraft, { ...submission, catalogueVersion: '2' }, daysLater(3))
      .thenEvents({ type: 'referral.sent.v1', data: { referenceNumber: 'BCDF1234', catalogueVersion: '2' } })
      .thenOpenTasks()
      .thenStands('complexity-allocation')
      .thenSees(({ referral }) => {
        expect(isDraft(referral)).toBe(false);
        expect(referral).toMatchObject({ sequence: 3, version: 2, sentAt: daysLater(3).toISOString() });
      }));

  it('asks for what is still missing (T7)', () =>
    given(aDraft(bare))
      .when(submitDraft, submission)
      .thenEvents('referral.sent.v1', 'task.opened.v1', 'referral.information-requested.v1')
      .thenOpenTasks('missing-information'));

  it('is refused as any referral would be, and stays a draft', () => {
    const contradictory = aReferral().with({ sentence: { startDate: '2027-10-01' } });
    given(aDraft(contradictory)).when(submitDraft, submission).thenRefused('Contradiction', '/sentence/endDate');
    const ineligible = aReferral().with({ area: 'lancashire', needs: [aNeed('finance-benefit-debt')] });
    given(aDraft(ineligible)).when(submitDraft, submission).thenRefused('Ineligible');
  });
});

describe('L7: a draft that nobody goes on with', () => {
  const { id: taskId } = aDraft().task('draft');

  it('is spoken of five working days before it goes', () =>
    given(aDraft()).when(keepClocks, { taskId }, daysLater(84)).thenEvents('task.reminded.v1'));

  it('is kept for another month where it may not go, and can be gone on with', () =>
    given(aDraft())
      .when(keepDraft, { taskId }, daysLater(91))
      .thenEvents({ type: 'referral.draft-kept.v1', data: { taskId, dueAt: daysLater(121).toISOString() } })
      .thenOpenTasks('draft')
      .thenSees((story) => given(story).when(submitDraft, submission, daysLater(92)).thenEvents('referral.sent.v1')));

  it('is not kept for longer than it is anyway', () =>
    given(aDraft()).when(keepDraft, { taskId }, daysLater(89)).thenNothing());

  it('is removed after 90 days, with all that was known of the person', () =>
    given(aDraft())
      .when(keepClocks, { taskId }, daysLater(91))
      .thenEvents('task.lapsed.v1', { type: 'referral.draft-removed.v1', data: { reason: 'abandoned' } })
      .thenOpenTasks()
      .thenStands('concluded', 'concluded')
      .thenSees((story) => {
        const { referral, confidential } = story.world;
        expect(confidential).toEqual({ person: {}, reasonForReferral: null, needs: {} });
        expect(referral.facts).toEqual({ needs: [] });
        expect(viewOf(story)).toMatchObject({ endState: 'cancelled', endReason: 'abandoned', needs: [] });
        expect(JSON.stringify([referral, confidential])).not.toMatch(/west-yorkshire|1990-04-02|female|accommodation/);
      }));

  it('can no longer be changed or sent once its time is over', () => {
    given(aDraft()).when(submitDraft, submission, daysLater(91)).thenRefused('TaskLapsed');
    given(aDraft()).when(changeDraft, { facts: bare, keptDays: 90 }, daysLater(91)).thenRefused('TaskLapsed');
  });

  it('is removed at once when it is withdrawn', () =>
    given(aDraft())
      .when(withdrawReferral, { reason: 'mistaken-or-duplicate' })
      .thenEvents({ type: 'referral.draft-removed.v1', data: { reason: 'mistaken-or-duplicate' } })
      .thenStands('concluded'));
});
