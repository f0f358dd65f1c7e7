import type { Confidential, Referral } from '../referral.ts';
import type { RiskReport } from '../risk.ts';
import { openOffers } from '../standing.ts';
import type { TaskType } from '../task-types.ts';
import { taskPolicies } from '../task-types.ts';
import { complexityView, offeredView } from './referral-view.ts';

interface TaskFacts {
  id: string;
  type: TaskType;
  referralId: string;
  allocationId: string | null;
  organisation: string;
  status: 'open' | 'answered' | 'lapsed' | 'withdrawn';
  openedAt: string;
  remindedAt: string | null;
  dueAt: string;
}

/** A task in a list. */
export const taskSummaryView = (task: TaskFacts) => ({
  id: task.id,
  type: task.type,
  referralId: task.referralId,
  allocationId: task.allocationId,
  owner: taskPolicies[task.type].owner,
  organisation: task.organisation,
  status: task.status,
  openedAt: task.openedAt,
  remindedAt: task.remindedAt,
  dueAt: task.dueAt,
});

/** What others wrote to a task's owner: nothing of it is there for anyone else. */
export interface Written {
  words?: Record<string, string>;
  reports?: RiskReport[];
}

/** What a task asks for, as the referral stands now, and what was written to its owner. */
export function taskSubject(
  { type, id }: Pick<TaskFacts, 'type' | 'id'>,
  referral: Referral,
  confidential: Confidential,
  { words = {}, reports }: Written,
  now: Date,
): object | null {
  const open = referral.openTasks.find((task) => task.id === id);
  // Answered between the reading of the task and of its referral: it asks for nothing any more.
  if (!open) return null;
  const group = referral.groups.find((candidate) => candidate.id === open.groupId);
  const offerOf = (taskId: string) => openOffers(referral).find((offer) => offer.taskId === taskId);
  switch (type) {
    case 'draft':
    case 'missing-information':
      return { missing: referral.missing };
    case 'complexity-confirmation':
      return {
        needs: referral.needs.map(({ need }) => {
          const { confirmed: _none, ...recommendation } = complexityView(referral, need, confidential);
          return { need, ...recommendation };
        }),
      };
    case 'offer': {
      const serviceId = offerOf(id)?.serviceId ?? '';
      const offered = offeredView(referral, confidential, group?.needs ?? [], now);
      return { serviceId, ...offered, ...(words.information ? { information: words.information } : {}) };
    }
    case 'offer-returned': {
      const { serviceId, providerId } = offerOf(id) ?? { serviceId: '', providerId: '' };
      return { serviceId, providerId, ...(words.text ? { question: words.text } : {}) };
    }
    case 'manual-allocation': {
      const { needs, area, setting } = offeredView(referral, confidential, group?.needs ?? [], now);
      return { needs, area, setting, tried: group?.tried ?? [] };
    }
    case 'waiting-list': {
      const { needs, area, setting } = offeredView(referral, confidential, group?.needs ?? [], now);
      const services = group?.place.at === 'waiting' ? group.place.services : [];
      return { needs, area, setting, tried: group?.tried ?? [], since: group?.since, services };
    }
    case 'session-feedback':
      return { appointmentId: open.appointmentId };
    case 'non-engagement':
      return { missed: open.missed ?? [] };
    case 'supplier-assessment':
    case 'action-plan':
    case 'end-of-service-report':
      return words.reason ? { returnedFor: words.reason } : {};
    case 'paused-referral':
      return { pausedAt: referral.paused?.at, reason: referral.paused?.reason };
    case 'risk-reassessment':
      return {
        seriousHarm: referral.facts.risk?.seriousHarm ?? null,
        ...(reports ? { reports: reports.map(({ taskId: _task, ...report }) => report) } : {}),
      };
    case 'onward-link-follow-up':
      return { linkId: open.linkId };
    case 'message-to-practitioner':
    case 'message-to-provider':
      return { unread: open.unread ?? 0 };
    default:
      return {};
  }
}
