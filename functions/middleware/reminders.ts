import { lookedAtAgain, remindAppointment, reminderOf } from '../../shared/domain/commands/remind-appointment.ts';
import { isRefusal, type ReferralState } from '../../shared/domain/decision.ts';
import type { Actor } from '../../shared/domain/events.ts';
import type { DueReminder, Ports } from '../../shared/ports.ts';

export type ReminderPorts = Pick<Ports, 'clock' | 'referrals' | 'reminders'> & {
  allocations: Pick<Ports['allocations'], 'find'>;
  groupSessions: Pick<Ports['groupSessions'], 'find'>;
};

/** L4: reminds of an appointment that comes near, if it still stands; true if it did. */
export async function remind(ports: ReminderPorts, due: DueReminder, leadHours: number, by: Actor): Promise<boolean> {
  const { allocationId, appointmentId } = due;
  const allocation = await ports.allocations.find(allocationId);
  if (!allocation) throw new Error(`there is no allocation ${allocationId}`);
  const outcome = await ports.referrals.execute(
    allocation.referralId,
    { allocationId, appointmentId },
    async (state, context) => remindAppointment(await besideItsGroup(ports, state), { leadHours }, context),
    { by },
  );
  if (isRefusal(outcome)) throw new Error('a reminder is never refused');
  if (outcome.events.length > 0) return true;
  const { appointment } = outcome.state;
  if (!appointment) throw new Error('the appointment is not loaded');
  const now = await ports.clock.now();
  const isOver = reminderOf(outcome.state, leadHours, now) === 'never';
  await (isOver ? ports.reminders.drop(due) : ports.reminders.putOff(due, lookedAtAgain(appointment, now, leadHours)));
  return false;
}

/** Which group session it is a seat in, the appointment itself says. */
async function besideItsGroup({ groupSessions }: ReminderPorts, state: ReferralState): Promise<ReferralState> {
  const groupId = state.appointment?.groupId;
  if (!groupId) return state;
  const groupSession = await groupSessions.find(groupId);
  if (!groupSession) throw new Error(`there is no group session ${groupId}`);
  return { ...state, groupSession };
}
