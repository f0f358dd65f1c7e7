import type { ActionPlan, Allocation } from '../allocation.ts';
import type { Booking } from '../diary.ts';
import type { EventOf } from '../events.ts';

interface Revision {
  sessions: number;
  activities: { id: string }[];
  removed?: { id: string; reason: string }[] | undefined;
}

/**
 * L4: what a revision of an approved plan would drop in silence. A session that is held or booked stays in the plan, and
 * an activity is either there or said to be removed, with why.
 */
export function droppedBy(
  { sessions, activities, removed = [] }: Revision,
  { id: allocationId, plan, sessionsHeld }: Allocation,
  booked: Booking[],
) {
  const planned = plan?.activities ?? [];
  const ahead = booked.flatMap((one) => (one.allocationId === allocationId && one.session ? [one.session] : []));
  const over = (numbers: number[], is: string) =>
    numbers
      .filter((session) => session > sessions)
      .map((session) => ({ pointer: '/sessions', detail: `session ${session} is ${is} already` }));
  const isKept = (id: string): boolean => activities.some((activity) => activity.id === id);
  const isSaid = (id: string): boolean => removed.some((one) => one.id === id);
  return [
    ...over(sessionsHeld, 'held'),
    ...over(ahead, 'booked'),
    ...planned
      .filter(({ id }) => !isKept(id) && !isSaid(id))
      .map(({ id }) => ({ pointer: '/activities', detail: `activity ${id} is neither there nor said to be removed` })),
    ...removed.flatMap(({ id }, index) => {
      const pointer = `/removed/${index}/id`;
      if (isKept(id)) return [{ pointer, detail: `activity ${id} is still there` }];
      return planned.some((activity) => activity.id === id)
        ? []
        : [{ pointer, detail: `activity ${id} is not in the approved plan` }];
    }),
  ];
}

/** What the plan is for: the desired outcomes that its activities work towards. */
const outcomesOf = ({ activities }: ActionPlan): string[] =>
  [
    ...new Set(
      activities.flatMap(({ need, desiredOutcomes }) => [need, ...desiredOutcomes.map((one) => `${need}/${one}`)]),
    ),
  ].sort();

/** T4: the practitioner approves a plan for what it is to achieve; how it gets there is the provider's to revise. */
export const needsApproval = (approved: ActionPlan, revision: ActionPlan): boolean =>
  outcomesOf(approved).join() !== outcomesOf(revision).join();

/** The revised plan binds from here on. */
export function revised(approved: ActionPlan, revision: ActionPlan, planVersion: number, allocationId: string) {
  const event: EventOf<'action-plan.revised.v1'> = {
    type: 'action-plan.revised.v1',
    data: {
      allocationId,
      planVersion,
      sessions: { from: approved.sessions, to: revision.sessions },
      outcomesChanged: needsApproval(approved, revision),
    },
  };
  return event;
}
