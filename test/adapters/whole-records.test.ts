import '../builders/function-environment.ts';
import { expect, it } from 'vitest';
import { keys } from '../../shared/adapters/keys.ts';
import { wholeRecords } from '../../shared/adapters/whole-records.ts';
import { bookAppointment } from '../../shared/domain/commands/appointments.ts';
import { MemoryTables } from '../builders/memory-table.ts';
import { aGroupSession, aReferralState, inGroup } from '../builders/story.ts';

it('An export does not tell which group an appointment is held in, and does tell which needs go together', async () => {
  const delivering = aReferralState().delivering();
  const [summary] = delivering.referral.allocations;
  if (!summary) throw new Error('somebody is at work');
  const group = aGroupSession(summary);
  const { referral, world } = delivering.beside(group).does(bookAppointment, inGroup(1, group));
  const appointment = [...world.appointments.values()].find(({ groupId }) => groupId === group.id);
  expect(referral.booked).toMatchObject([{ groupId: group.id }]);

  const tables = new MemoryTables();
  tables.put('record', { ...keys.referral(referral.id), ...referral });
  tables.put('record', { ...keys.appointment(summary.id, appointment?.id ?? ''), ...appointment });
  const told = JSON.stringify(await wholeRecords(tables.client).ofReferral(referral));
  expect(told).toContain(appointment?.id);
  expect(told).not.toContain(group.id);
  expect(told).toContain(referral.groups[0]?.id);
});
