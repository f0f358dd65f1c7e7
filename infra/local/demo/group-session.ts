import { addMinutes } from 'date-fns';
import { addWorkingDays, londonDate } from '../../../shared/domain/working-days.ts';
import { type PlannedActivity, type Provider, until } from '../actors.ts';
import { caseworkerOf } from './deliver.ts';
import type { Scene } from './scene.ts';
import { moment } from './times.ts';

/** What the plan must have an activity of, so that the person can take part in the group (L4). */
export const workshop: PlannedActivity = { outputRow: 'O7', description: 'A workshop on applying for work' };

const places = 8;
const durationMinutes = 90;

/** L4: a session of the plan is held in a group, which moves before it is held, and the appointment with it. */
export async function holdInGroup(
  { practitioner, clock, tell }: Scene,
  provider: Provider,
  { allocationId, serviceId, session }: { allocationId: string; serviceId: string; session: number },
): Promise<void> {
  const morningIn = (days: number): Date => new Date(`${londonDate(addWorkingDays(clock.now(), days))}T10:00:00Z`);
  const [planned, later] = [morningIn(2), morningIn(3)];
  const leader = caseworkerOf(provider, allocationId);
  const group = await provider.planGroup({
    serviceId,
    caseworkerId: leader.id,
    outputRows: [workshop.outputRow],
    startsAt: planned.toISOString(),
    durationMinutes,
    mode: 'in-person',
    place: 'The library',
    places,
  });
  const { id } = await provider.book(allocationId, { purpose: 'session', session, groupId: group.id });
  tell(`${leader.name} plans a group session for ${moment(planned)}; he has one of its ${places} places`);

  await provider.changeGroup(group, { startsAt: later.toISOString(), reason: 'place-unavailable' });
  const followed = await until('the appointment at the new time of its group', async () => {
    const appointment = (await practitioner.appointments(allocationId)).find((one) => one.id === id);
    return appointment?.startsAt === later.toISOString() ? appointment : undefined;
  });
  if (followed.format !== 'group') throw new Error('the practitioner is not told that it is in a group');
  if (followed.groupId !== null) throw new Error('the practitioner is told which group, and so who else is in it');
  tell(`The library is closed that day: the group moves to ${moment(later)}, and his appointment with it`);

  await clock.passes(addMinutes(later, durationMinutes));
  await provider.recordAttendance(followed);
  tell('He comes; his record does not say who else did');
}
