import { describe, expect, it } from 'vitest';
import { amendReferral } from '../../../shared/domain/commands/change-referral.ts';
import {
  type ConfirmComplexity,
  confirmComplexity,
  recommendComplexity,
} from '../../../shared/domain/commands/complexity.ts';
import { complexityView } from '../../../shared/domain/views/referral-view.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { monday } from '../../builders/times.ts';

const answered = { home: 'homeless', 'tenancy-history': 'poor' };
const twoNeeds = () =>
  aReferralState(
    aReferral().with({ needs: [aNeed('accommodation', { indicators: answered }), aNeed('emotional-wellbeing')] }),
  );

describe('L2: the recommendation', () => {
  it('covers every need and asks the practitioner to confirm, within five working days (T7)', () =>
    given(twoNeeds())
      .when(recommendComplexity, {}, monday('09:00'))
      .thenEvents(
        { type: 'task.opened.v1', data: { taskType: 'complexity-confirmation', dueAt: '2026-06-22T09:00:00.000Z' } },
        {
          type: 'complexity.recommended.v1',
          data: {
            catalogueVersion: '1',
            needs: [
              { need: 'accommodation', level: 'high', certainty: 'certain', atMost: 'high' },
              { need: 'emotional-wellbeing', level: null, certainty: 'provisional', atMost: 'high' },
            ],
          },
        },
      )
      .thenStands('complexity-allocation', 'awaiting-confirmation'));

  it('says why in the private half, and only there: the answers tell of the person', () =>
    given(twoNeeds())
      .when(recommendComplexity, {})
      .thenSees(({ world: { referral, confidential } }, events) => {
        expect(confidential.needs.accommodation?.recommendation).toMatchObject({
          reasons: [{ criterion: 'no-settled-home-and-hard-to-house', indicators: answered }],
          missing: [],
        });
        expect(JSON.stringify([referral, events.map(({ data }) => data)])).not.toMatch(/homeless|hard-to-house/);
      }));

  it('without answers is no level, and says what was missing: never a guess', () =>
    given(twoNeeds())
      .when(recommendComplexity, {})
      .thenSees(({ world: { confidential } }) => {
        expect(confidential.needs['emotional-wellbeing']?.recommendation?.reasons).toEqual([]);
        expect(confidential.needs['emotional-wellbeing']?.recommendation?.missing.length).toBeGreaterThan(2);
      }));

  it('is made once: asked again, nothing happens', () =>
    given(twoNeeds().recommended()).when(recommendComplexity, {}).thenNothing());

  it('is made again when the answers behind it change before anyone has confirmed it', () => {
    const story = twoNeeds().recommended();
    const amended = story.amended({ needs: [{ need: 'accommodation', indicators: { home: 'settled' } }] });
    expect(amended.tasks('complexity-confirmation')).toEqual([]);
    given(amended)
      .when(recommendComplexity, {})
      .thenEvents('task.opened.v1', {
        type: 'complexity.recommended.v1',
        data: {
          needs: [
            { need: 'accommodation', level: 'low', certainty: 'provisional', atMost: 'medium' },
            { need: 'emotional-wellbeing', level: null, certainty: 'provisional', atMost: 'high' },
          ],
        },
      });
  });

  it('stays as it was when other facts change', () =>
    given(
      twoNeeds()
        .recommended()
        .amended({ opdPathway: true, opdOwners: { probation: 'pdu-1', health: 'trust-1' } }),
    )
      .when(recommendComplexity, {})
      .thenNothing());

  it('takes in one more answer beside those that were given', () => {
    const needs = [aNeed('accommodation', { indicators: { home: 'homeless', 'tenancy-history': 'some' } })];
    const story = aReferralState(aReferral().with({ needs })).recommended();
    expect(story.referral.needs[0]?.recommended?.level).toBe('medium');
    given(story.amended({ needs: [{ need: 'accommodation', indicators: { 'tenancy-skills': 'few' } }] }))
      .when(recommendComplexity, {})
      .thenEvents('task.opened.v1', {
        type: 'complexity.recommended.v1',
        data: { needs: [{ need: 'accommodation', level: 'high', certainty: 'certain', atMost: 'high' }] },
      });
  });

  it('follows answers that change once it is confirmed: the new level is told, and the confirmed one stands', () =>
    given(twoNeeds().confirmed('high'))
      .when(amendReferral, {
        changes: { needs: [{ need: 'accommodation', indicators: { home: 'settled', 'tenancy-history': 'good' } }] },
        reason: 'Has a flat now',
      })
      .thenEvents('referral.amended.v1', {
        type: 'complexity.recommended.v1',
        data: {
          taskId: null,
          needs: [{ need: 'accommodation', level: 'low', certainty: 'provisional', atMost: 'medium' }],
        },
      })
      .thenSees(({ world: { referral, confidential } }) =>
        expect(complexityView(referral, 'accommodation', confidential)).toMatchObject({
          recommended: 'low',
          reasons: [],
          confirmed: 'high',
        }),
      ));
});

