import type { ReferralState } from './decision.ts';
import type { DomainEvent } from './events.ts';
import { freed, rebooked, takenOver, withBooking } from './evolve/bookings.ts';
import { endingBegun, extended, reopened, transferred } from './evolve/changes.ts';
import {
  allocationEnded,
  allocationStarted,
  attendanceRecorded,
  booked,
  changedAt,
  concernRaised,
  onAllocation,
  onAppointment,
  onReport,
  onSummary,
  planDrafted,
  planMoved,
  planReturned,
  planRevised,
  reminded,
  reportAcknowledged,
  rescheduled,
  settled,
} from './evolve/delivery.ts';
import { amended, confirmed, informed, reassessed, recommended, redrafted, removed } from './evolve/facts.ts';
import {
  handedOver,
  isWaitOf,
  leftToOperations,
  manuallyPlaced,
  offered,
  outOfLine,
  placed,
  regrouped,
  takenBack,
  tried,
  triedInVain,
  withGroup,
} from './evolve/groups.ts';
import { messageRead, messageSent } from './evolve/messages.ts';
import { linkFollowedUp, linkMade } from './evolve/onward-links.ts';
import { recordRemoved } from './evolve/records.ts';
import {
  attentionFor,
  attentionLeft,
  ofAllocation,
  outliving,
  overdue,
  redated,
  withoutTask,
  withTask,
  withTasks,
} from './evolve/tasks.ts';
import type { Referral } from './referral.ts';

/**
 * The state after an event. History, outbox and state all come from the same events, so they cannot disagree.
 * A part of the state that an event does not touch stays the same object, which is how the store knows what to write.
 */
export function evolve(state: ReferralState, event: DomainEvent, now: Date): ReferralState {
  const at = now.toISOString();
  const changed = withTasks(apply(state, event, at), event);
  const referral = changed.referral;
  const attention = attentionLeft(referral);
  const version = isSame(referral, state.referral) ? referral.version : referral.version + 1;
  return { ...changed, referral: { ...referral, version, sequence: state.referral.sequence + 1, attention } };
}

/** Reminders, deadlines and sessions come and go around a referral without changing it: they leave its ETag alone. */
const around = new Set<keyof Referral>(['openTasks', 'attention', 'rarDays', 'booked']);

const isSame = (after: Referral, before: Referral): boolean =>
  (Object.keys(after) as (keyof Referral)[]).every((key) => around.has(key) || after[key] === before[key]);

