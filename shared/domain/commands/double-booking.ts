import type { Allocation } from '../allocation.ts';
import { type ReferralState, type Refusal, refuse } from '../decision.ts';
import { type Diary, overlaps, type Slot } from '../diary.ts';
import { summaryOf } from './common.ts';

/**
 * L4: nobody is in two places at once. The person is booked by every provider of the referral, the caseworker by every
 * referral they work on (ADR 21). What it clashes with is named, where it is the provider's own.
 */
export function doubleBooked(
  { referral, diary }: ReferralState,
  { providerId }: Allocation,
  slot: Slot,
  appointmentId?: string,
): Refusal | undefined {
  const ofPerson = referral.booked
    .filter((one) => one.appointmentId !== appointmentId && overlaps(one, slot))
    .map((one) =>
      summaryOf(referral, one.allocationId).providerId === providerId
        ? `the person has appointment ${one.appointmentId} of allocation ${one.allocationId} at ${one.startsAt}`
        : 'the person has an appointment with another provider at that time',
    );
  const faults = [...new Set([...ofPerson, ...takenBy(diary)])].map((detail) => ({
    pointer: '/startsAt',
    detail,
    rule: 'L4',
  }));
  return faults.length > 0
    ? refuse('NotPossibleNow', 'The person or the caseworker is booked at that time already.', { faults })
    : undefined;
}

/** What a caseworker has at that time already: theirs is the provider's own. */
export const takenBy = (diary: Diary | undefined): string[] =>
  (diary?.taken ?? []).map((one) =>
    'groupId' in one
      ? `caseworker ${diary?.caseworkerId} has group session ${one.groupId} at ${one.startsAt}`
      : `caseworker ${diary?.caseworkerId} has appointment ${one.appointmentId} of allocation ${one.allocationId} at ${one.startsAt}`,
  );
