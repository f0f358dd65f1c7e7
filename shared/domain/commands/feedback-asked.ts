import { addMinutes } from 'date-fns';
import type { Appointment } from '../allocation.ts';
import type { Context } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import type { AllocationSummary, Referral } from '../referral.ts';
import { openTask } from './common.ts';

export const endOf = ({ startsAt, durationMinutes }: Pick<Appointment, 'startsAt' | 'durationMinutes'>): Date =>
  addMinutes(new Date(startsAt), durationMinutes);

/** T5: a session asks for its feedback, two working days after it ends. */
export function feedbackAsked(
  referral: Referral,
  { id: allocationId, providerId: provider }: AllocationSummary,
  appointment: Pick<Appointment, 'id' | 'purpose' | 'startsAt' | 'durationMinutes'>,
  context: Context,
): DomainEvent[] {
  if (appointment.purpose !== 'session') return [];
  const links = { provider, allocationId, appointmentId: appointment.id, from: endOf(appointment) };
  return [openTask('session-feedback', referral, context, links)];
}