function apply(state: ReferralState, event: DomainEvent, at: string): ReferralState {
  const { referral } = state;
  const on = (change: Partial<Referral>): ReferralState => ({ ...state, referral: { ...referral, ...change } });
  switch (event.type) {
    case 'referral.drafted.v1':
    case 'referral.sent.v1':
      return { referral: event.detail.referral, confidential: event.detail.confidential };
    case 'referral.draft-changed.v1':
      return redrafted(state, event, at);
    case 'referral.draft-kept.v1':
      return on({ openTasks: redated(referral.openTasks, { [event.data.taskId]: event.data.dueAt }, at) });
    case 'referral.draft-removed.v1':
      return removed(state, event, at);
    case 'referral.information-supplied.v1':
      return informed(state, event, at);
    case 'referral.found-ineligible.v1':
      return on({
        ending: { reason: 'ineligible', failed: event.data.failed },
        groups: outOfLine(referral.groups, 'closed'),
        openTasks: outliving(referral),
      });
    case 'referral.amended.v1':
      return amended(state, event, at);
    case 'referral.paused.v1':
      return on({
        paused: { at, reason: event.data.reason },
        groups: outOfLine(referral.groups, 'unplaced'),
      });
    case 'referral.resumed.v1':
      return on({ paused: null, openTasks: redated(referral.openTasks, event.detail.dueDates, at) });
    case 'referral.withdrawn.v1':
    case 'referral.ended-early.v1':
      return on(endingBegun(referral, event, at));
    case 'referral.reopened.v1':
      return on(reopened(referral, at));
    case 'referral.transferred.v1':
      return on(transferred(referral, event, at));
    case 'referral.extended.v1':
      return on(extended(referral, event, at));
    case 'referral.concluded.v1':
      return on({
        conclusion: { at, ...event.data },
        openTasks: outliving(referral),
        attention: attentionFor(outliving(referral)),
        paused: null,
      });
    case 'referral.allocated-manually.v1':
      return on({ groups: manuallyPlaced(referral.groups, event) });
    case 'complexity.recommended.v1':
      return recommended(state, event);
    case 'complexity.confirmed.v1':
      return confirmed(state, event);
    case 'candidates.ranked.v1':
      return on({ groups: withGroup(referral.groups, event.data.groupId, event.data.needs, at) });
    case 'referral.waiting-listed.v1': {
      const { groupId, services } = event.data;
      return on({ groups: placed(referral.groups, groupId, { at: 'waiting', services }) });
    }
    case 'offer.made.v1':
      return on({
        groups: offered(referral.groups, event),
        openTasks: referral.openTasks.filter((task) => !isWaitOf(task, event.data.groupId)),
      });
    case 'offer.returned.v1':
    case 'offer.information-added.v1':
      return on({ groups: handedOver(referral.groups, event) });
    case 'offer.accepted.v1': {
      const { groupId, allocationId } = event.data;
      return on({ groups: placed(referral.groups, groupId, { at: 'placed', allocationId }) });
    }
    case 'needs.regrouped.v1':
      return on(regrouped(referral, event));
    case 'offer.declined.v1': {
      const { providerId, reason } = event.data;
      return on({
        groups: tried(referral.groups, event.data),
        conflictsOfInterest:
          reason === 'conflict-of-interest'
            ? [...new Set([...referral.conflictsOfInterest, providerId])]
            : referral.conflictsOfInterest,
      });
    }
    case 'offer.lapsed.v1':
      return on({ groups: tried(referral.groups, event.data) });
    case 'offer.withdrawn.v1':
      return on(takenBack(referral, event));
    case 'allocation.started.v1':
      return allocationStarted(state, event, at);
    case 'delivery.ended.v1':
      return onSummary(
        on(freed(referral, ({ allocationId }) => allocationId === event.data.allocationId)),
        event.data.allocationId,
        {
          ...(event.data.reportDue ? { phase: 'end-of-service-report' } : { phase: 'ended', endedAt: at }),
          endedFor: event.data.reason,
          deliveryEndedAt: at,
        },
        ofAllocation(event.data.allocationId),
      );
    case 'allocation.ended.v1':
      return allocationEnded(
        on(freed(referral, ({ allocationId }) => allocationId === event.data.allocationId)),
        event,
        at,
      );
    case 'caseworker.assigned.v1':
      return onAllocation(on({ booked: takenOver(referral.booked, event, at) }), {
        caseworkerId: event.data.caseworkerId,
      });
    case 'engagement.accepted.v1':
      return onAllocation(state, { engagement: { acceptedAt: event.data.acceptedAt } });
    case 'appointment.booked.v1':
      return { ...on({ booked: withBooking(state, event) }), appointment: booked(event, at) };
    case 'appointment.rescheduled.v1':
      return rescheduled(
        withoutTask(on({ booked: rebooked(referral.booked, event) }), event.data.appointmentId),
        event,
        at,
      );
    case 'appointment.reminded.v1':
      return reminded(state, at);
    case 'appointment.cancelled.v1':
      return onAppointment(
        withoutTask(
          on(freed(referral, ({ appointmentId }) => appointmentId === event.data.appointmentId)),
          event.data.appointmentId,
        ),
        { status: 'cancelled', cancellation: changedAt(event, at) },
      );
    case 'attendance.recorded.v1':
      return attendanceRecorded(
        on(freed(referral, ({ appointmentId }) => appointmentId === event.data.appointmentId)),
        event,
        at,
      );
    case 'non-engagement.decided.v1':
      return settled(state);
    case 'concern.raised.v1':
      return concernRaised(state);
    case 'action-plan.drafted.v1':
      return planDrafted(state, event);
    case 'action-plan.submitted.v1':
      return planMoved(state, event, 'submitted', 'action-plan-approval');
    case 'action-plan.approved.v1':
      return planMoved(state, event, 'approved', 'delivery');
    case 'action-plan.returned.v1':
      return planReturned(state, event);
    case 'action-plan.revised.v1':
      return planRevised(state, event);
    case 'end-of-service-report.drafted.v1':
      return onAllocation(state, { report: event.detail.report });
    case 'end-of-service-report.submitted.v1':
      return onReport(onSummary(state, event.data.allocationId, { phase: 'acknowledgement' }), 'submitted');
    case 'end-of-service-report.acknowledged.v1':
      return reportAcknowledged(state, event);
    case 'end-of-service-report.returned.v1':
      return onReport(onSummary(state, event.data.allocationId, { phase: 'end-of-service-report' }), 'returned');
    case 'message.sent.v1':
      return messageSent(state, event, at);
    case 'message.read.v1':
      return messageRead(state, at);
    case 'onward-link.made.v1':
      return { ...state, onwardLink: linkMade(event, at) };
    case 'onward-link.followed-up.v1':
      return { ...state, onwardLink: linkFollowedUp(state, event) };
    case 'risk.escalation-reported.v1': {
      const { taskId, reportId } = event.data;
      const count = referral.openTasks.find(({ id }) => id === taskId)?.reports?.count ?? 0;
      return on({
        openTasks: withTask(referral.openTasks, taskId, { reports: { count: count + 1, latest: reportId } }),
        attention: referral.attention ?? attentionFor(referral.openTasks),
      });
    }
    case 'record.removed.v1':
      return recordRemoved(state, at);
    case 'risk.reassessed.v1':
      return on(reassessed(referral, event, at));
    case 'risk.responsibility-moved.v1':
      return on({ caseResponsibility: event.data.to });
    case 'task.reminded.v1':
      return on({ openTasks: withTask(referral.openTasks, event.data.taskId, { remindAt: null }) });
    case 'clock.breached.v1':
      return on({
        openTasks: withTask(referral.openTasks, event.data.taskId, { breachedAt: at }),
        attention: referral.attention ?? overdue(event.data.taskId, event.data.taskType, at),
      });
    case 'execution.failed.v1':
      return on({ attention: { reason: `its execution ended as ${event.data.status}`, since: at } });
    case 'task.repaired.v1': {
      const { taskId, drift } = event.data;
      return drift === 'outlived' ? on({ openTasks: referral.openTasks.filter(({ id }) => id !== taskId) }) : state;
    }
    case 'wait.found-unattended.v1':
      return on({ attention: { reason: 'it waits for something that nobody was asked for', since: at } });
    case 'execution.redriven.v1':
    case 'wait.released.v1':
      // What is overdue stays so, and goes on calling for someone.
      return on({ attention: attentionFor(referral.openTasks) });
    case 'task.lapsed.v1':
      return on({ groups: triedInVain(referral.groups, event.data.taskId) });
    case 'task.opened.v1':
      return event.opens?.type === 'manual-allocation' && event.opens.groupId
        ? on(leftToOperations(referral, event.opens.groupId))
        : state;
    case 'referral.information-requested.v1':
    case 'opd.owners-recorded.v1':
    case 'opd.owners-removed.v1':
    case 'case-note.written.v1':
    case 'non-engagement.raised.v1':
    case 'rar-days.nearly-used.v1':
    case 'rar-days.used.v1':
    case 'rar-days.exceeded.v1':
    case 'events.republished.v1':
    case 'record.exported.v1':
      return state;
    case 'group-session.planned.v1':
    case 'group-session.rescheduled.v1':
    case 'group-session.changed.v1':
    case 'group-session.cancelled.v1':
    case 'service.published.v1':
    case 'service.changed.v1':
    case 'service.closed.v1':
    case 'capacity.stated.v1':
    case 'capacity.planned.v1':
    case 'capacity.repaired.v1':
      throw new Error(`${event.type} is not an event of a referral`);
  }
}
