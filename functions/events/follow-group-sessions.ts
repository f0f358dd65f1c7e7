import middy from '@middy/core';
import * as z from 'zod';
import { systemClients } from '../../shared/adapters/changes.ts';
import { groupSessions as groupSessionsOf } from '../../shared/adapters/group-sessions.ts';
import { bookedBeside, followGroupSession } from '../../shared/domain/commands/group-seat.ts';
import type { ReferralState } from '../../shared/domain/decision.ts';
import type { GroupSession, Seat } from '../../shared/domain/group-session.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { logger, note, observe } from '../middleware/observe.ts';

/** What appointments in group sessions follow; what the schedule sends is none of it. */
const told = z.object({
  detail: z.discriminatedUnion('type', [
    z.object({
      type: z.enum(['group-session.rescheduled.v1', 'group-session.cancelled.v1']),
      data: z.object({ groupId: z.uuid() }),
    }),
    z.object({ type: z.literal('referral.paused.v1'), referralId: z.uuid() }),
  ]),
});

type FollowPorts = Pick<Ports, 'referrals' | 'groupSessions'>;

/** A run ends before the next one comes (milliseconds). */
const runTime = 40_000;
const pageSize = 100;
const by = { organisation: 'system', client: systemClients.groups };

/** Some appointments could not follow: the event comes again, and so does the next minute. */
class AppointmentsLeftBehind extends Error {
  override readonly name = 'AppointmentsLeftBehind';
}

/**
 * L4: each appointment in a group session follows what became of that, by a command and an event of its own (architecture
 * rule 1); and whoever's referral is paused gives their seats back. Told twice, it happens once. Every minute those group
 * sessions are looked at that were not followed to the end.
 */
export const followGroupSessions = (ports: FollowPorts) =>
  middy<unknown, { followed: number }>()
    .use(observe('follow-group-sessions'))
    .handler(async (message) => {
      const event = told.safeParse(message).data?.detail;
      const run = { followed: 0, failed: 0, until: performance.now() + runTime };
      if (event?.type === 'referral.paused.v1') await followPause(ports, event.referralId, run);
      else if (event) await follow(ports, event.data.groupId, run);
      else await followAll(ports, run);
      const { followed, failed } = run;
      note({ followed, failed });
      if (failed > 0) throw new AppointmentsLeftBehind(`${failed} appointments`);
      return { followed };
    });

interface Run {
  followed: number;
  failed: number;
  until: number;
}

async function followAll(ports: FollowPorts, run: Run): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await ports.groupSessions.unfollowed({ limit: pageSize, cursor });
    for (const { groupId } of page.items) {
      if (performance.now() >= run.until) return;
      await follow(ports, groupId, run);
    }
    cursor = page.cursor ?? undefined;
  } while (cursor && performance.now() < run.until);
}

/** All seats of one group session; one that there is no time for leaves its mark to the next minute. */
async function follow(ports: FollowPorts, groupId: string, run: Run): Promise<void> {
  const session = await ports.groupSessions.find(groupId);
  if (!session) throw new Error(`group session ${groupId} is not there`);
  const failedBefore = run.failed;
  for (const seat of session.seats) {
    if (performance.now() >= run.until) return;
    await followOne(ports, { groupId, ...seat }, run);
  }
  if (run.failed === failedBefore) await ports.groupSessions.followed(session);
}

/** All seats of one referral that are ahead. */
async function followPause(ports: FollowPorts, referralId: string, run: Run): Promise<void> {
  const state = await ports.referrals.load(referralId);
  if (!state) throw new Error(`referral ${referralId} is not there`);
  for (const { groupId, allocationId, appointmentId } of state.referral.booked) {
    if (groupId) await followOne(ports, { groupId, referralId, allocationId, appointmentId }, run);
  }
}

/** One that fails holds up no other. */
async function followOne(ports: FollowPorts, { referralId, ...scope }: Seat & { groupId: string }, run: Run) {
  try {
    await ports.referrals.execute(
      referralId,
      scope,
      async (state, context) => followGroupSession(state, { others: await othersOf(ports, state) }, context),
      { by },
    );
    run.followed += 1;
  } catch (error) {
    run.failed += 1;
    logger.error('an appointment did not follow', { errorName: (error as Error).name, referralId });
  }
}

/** Those of the person's other seats that seem to be in the way, as they are now. */
async function othersOf({ groupSessions }: FollowPorts, state: ReferralState): Promise<GroupSession[]> {
  const { referral, appointment, groupSession } = state;
  if (!appointment || !groupSession) return [];
  const ids = bookedBeside(referral, appointment, groupSession).flatMap(({ groupId }) => groupId ?? []);
  const found = await Promise.all(ids.map((id) => groupSessions.find(id)));
  return found.filter((one) => one !== undefined);
}

export const handler = deployed(() => {
  const { db, clock, referrals } = commanding();
  return followGroupSessions({ referrals, groupSessions: groupSessionsOf(db, clock) });
});
