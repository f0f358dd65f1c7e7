import * as z from 'zod';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import type { Allocation, Appointment } from '../../shared/domain/allocation.ts';
import type { Decide, ReferralState } from '../../shared/domain/decision.ts';
import { hasProviderAccessEnded } from '../../shared/domain/views/referral-view.ts';
import type { Caller, Committed, Ports, ReadingPorts } from '../../shared/ports.ts';
import { accepted, deliversAllocation, ofAllocation, ofAppointment, optionsOf } from './commands.ts';
import { commanding, reading } from './compose.ts';
import type { Asked } from './endpoint.ts';
import { note } from './observe.ts';

export type AllocationPorts = Pick<Ports, 'clients' | 'clock' | 'referrals' | 'allocations'>;
export type AllocationReadingPorts = Pick<ReadingPorts, 'clients' | 'clock' | 'referrals' | 'allocations'>;
export type Delivering = ReferralState & { allocation: Allocation };

/** How the functions on an allocation are put together. */
export const commandingAllocations = (): AllocationPorts => {
  const { clients, clock, referrals, db } = commanding();
  return { clients, clock, referrals, allocations: allocationsOf(db) };
};
export const readingAllocations = (): AllocationReadingPorts => {
  const { clients, clock, referrals, db } = reading();
  return { clients, clock, referrals, allocations: allocationsOf(db) };
};

/**
 * An allocation with its referral, for its provider as long as that sees what it delivered, the referral's
 * practitioner, or operations.
 */
export async function allocationFor(
  { allocations, clock, referrals }: Omit<AllocationReadingPorts, 'clients'>,
  { role, organisation }: Caller,
  allocationId: string,
  appointmentId?: string,
): Promise<Delivering> {
  const found = await allocations.find(allocationId);
  const state = found && (await referrals.load(found.referralId, { allocationId, appointmentId }));
  if (!state?.allocation) throw new NotFound(allocationId);
  note({ referralId: state.referral.id });
  const isTheirs =
    role === 'operations' ||
    (role === 'provider' &&
      state.allocation.providerId === organisation &&
      !hasProviderAccessEnded(state.referral, organisation, await clock.now())) ||
    (role === 'practitioner' && state.referral.organisation === organisation);
  if (!isTheirs) throw new NotFound(allocationId);
  return { ...state, allocation: state.allocation };
}

const ids = z.looseObject({ allocationId: z.string(), appointmentId: z.string().optional() });

/** A provider's command on its own allocation, on the version of it, or of its appointment, that it has seen. */
export async function changeAllocation<C extends EndpointContract, Command>(
  contract: C,
  { allocations, clock, referrals }: Omit<AllocationPorts, 'clients'>,
  request: Asked<C>,
  decide: Decide<Command>,
  command: Command,
): Promise<Committed & { state: Delivering }> {
  const { allocationId, appointmentId } = ids.parse(request.params);
  const found = await allocations.find(allocationId);
  if (!found || found.providerId !== request.caller.organisation) throw new NotFound(allocationId);
  const now = await clock.now();
  const may = (state: ReferralState): boolean =>
    deliversAllocation(request.caller)(state) &&
    !hasProviderAccessEnded(state.referral, request.caller.organisation, now);
  const options = {
    ...optionsOf(contract, request, may, appointmentId ? ofAppointment : ofAllocation),
    resource: bookedAppointment,
  };
  const outcome = accepted(
    await referrals.execute(
      found.referralId,
      { allocationId, appointmentId },
      (state, context) => decide(state, command, context),
      options,
    ),
  );
  const { allocation } = outcome.state;
  if (!allocation) throw new Error('the allocation was asked for');
  return { ...outcome, state: { ...outcome.state, allocation } };
}

const bookedAppointment: NonNullable<Parameters<Ports['referrals']['execute']>[3]['resource']> = (events) => {
  const booked = events.find((event) => event.type === 'appointment.booked.v1');
  return booked?.type === 'appointment.booked.v1' ? booked.data.appointmentId : undefined;
};

export function appointmentIn({ state }: Pick<Committed, 'state'>): Appointment {
  if (!state.appointment) throw new Error('the appointment was asked for');
  return state.appointment;
}
