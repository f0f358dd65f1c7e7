import { describe, expect, it } from 'vitest';
import { answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { supplyInformation } from '../../../shared/domain/commands/supply-information.ts';
import type { FactChanges } from '../../../shared/domain/merge-facts.ts';
import { given } from '../../builders/given.ts';
import { aReferral, aReferralThroughTheGate } from '../../builders/referral-facts.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { tuesday } from '../../builders/times.ts';

const supplying = (story: Story, facts: FactChanges) =>
  given(story).when(supplyInformation, { taskId: story.task('missing-information').id, facts }, tuesday('10:00'));

const withoutAreaAndRisk = () => aReferralState(aReferral().with({ area: null, risk: null }));

describe('L1: the missing information', () => {
  it('supplied, lets the referral proceed', () =>
    supplying(withoutAreaAndRisk(), { area: 'lancashire', risk: { seriousHarm: 'low' } })
      .thenEvents({
        type: 'referral.information-supplied.v1',
        data: { supplied: ['/area', '/risk/seriousHarm'] },
      })
      .thenOpenTasks()
      .thenStands('complexity-allocation'));

  it('supplied in part, is asked for again with a new deadline (T7)', () =>
    supplying(withoutAreaAndRisk(), { area: 'lancashire' })
      .thenEvents('referral.information-supplied.v1', 'task.opened.v1', {
        type: 'referral.information-requested.v1',
        data: { missing: ['/risk/seriousHarm'] },
      })
      .thenOpenTasks('missing-information')
      .thenStands('assessment', 'needs-information')
      .thenSees(({ referral }) => expect(referral.openTasks[0]?.dueAt).toBe('2026-06-23T10:00:00.000Z')));

  it('keeps what was known before beside it', () =>
    supplying(withoutAreaAndRisk(), { risk: { seriousHarm: 'high' }, person: { interpreterLanguage: 'pl' } }).thenSees(
      ({ world }) => expect(world.confidential.person).toMatchObject({ sex: 'female', interpreterLanguage: 'pl' }),
    ));

  it('of a high risk moves the responsibility for the case (E7)', () =>
    supplying(withoutAreaAndRisk(), { area: 'lancashire', risk: { seriousHarm: 'high' } })
      .thenEvents('referral.information-supplied.v1', 'risk.responsibility-moved.v1')
      .thenSees(({ referral }) => expect(referral.caseResponsibility).toBe('high-risk-management')));

  it('contradicting what is known, is refused, and still asked for', () =>
    supplying(withoutAreaAndRisk(), { sentence: { startDate: '2028-01-01' } }).thenRefused(
      'Contradiction',
      '/sentence/endDate',
    ));

  it('that makes it ineligible, concludes it as cancelled with the failed rules kept', () =>
    supplying(withoutAreaAndRisk(), { sentence: { type: 'fine' } })
      .thenEvents(
        'referral.information-supplied.v1',
        { type: 'referral.found-ineligible.v1', data: { failed: [{ need: 'accommodation', rule: 'E1' }] } },
        { type: 'referral.concluded.v1', data: { endState: 'cancelled', endReason: 'ineligible' } },
      )
      .thenOpenTasks()
      .thenStands('concluded', 'concluded'));

  it('for a task that is answered already, is refused', () => {
    const story = withoutAreaAndRisk();
    const { id: taskId } = story.task('missing-information');
    const answered = supplying(story, { area: 'lancashire' }).story;
    given(answered)
      .when(supplyInformation, { taskId, facts: { area: 'gwent' } })
      .thenRefused('TaskNoLongerOpen');
  });

  it('is late but taken after its deadline: silence breaches the clock, nothing lapses', () => {
    const story = withoutAreaAndRisk();
    const { id: taskId } = story.task('missing-information');
    const facts: FactChanges = { area: 'lancashire', risk: { seriousHarm: 'low' } };
    given(story)
      .when(supplyInformation, { taskId, facts }, new Date('2026-08-01T09:00:00Z'))
      .thenEvents('referral.information-supplied.v1');
  });
});

describe('L1: information that goes missing again while providers are asked', () => {
  const asked = () =>
    aReferralState()
      .offeredTo('provider-a')
      .amended({ risk: { seriousHarm: null } });

  it('leaves the open offer as it is, and is asked for', () => {
    const story = asked();
    expect(story.referral.openTasks.map(({ type }) => type)).toEqual(['offer', 'missing-information']);
  });

  it('and makes the referral ineligible: the offer is withdrawn first, so that its place is free again', () =>
    supplying(asked(), { risk: { seriousHarm: 'low' }, sentence: { type: 'fine' } })
      .thenEvents(
        'referral.information-supplied.v1',
        'risk.reassessed.v1',
        'offer.withdrawn.v1',
        'referral.found-ineligible.v1',
        'referral.concluded.v1',
      )
      .thenOpenTasks());

  it('and moves the person: the offer is withdrawn, and made again where they are now', () =>
    supplying(asked(), { risk: { seriousHarm: 'low' }, area: 'lancashire' })
      .thenEvents('referral.information-supplied.v1', 'risk.reassessed.v1', 'offer.withdrawn.v1')
      .thenStands('provider-matching')
      .thenSees(({ referral }) => expect(referral.groups).toMatchObject([{ place: { at: 'unplaced' }, tried: [] }])));

  it('after acceptance, before delivery began, and makes it ineligible: the allocation ends too', () => {
    const story = aReferralState()
      .accepted()
      .amended({ risk: { seriousHarm: null } });
    supplying(story, { risk: { seriousHarm: 'low' }, sentence: { type: 'fine' } })
      .thenEvents(
        'referral.information-supplied.v1',
        'risk.reassessed.v1',
        'referral.found-ineligible.v1',
        { type: 'allocation.ended.v1', data: { endState: 'cancelled' } },
        { type: 'referral.concluded.v1', data: { endState: 'cancelled' } },
      )
      .thenOpenTasks();
  });

  it('once delivery has begun, cannot make it ineligible: it is withdrawn instead, and its report is due', () => {
    const story = aReferralState()
      .assessed()
      .amended({ risk: { seriousHarm: null } });
    supplying(story, { risk: { seriousHarm: 'low' }, sentence: { type: 'fine' } }).thenRefused('Ineligible');
  });

  it('is no reason to refuse an answer to the offer that is still open', () => {
    const story = asked();
    given(story)
      .when(answerOffer, { taskId: story.task('offer').id, answer: { decision: 'accepted' } })
      .thenStands('assessment', 'needs-information');
  });
});

describe('E8: a release date that was missing', () => {
  it('is asked for in custody, and once supplied the referral proceeds', () =>
    supplying(aReferralState(aReferralThroughTheGate().with({ expectedReleaseDate: null })), {
      expectedReleaseDate: '2026-07-13',
    })
      .thenEvents({
        type: 'referral.information-supplied.v1',
        data: { supplied: ['/expectedReleaseDate'] },
      })
      .thenStands('complexity-allocation'));

  it('and is told after a provider accepted moves the clock that starts with it (T2)', () => {
    const undated = aReferralState(aReferralThroughTheGate()).accepted().amended({ expectedReleaseDate: null });
    supplying(undated, { expectedReleaseDate: '2026-07-20' }).thenSees((story) =>
      expect(story.task('supplier-assessment').dueAt).toBe('2026-08-03T08:00:00.000Z'),
    );
  });
});

describe('E1: the end of the sentence, told late', () => {
  const asked = () => aReferralState(aReferral().with({ sentence: { endDate: null } }));
  const supplyingEnd = (endDate: string, now: string) => {
    const story = asked();
    const { id: taskId } = story.task('missing-information');
    return given(story).when(supplyInformation, { taskId, facts: { sentence: { endDate } } }, new Date(now));
  };

  it('that was before the referral was sent makes it ineligible', () =>
    supplyingEnd('2026-06-14', '2026-06-17T09:00:00Z').thenEvents(
      'referral.information-supplied.v1',
      { type: 'referral.found-ineligible.v1', data: { failed: [{ need: 'accommodation', rule: 'E1' }] } },
      'referral.concluded.v1',
    ));

  it('that has come since does not: the fact is taken, and the practitioner may withdraw', () =>
    supplyingEnd('2026-06-16', '2026-06-17T09:00:00Z').thenEvents('referral.information-supplied.v1'));
});

describe('L1: information', () => {
  it('of the same values leaves the open offer', () => {
    const asked = aReferralState()
      .offeredTo('provider-a')
      .amended({ risk: { seriousHarm: null } });
    supplying(asked, { risk: { seriousHarm: 'low' }, area: 'west-yorkshire' })
      .thenEvents('referral.information-supplied.v1', 'risk.reassessed.v1')
      .thenOpenTasks('offer');
  });

  it('about a need that the referral does not have is refused, and says which', () => {
    const story = aReferralState(aReferral().with({ risk: null }));
    given(story)
      .when(supplyInformation, {
        taskId: story.task('missing-information').id,
        facts: { needs: [{ need: 'finance-benefit-debt', reason: 'not-met-by-primary' }] },
      })
      .thenRefused('Contradiction', '/needs/0/need');
  });
});
