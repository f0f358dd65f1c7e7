import { describe, expect, it } from 'vitest';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { placeMoves, reconciled } from '../../shared/domain/places.ts';
import { serviceOf } from '../builders/services.ts';
import { aReferralState, type Story } from '../builders/story.ts';

const serviceId = 'service-of-provider-a';
const moved = (before: Story, after: Story) => placeMoves(before.referral, after.referral);
const none = { serviceId, reserved: 0, confirmed: 0, waiting: 0 };

describe('L3: a place', () => {
  const ready = aReferralState().confirmed();
  const offered = ready.offeredTo('provider-a');
  const accepted = offered.accepted();

  it('is reserved with the offer, confirmed by its acceptance, and free at the end', () => {
    expect(moved(ready, offered)).toEqual([{ ...none, reserved: 1 }]);
    expect(moved(offered, accepted)).toEqual([{ ...none, reserved: -1, confirmed: 1 }]);
    expect(moved(accepted, accepted.withdrawn())).toEqual([{ ...none, confirmed: -1 }]);
  });

  it('is free when the offer is declined or withdrawn, and kept while it is returned', () => {
    const answered = (answer: Parameters<typeof answerOffer>[1]['answer']) =>
      offered.does(answerOffer, { taskId: offered.task('offer').id, answer });
    expect(moved(offered, answered({ decision: 'declined', reason: 'other' }))).toEqual([{ ...none, reserved: -1 }]);
    expect(moved(offered, offered.withdrawn())).toEqual([{ ...none, reserved: -1 }]);
    expect(moved(offered, answered({ decision: 'returned', text: 'Which mornings?' }))).toEqual([]);
  });

  it('is kept until the report is acknowledged', () => {
    expect(moved(accepted, accepted.reported())).toEqual([]);
    expect(moved(accepted, accepted.acknowledged())).toEqual([{ ...none, confirmed: -1 }]);
  });

  it('that is waited for moves the line alone', () =>
    expect(moved(ready, ready.offeredFrom([serviceOf('provider-a', { free: 0 })]))).toEqual([{ ...none, waiting: 1 }]));
});

describe('L3: counters', () => {
  const right = { places: 5, reserved: 1, confirmed: 2, free: 2, waiting: 1 };
  const held = { reserved: 1, confirmed: 2, waiting: 1 };

  it('that say what is held are left alone', () => expect(reconciled(right, held)).toBeUndefined());

  it.each([{ reserved: 2, free: 1 }, { confirmed: 0, free: 4 }, { waiting: 0 }, { free: 3 }])(
    'that do not are put right: %o',
    (wrong) =>
      expect(reconciled({ ...right, ...wrong }, held)).toEqual({ reserved: 1, confirmed: 2, free: 2, waiting: 1 }),
  );

  it('show fewer than none free where a provider states fewer places than are taken', () =>
    expect(reconciled({ ...right, places: 2 }, held)).toMatchObject({ free: -1 }));
});
