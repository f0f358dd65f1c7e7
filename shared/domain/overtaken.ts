import type { Appointment } from './allocation.ts';
import type { AllocationSummary } from './referral.ts';

/**
 * L4: what was booked for a time after its delivery has ended is cancelled by that. It is read so, never written: an end
 * is one command, however many appointments it overtakes. What was to be held before the end can still be told of.
 */
export const asItStands = (
  appointment: Appointment,
  { deliveryEndedAt }: Pick<AllocationSummary, 'deliveryEndedAt'>,
): Appointment =>
  appointment.status === 'booked' && deliveryEndedAt !== null && appointment.startsAt > deliveryEndedAt
    ? { ...appointment, status: 'cancelled' }
    : appointment;
