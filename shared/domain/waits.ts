import type { AllocationSummary, OpenTask, Referral } from './referral.ts';
import { isDraft } from './referral.ts';
import { openOffers } from './standing.ts';
import type { TaskType } from './task-types.ts';

/** The one task by which an allocation's present phase is somebody's to do. */
const taskOf: Partial<Record<AllocationSummary['phase'], TaskType>> = {
  'supplier-assessment': 'supplier-assessment',
  'action-plan': 'action-plan',
  'action-plan-approval': 'action-plan-approval',
  delivery: 'delivery',
  'end-of-service-report': 'end-of-service-report',
  acknowledgement: 'end-of-service-report-acknowledgement',
};

const groupTasks: Partial<Record<Referral['groups'][number]['place']['at'], TaskType>> = {
  'manual-allocation': 'manual-allocation',
  waiting: 'waiting-list',
};

/** Something that a referral waits for, and the tasks that are open for it: there must be exactly one (L7). */
export interface Wait {
  name: string;
  tasks: OpenTask[];
}

/** Every wait of a referral. */
export function waitsOf(referral: Referral): Wait[] {
  const wait = (
    name: string,
    type: TaskType,
    link: Partial<Pick<OpenTask, 'id' | 'groupId' | 'allocationId'>> = {},
  ) => ({
    name,
    tasks: referral.openTasks.filter(
      (task) =>
        task.type === type &&
        (link.id === undefined || task.id === link.id) &&
        (link.groupId === undefined || task.groupId === link.groupId) &&
        (link.allocationId === undefined || task.allocationId === link.allocationId),
    ),
  });
  if (referral.conclusion) return [];
  if (isDraft(referral)) return [wait('draft', 'draft')];
  const goesOn = referral.ending === null;
  const isUnconfirmed = referral.needs.some(({ recommended, confirmed }) => recommended && !confirmed);
  return [
    ...(referral.paused ? [wait('pause', 'paused-referral')] : []),
    ...(referral.missing.length > 0 && goesOn ? [wait('facts', 'missing-information')] : []),
    ...(isUnconfirmed && goesOn ? [wait('levels', 'complexity-confirmation')] : []),
    ...referral.groups.flatMap(({ id: groupId, place }) => {
      const type = goesOn ? groupTasks[place.at] : undefined;
      return type ? [wait(`${place.at} ${groupId}`, type, { groupId })] : [];
    }),
    ...openOffers(referral).map(({ id, taskId, isReturned }) =>
      wait(`offer ${id}`, isReturned ? 'offer-returned' : 'offer', { id: taskId }),
    ),
    ...referral.allocations.flatMap(({ id: allocationId, phase }) => {
      const type = taskOf[phase];
      return type ? [wait(`${phase} ${allocationId}`, type, { allocationId })] : [];
    }),
  ];
}

/** L7: whether it waits for something that nobody has been asked for, and no clock counts. */
export const isUnattended = (referral: Referral): boolean => waitsOf(referral).some(({ tasks }) => tasks.length === 0);
