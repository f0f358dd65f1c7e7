import * as z from 'zod';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import type { Allocation, Appointment } from '../../shared/domain/allocation.ts';
import type { Decide, ReferralState } from '../../shared/domain/decision.ts';
import type { DomainEvent } from '../../shared/domain/events.ts';
import { hasProviderAccessEnded } from '../../shared/domain/views/referral-view.ts';
import type { Caller, Committed, Ports, ReadingPorts, Scope } from '../../shared/ports.ts';
import { accepted, deliversAllocation, ofAllocation, ofAppointment, ofOnwardLink, optionsOf } from './commands.ts';
import { commanding, reading } from './compose.ts';
import type { Asked } from './endpoint.ts';
import { note } from './observe.ts';

export type AllocationPorts = Pick<Ports, 'clients' | 'clock' | 'referrals' | 'allocations'>;
export type AllocationReadingPorts = Pick<ReadingPorts, 'clients' | 'clock' | 'referrals' | 'allocations'>;
export type Delivering = ReferralState & { allocation: Allocation };

/** How the functions on an allocation are put together. */
export const allocationsFrom = <P extends ReturnType<typeof reading>>({ clients, clock, referrals, db }: P) => ({
  clients,
  clock,
  referrals: referrals as P['referrals'],
  allocations: allocationsOf(db),
});
export const commandingAllocations = (): AllocationPorts => allocationsFrom(commanding());
export const readingAllocations = (): AllocationReadingPorts => allocationsFrom(reading());

/**
 * An allocation with its referral, for its provider as long as that sees what it delivered, the referral's
 * practitioner, or operations.
 */
export async function allocationFor(
  { allocations, clock, referrals }: Omit<AllocationReadingPorts, 'clients'>,
  { role, organisation }: Caller,
  allocationId: string,
  part: Pick<Scope, 'appointmentId' | 'linkId'> = {},
): Promise<Delivering> {
  const found = await allocations.find(allocationId);
  const state = found && (await referrals.load(found.referralId, { allocationId, ...part }));
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

const ids = z.looseObject({
  allocationId: z.string(),
  appointmentId: z.string().optional(),
  linkId: z.string().optional(),
});

/**
 * A provider's command on its own allocation, on the version of it, or of its appointment, that it has seen; with the
 * caseworker's diary at a time that it is about, or the group session.
 */
export async function changeAllocation<C extends EndpointContract, Command>(
  contract: C,
  { allocations, clock, referrals }: Omit<AllocationPorts, 'clients'>,
  request: Asked<C>,
  decide: Decide<Command>,
  command: Command,
  beside: Pick<Scope, 'diary' | 'groupId'> = {},
): Promise<Committed & { state: Delivering }> {
  const { allocationId, appointmentId, linkId } = ids.parse(request.params);
  const versionOf = linkId ? ofOnwardLink : appointmentId ? ofAppointment : ofAllocation;
  const found = await allocations.find(allocationId);
  if (!found || found.providerId !== request.caller.organisation) throw new NotFound(allocationId);
  const now = await clock.now();
  const may = (state: ReferralState): boolean =>
    deliversAllocation(request.caller)(state) &&
    !hasProviderAccessEnded(state.referral, request.caller.organisation, now);
  const options = {
    ...optionsOf(contract, request, may, versionOf),
    resource: made,
  };
  const outcome = accepted(
    await referrals.execute(
      found.referralId,
      { allocationId, appointmentId, linkId, ...beside },
      (state, context) => decide(state, command, context),
      options,
    ),
  );
  const { allocation } = outcome.state;
  if (!allocation) throw new Error('the allocation was asked for');
  return { ...outcome, state: { ...outcome.state, allocation } };
}

/** What a command has made, by its id. */
function made(events: DomainEvent[]): string | undefined {
  for (const { type, data } of events) {
    if (type === 'appointment.booked.v1') return data.appointmentId;
    if (type === 'case-note.written.v1') return data.noteId;
    if (type === 'onward-link.made.v1') return data.linkId;
  }
  return undefined;
}

export function appointmentIn({ state }: Pick<Committed, 'state'>): Appointment {
  if (!state.appointment) throw new Error('the appointment was asked for');
  return state.appointment;
}
