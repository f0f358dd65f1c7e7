import { describe, expect, it } from 'vitest';
import { addOfferInformation, answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { bookAppointment } from '../../shared/domain/commands/appointments.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import { serviceOf } from '../builders/services.ts';
import { aReferralState, aSession, type Story } from '../builders/story.ts';
import { monday, thursday, tuesday } from '../builders/times.ts';

const levels = { T1: 3, T2: 5, T3: 8, T4: 1, T5: 4, T6: 12 };
const start = monday('09:00');
const offeredBy = (changes: Partial<AvailableService>) =>
  aReferralState(undefined, { at: start }).offeredFrom([serviceOf('homes', changes)], { at: start });
const agreed = () => offeredBy({ serviceLevels: levels });
const due = (story: Story, type: Parameters<Story['task']>[0]) => story.task(type).dueAt;

const accepted = (story: Story) => story.accepted({ at: start });
/** An assessment takes an hour. */
const assessed = (story: Story, at = start) => accepted(story).assessed({ at });

describe('T1 to T6: the contract of a service sets the clocks of what it is offered', () => {
  it.each<[string, (story: Story) => string, days: [agreed: string, usual: string]]>([
    ['T1, an answer', (story) => due(story, 'offer'), ['2026-06-18', '2026-06-17']],
    [
      'T2, the supplier assessment',
      (story) => due(accepted(story), 'supplier-assessment'),
      ['2026-06-22', '2026-06-29'],
    ],
    [
      'T3, the action plan',
      (story) => due(assessed(story, monday('08:00')), 'action-plan'),
      ['2026-06-25', '2026-06-22'],
    ],
    [
      'T4, the practitioner’s answer to it',
      (story) => due(assessed(story).planSubmitted(), 'action-plan-approval'),
      ['2026-06-16', '2026-06-22'],
    ],
    [
      'T6, the end of service report',
      (story) => due(assessed(story).delivered({ at: start }), 'end-of-service-report'),
      ['2026-07-01', '2026-06-22'],
    ],
    [
      'T6, its acknowledgement',
      (story) => due(assessed(story).delivered({ at: start }).reported(), 'end-of-service-report-acknowledgement'),
      ['2026-07-01', '2026-06-22'],
    ],
  ])('%s; where it is silent, the default', (_, dueOf, [own, usual]) => {
    expect(dueOf(agreed())).toBe(`${own}T09:00:00.000Z`);
    expect(dueOf(offeredBy({}))).toBe(`${usual}T09:00:00.000Z`);
  });

  it('T5, the feedback of a session', () => {
    const held = (story: Story) => {
      const delivering = assessed(story).delivering();
      const [allocation] = delivering.at('delivery');
      const scope = { allocationId: allocation?.id, at: start };
      return delivering.does(bookAppointment, aSession(1, tuesday('10:00')), scope);
    };
    expect(due(held(agreed()), 'session-feedback')).toBe('2026-06-22T11:00:00.000Z');
    expect(due(held(offeredBy({})), 'session-feedback')).toBe('2026-06-18T11:00:00.000Z');
  });

  it('T1 again, when what it asked for has been added', () => {
    const offered = agreed();
    const returned = offered.does(answerOffer, {
      taskId: offered.task('offer').id,
      answer: { decision: 'returned', text: 'Which floor?' },
    });
    const added = returned.does(
      addOfferInformation,
      { taskId: returned.task('offer-returned').id, information: 'The second' },
      { at: thursday('09:00') },
    );
    expect(due(added, 'offer')).toBe('2026-06-23T09:00:00.000Z');
  });

  it('leaves the practitioner’s own clocks (T7) alone', () => {
    const offered = agreed();
    const answer = { decision: 'returned' as const, text: 'Which floor?' };
    const returned = offered.does(answerOffer, { taskId: offered.task('offer').id, answer });
    expect(due(returned, 'offer-returned')).toBe('2026-06-22T09:00:00.000Z');
  });

  it('binds as it stood when the provider was asked, and rests in a pause for as long as any', () => {
    const paused = accepted(agreed()).paused({ at: tuesday('09:00') });
    expect(due(paused.resumed({ at: thursday('09:00') }), 'supplier-assessment')).toBe('2026-06-24T09:00:00.000Z');
  });
});