const confirming = (story: Story, needs: ConfirmComplexity['needs']) =>
  given(story).when(confirmComplexity, { taskId: story.task('complexity-confirmation').id, needs });

describe('L2: the confirmation', () => {
  it('of every need leads on to matching', () =>
    confirming(twoNeeds().recommended(), [
      { need: 'accommodation', level: 'high' },
      { need: 'emotional-wellbeing', level: 'low' },
    ])
      .thenEvents({
        type: 'complexity.confirmed.v1',
        data: {
          needs: [
            { need: 'accommodation', recommended: 'high', level: 'high', overridden: false },
            { need: 'emotional-wellbeing', recommended: null, level: 'low', overridden: false },
          ],
        },
      })
      .thenOpenTasks()
      .thenStands('provider-matching'));

  it('may override a recommended level with a reason; the event keeps both levels, so that it can be counted', () => {
    const levels = (reason?: string) => [
      { need: 'accommodation' as const, level: 'medium' as const, ...(reason ? { reason } : {}) },
      { need: 'emotional-wellbeing' as const, level: 'low' as const },
    ];
    confirming(twoNeeds().recommended(), levels()).thenRefused('InvalidAnswer', '/needs/0/reason');
    confirming(twoNeeds().recommended(), levels('Has just been promised a room')).thenEvents({
      type: 'complexity.confirmed.v1',
      data: {
        needs: [
          { need: 'accommodation', recommended: 'high', level: 'medium', overridden: true },
          { need: 'emotional-wellbeing', recommended: null, level: 'low', overridden: false },
        ],
      },
    });
  });

  it('keeps the reason in the private half, and only there', () =>
    confirming(twoNeeds().recommended(), [
      { need: 'accommodation', level: 'medium', reason: 'Sleeps in his car' },
      { need: 'emotional-wellbeing', level: 'low' },
    ]).thenSees(({ world }, events) => {
      expect(world.confidential.needs.accommodation?.overrideReason).toBe('Sleeps in his car');
      expect(events[0]?.texts?.words).toEqual({ accommodation: 'Sleeps in his car' });
      expect(JSON.stringify([world.referral, events[0]?.data])).not.toContain('Sleeps');
    }));

  it('amended later keeps the reason of the level that stands', () => {
    const story = twoNeeds().recommended();
    const { id: taskId } = story.task('complexity-confirmation');
    const first = [
      { need: 'accommodation' as const, level: 'medium' as const, reason: 'Promised a room' },
      { need: 'emotional-wellbeing' as const, level: 'low' as const, reason: 'Knows him well' },
    ];
    const confirmed = story.does(confirmComplexity, { taskId, needs: first });
    const of = ({ world: { referral, confidential } }: Story) =>
      referral.needs.map(({ need }) => complexityView(referral, need, confidential).override);
    expect(of(confirmed)).toEqual([{ reason: 'Promised a room' }, undefined]);
    const lower = { need: 'accommodation' as const, level: 'low' as const, reason: 'Has moved in' };
    const again = { ...lower, level: 'high' as const, reason: 'Lost it' };
    const amended = confirmed.amended({ complexity: [lower] });
    expect(amended.world.events.at(-1)?.data).toMatchObject({
      complexity: [{ need: 'accommodation', from: 'medium', to: 'low', recommended: 'high', overridden: true }],
    });
    expect(of(amended)).toEqual([{ reason: 'Has moved in' }, undefined]);
    expect(of(amended.amended({ complexity: [again] }))).toEqual([undefined, undefined]);
  });

  it('lists every fault: another need, a need twice, a need left out', () =>
    confirming(twoNeeds().recommended(), [
      { need: 'lifestyle-associates', level: 'low' },
      { need: 'accommodation', level: 'high' },
      { need: 'accommodation', level: 'low' },
    ]).thenRefused('InvalidAnswer', '/needs/0/need', '/needs/2/need', '/needs'));

  it('is taken while the referral is paused: answers already asked for still are', () =>
    confirming(aReferralState().recommended().paused(), [{ need: 'accommodation', level: 'low' }])
      .thenEvents('complexity.confirmed.v1')
      .thenStands('provider-matching', 'paused'));

  it('of a withdrawn referral is refused: nothing is asked any more', () => {
    const story = aReferralState().recommended();
    const { id: taskId } = story.task('complexity-confirmation');
    given(story.withdrawn())
      .when(confirmComplexity, { taskId, needs: [{ need: 'accommodation', level: 'low' }] })
      .thenRefused('TaskNoLongerOpen');
  });
});
