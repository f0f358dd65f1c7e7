import type { Allocation, Appointment } from './allocation.ts';
import { canonical } from './canonical.ts';
import { remindAt } from './deadlines.ts';
import type { ReferralState } from './decision.ts';
import type { DomainEvent, EventOf } from './events.ts';
import {
  type AllocationSummary,
  type Confidential,
  type GroupPlace,
  type NeedsGroup,
  newNeeds,
  nobody,
  type OpenTask,
  type Referral,
  separate,
} from './referral.ts';
import type { ReferralFacts } from './referral-facts.ts';
import { outlivesReferral, type TaskType, taskPolicies } from './task-types.ts';
import type { ComplexityLevel, NeedId } from './vocabulary.ts';

/**
 * The state after an event. History, outbox and state all come from the same events, so they cannot disagree.
 * A part of the state that an event does not touch stays the same object, which is how the store knows what to write.
 */
export function evolve(state: ReferralState, event: DomainEvent, now: Date): ReferralState {
  const at = now.toISOString();
  const changed = withTasks(apply(state, event, at), event);
  const referral = changed.referral;
  const attention = attentionLeft(referral);
  const version = sameButForTasks(referral, state.referral) ? referral.version : referral.version + 1;
  return { ...changed, referral: { ...referral, version, sequence: state.referral.sequence + 1, attention } };
}

/** What a late task has called operations for is over when the task is done, or has time again. */
function attentionLeft({ attention, openTasks }: Referral): Referral['attention'] {
  const isSettled = attention?.taskId && !openTasks.some(({ id, breachedAt }) => id === attention.taskId && breachedAt);
  return isSettled ? attentionFor(openTasks) : attention;
}

/** What a late task calls operations for, if one of these is late. */
function attentionFor(openTasks: OpenTask[]): Referral['attention'] {
  const [late] = openTasks.flatMap((task) => (task.breachedAt ? [overdue(task.id, task.type, task.breachedAt)] : []));
  return late ?? null;
}

const overdue = (taskId: string, type: TaskType, since: string) => ({
  taskId,
  reason: `${type} is overdue (${taskPolicies[type].clock})`,
  since,
});

/** Reminders and deadlines come and go around a referral without changing it: they leave its ETag alone. */
function sameButForTasks(after: Referral, before: Referral): boolean {
  return (Object.keys(after) as (keyof Referral)[]).every(
    (key) => key === 'openTasks' || key === 'attention' || after[key] === before[key],
  );
}

function withTasks(state: ReferralState, event: DomainEvent): ReferralState {
  const { referral } = state;
  const closed = event.answers?.taskId ?? (event.type === 'task.lapsed.v1' ? event.data.taskId : undefined);
  if (!closed && !event.opens) return state;
  const openTasks = referral.openTasks.filter(({ id }) => id !== closed).concat(event.opens ?? []);
  return { ...state, referral: { ...referral, openTasks } };
}

function apply(state: ReferralState, event: DomainEvent, at: string): ReferralState {
  const { referral } = state;
  const on = (change: Partial<Referral>): ReferralState => ({ ...state, referral: { ...referral, ...change } });
  switch (event.type) {
    case 'referral.drafted.v1':
    case 'referral.sent.v1':
      return { referral: event.detail.referral, confidential: event.detail.confidential };
    case 'referral.draft-changed.v1':
      return redrafted(state, event, at);
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
      return on({
        ending: { reason: event.data.reason },
        groups: outOfLine(referral.groups, 'closed'),
        openTasks: redated(referral.openTasks.filter(staysDue), event.detail.dueDates, at),
        paused: null,
      });
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
    case 'offer.information-added.v1': {
      const { offerId: id, serviceId, providerId, taskId, groupId } = event.data;
      return on({
        groups: placed(referral.groups, groupId, { at: 'offered', offer: { id, serviceId, providerId, taskId } }),
        openTasks: referral.openTasks.filter((task) => !isWaitOf(task, groupId)),
      });
    }
    case 'offer.returned.v1': {
      const { offerId: id, serviceId, providerId, taskId, groupId } = event.data;
      return on({
        groups: placed(referral.groups, groupId, { at: 'returned', offer: { id, serviceId, providerId, taskId } }),
      });
    }
    case 'offer.accepted.v1': {
      const { groupId, allocationId } = event.data;
      return on({ groups: placed(referral.groups, groupId, { at: 'placed', allocationId }) });
    }
    case 'needs-group.split.v1':
      return on({ groups: split(referral.groups, event) });
    case 'offer.declined.v1': {
      const { groupId, serviceId, providerId, reason } = event.data;
      return on({
        groups: triedAndUnplaced(referral.groups, groupId, serviceId),
        conflictsOfInterest:
          reason === 'conflict-of-interest'
            ? [...new Set([...referral.conflictsOfInterest, providerId])]
            : referral.conflictsOfInterest,
      });
    }
    case 'offer.lapsed.v1':
      return on({ groups: triedAndUnplaced(referral.groups, event.data.groupId, event.data.serviceId) });
    case 'offer.withdrawn.v1':
      return on({
        groups: placed(referral.groups, event.data.groupId, { at: referral.ending ? 'closed' : 'unplaced' }),
        openTasks: referral.openTasks.filter(({ groupId }) => groupId !== event.data.groupId),
      });
    case 'allocation.started.v1':
      return allocationStarted(state, event, at);
    case 'delivery.ended.v1':
      return onSummary(
        state,
        event.data.allocationId,
        {
          phase: event.data.reportDue ? 'end-of-service-report' : 'ended',
          endedFor: event.data.reason,
        },
        ofAllocation(event.data.allocationId),
      );
    case 'allocation.ended.v1':
      return onSummary(state, event.data.allocationId, { phase: 'ended' }, ofAllocation(event.data.allocationId));
    case 'caseworker.assigned.v1':
      return onAllocation(state, { caseworkerId: event.data.caseworkerId });
    case 'engagement.accepted.v1':
      return onAllocation(state, { engagement: { acceptedAt: event.data.acceptedAt } });
    case 'appointment.booked.v1':
      return { ...state, appointment: booked(event) };
    case 'appointment.rescheduled.v1':
      return onAppointment(withoutTask(state, event.data.appointmentId), { startsAt: event.data.to });
    case 'appointment.cancelled.v1':
      return onAppointment(withoutTask(state, event.data.appointmentId), { status: 'cancelled' });
    case 'attendance.recorded.v1':
      return attendanceRecorded(state, event, at);
    case 'action-plan.drafted.v1':
      return onAllocation(state, { plan: event.detail.plan });
    case 'action-plan.submitted.v1':
      return onPlan(onSummary(state, event.data.allocationId, { phase: 'action-plan-approval' }), {
        status: 'submitted',
        version: event.data.planVersion,
      });
    case 'action-plan.approved.v1':
      return onPlan(onSummary(state, event.data.allocationId, { phase: 'delivery' }), { status: 'approved' });
    case 'action-plan.returned.v1':
      return onPlan(onSummary(state, event.data.allocationId, { phase: 'action-plan' }), { status: 'returned' });
    case 'end-of-service-report.drafted.v1':
      return onAllocation(state, { report: event.detail.report });
    case 'end-of-service-report.submitted.v1':
      return onReport(onSummary(state, event.data.allocationId, { phase: 'acknowledgement' }), 'submitted');
    case 'end-of-service-report.acknowledged.v1':
      return onReport(state, 'acknowledged');
    case 'end-of-service-report.returned.v1':
      return onReport(onSummary(state, event.data.allocationId, { phase: 'end-of-service-report' }), 'returned');
    case 'risk.escalation-reported.v1': {
      const { taskId, reportId } = event.data;
      const count = referral.openTasks.find(({ id }) => id === taskId)?.reports?.count ?? 0;
      return on({
        openTasks: withTask(referral.openTasks, taskId, { reports: { count: count + 1, latest: reportId } }),
        attention: referral.attention ?? attentionFor(referral.openTasks),
      });
    }
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
    case 'execution.redriven.v1':
    case 'wait.released.v1':
      // What is overdue stays so, and goes on calling for someone.
      return on({ attention: attentionFor(referral.openTasks) });
    case 'task.opened.v1':
      return event.opens?.type === 'manual-allocation' && event.opens.groupId
        ? on(leftToOperations(referral, event.opens.groupId))
        : state;
    case 'referral.information-requested.v1':
    case 'opd.owners-recorded.v1':
    case 'opd.owners-removed.v1':
    case 'task.lapsed.v1':
    case 'concern.raised.v1':
    case 'events.republished.v1':
      return state;
    case 'service.published.v1':
    case 'service.changed.v1':
    case 'service.closed.v1':
    case 'capacity.stated.v1':
    case 'capacity.planned.v1':
    case 'capacity.repaired.v1':
      throw new Error(`${event.type} is not an event of a referral`);
  }
}

function withFacts(state: ReferralState, facts: ReferralFacts, missing: string[]): ReferralState {
  const { recorded, confidential } = separate(facts);
  const needs = Object.fromEntries(
    Object.entries(confidential.needs).map(([need, texts]) => {
      // What was not sent with the facts stays with the need.
      const { overrideReason, recommendation } = state.confidential?.needs[need as NeedId] ?? {};
      return [
        need,
        { ...texts, ...(overrideReason ? { overrideReason } : {}), ...(recommendation ? { recommendation } : {}) },
      ];
    }),
  );
  const next = {
    ...state,
    referral: { ...state.referral, facts: recorded, missing },
    confidential: { ...confidential, needs },
  };
  return answersChanged(state.confidential, next.confidential) ? recommendedAfresh(next) : next;
}

const answersChanged = (before: Confidential | undefined, after: Confidential): boolean =>
  (Object.keys(after.needs) as NeedId[]).some(
    (need) => canonical(before?.needs[need]?.indicators) !== canonical(after.needs[need]?.indicators),
  );

/** L2: a level that nobody has confirmed yet is recommended again when the answers behind it have changed. */
function recommendedAfresh<S extends Pick<ReferralState, 'referral'>>(state: S): S {
  const { referral } = state;
  if (!referral.needs.some(({ recommended, confirmed }) => recommended && !confirmed)) return state;
  return {
    ...state,
    referral: {
      ...referral,
      needs: referral.needs.map((need) => (need.confirmed ? need : { ...need, recommended: null })),
      openTasks: referral.openTasks.filter(({ type }) => type !== 'complexity-confirmation'),
    },
  };
}

function redrafted(
  state: ReferralState,
  { detail: { facts, missing, dueDates } }: EventOf<'referral.draft-changed.v1'>,
  at: string,
): ReferralState {
  const { referral, confidential } = withFacts(state, facts, missing);
  const openTasks = redated(referral.openTasks, dueDates, at);
  return {
    ...state,
    referral: { ...referral, needs: newNeeds(facts), openTasks },
    ...(confidential ? { confidential } : {}),
  };
}

/** All that was known goes; that there was a draft, and when, stays. */
function removed(
  { referral }: ReferralState,
  { data: { reason } }: EventOf<'referral.draft-removed.v1'>,
  at: string,
): ReferralState {
  const conclusion = { at, endState: 'cancelled' as const, endReason: reason };
  const nothing = { facts: { needs: [] }, needs: [], missing: [], openTasks: [], attention: null };
  return { referral: { ...referral, ...nothing, conclusion }, confidential: nobody };
}

function informed(
  state: ReferralState,
  { detail }: EventOf<'referral.information-supplied.v1'>,
  at: string,
): ReferralState {
  const next = withFacts(state, detail.facts, detail.missing);
  const referral = matchedBy(next.referral, detail);
  return { ...next, referral: { ...referral, openTasks: redated(referral.openTasks, detail.dueDates, at) } };
}

function amended(
  state: ReferralState,
  { data, detail, texts }: EventOf<'referral.amended.v1'>,
  at: string,
): ReferralState {
  const next = withReasons(withFacts(state, detail.facts, detail.missing), data.complexity, texts?.words);
  const levels = new Map(data.complexity.map(({ need, to }) => [need, to]));
  const referral = matchedBy(next.referral, detail);
  return {
    ...next,
    referral: {
      ...referral,
      needs: referral.needs.map((need) => ({ ...need, confirmed: levels.get(need.need) ?? need.confirmed })),
      allocations: referral.allocations.map((summary) => withLevels(summary, levels)),
      openTasks: redated(stillAsked(referral.openTasks, detail.missing), detail.dueDates, at),
    },
  };
}

/** L2: the reason that is kept is that of the level that stands. */
function withReasons(
  state: ReferralState,
  levels: { need: NeedId; overridden: boolean }[],
  words: Record<string, string> = {},
): ReferralState {
  if (!state.confidential || levels.length === 0) return state;
  const needs = { ...state.confidential.needs };
  for (const { need, overridden } of levels) {
    const { overrideReason: _replaced, ...texts } = needs[need] ?? {};
    const reason = overridden ? words[need] : undefined;
    needs[need] = reason ? { ...texts, overrideReason: reason } : texts;
  }
  return { ...state, confidential: { ...state.confidential, needs } };
}

/** L2: a provider that is still at work delivers at the new level. */
function withLevels(summary: AllocationSummary, levels: Map<NeedId, ComplexityLevel>): AllocationSummary {
  if (summary.phase === 'ended' || !summary.needs.some(({ need }) => levels.has(need))) return summary;
  return { ...summary, needs: summary.needs.map(({ need, level }) => ({ need, level: levels.get(need) ?? level })) };
}

/** While facts are missing nobody is in line: a place would pass it by. */
function matchedBy(referral: Referral, { rematch, missing }: { rematch: boolean; missing: string[] }): Referral {
  if (rematch) return matchedAfresh(referral);
  return missing.length > 0 ? { ...referral, groups: outOfLine(referral.groups, 'unplaced') } : referral;
}

/** Facts that matching hangs on have changed: what was tried before may fit now. */
const matchedAfresh = (referral: Referral): Referral => ({
  ...referral,
  openTasks: referral.openTasks.filter(({ type }) => type !== 'manual-allocation'),
  groups: referral.groups.map(afresh),
});

const afresh = (group: NeedsGroup): NeedsGroup => ({
  ...group,
  tried: [],
  place: group.place.at === 'manual-allocation' || group.place.at === 'waiting' ? { at: 'unplaced' } : group.place,
});

/** Nothing is held for those who are out of line, so what brings them back is matching anew; their time is kept. */
function outOfLine(groups: NeedsGroup[], at: 'unplaced' | 'closed'): NeedsGroup[] {
  if (!groups.some(({ place }) => place.at === 'waiting')) return groups;
  return groups.map((group) => (group.place.at === 'waiting' ? { ...group, place: { at } } : group));
}

/** L7: the task of a wait stays through every vain attempt, so that its deadline does; what ends the wait closes it. */
const isWaitOf = ({ type, groupId }: OpenTask, id: string): boolean => type === 'waiting-list' && groupId === id;

const leftToOperations = ({ groups, openTasks }: Referral, groupId: string): Partial<Referral> => ({
  groups: placed(groups, groupId, { at: 'manual-allocation' }),
  openTasks: openTasks.filter((task) => !isWaitOf(task, groupId)),
});

function redated(tasks: OpenTask[], dueDates: Record<string, string>, now: string): OpenTask[] {
  return tasks.map((task) => {
    const due = dueDates[task.id];
    if (!due) return task;
    // A deadline that has time again reminds and breaches anew (L7); any other keeps what has been said.
    if (due > task.dueAt && due > now)
      return { ...task, dueAt: due, remindAt: remindAt(task.type, due, new Date(now)), breachedAt: null };
    return { ...task, dueAt: due, remindAt: task.remindAt === null ? null : remindAt(task.type, due, new Date(now)) };
  });
}

function recommended(state: ReferralState, { data, detail }: EventOf<'complexity.recommended.v1'>): ReferralState {
  const { referral, confidential } = state;
  if (!confidential) throw new Error('a recommendation is explained in the private half');
  const needs = referral.needs.map((need) => {
    const found = data.needs.find((candidate) => candidate.need === need.need);
    if (!found) return need;
    const { level, certainty, atMost } = found;
    return { ...need, recommended: { level, certainty, atMost } };
  });
  const explained = { ...confidential.needs };
  for (const { need, ...recommendation } of detail.needs) explained[need] = { ...explained[need], recommendation };
  return { ...state, referral: { ...referral, needs }, confidential: { ...confidential, needs: explained } };
}

function confirmed(state: ReferralState, { data, texts }: EventOf<'complexity.confirmed.v1'>): ReferralState {
  const levels = new Map(data.needs.map(({ need, level }) => [need, level]));
  const needs = state.referral.needs.map((need) => ({ ...need, confirmed: levels.get(need.need) ?? need.confirmed }));
  return withReasons({ ...state, referral: { ...state.referral, needs } }, data.needs, texts?.words);
}

/** E7: the level is a fact of the referral from then on; where it was missing, it is no longer asked for (L1). */
function reassessed(referral: Referral, { data }: EventOf<'risk.reassessed.v1'>, at: string): Partial<Referral> {
  const { facts } = referral;
  const missing = referral.missing.filter((pointer) => pointer !== '/risk/seriousHarm');
  return {
    facts: { ...facts, risk: { ...facts.risk, seriousHarm: data.to } },
    riskNotice: { taskId: data.taskId, seriousHarm: data.to, at },
    missing,
    openTasks: stillAsked(referral.openTasks, missing),
  };
}

/** Once nothing is missing, nobody is asked for facts. */
const stillAsked = (tasks: OpenTask[], missing: string[]): OpenTask[] =>
  tasks.filter(({ type }) => !(missing.length === 0 && type === 'missing-information'));

function withGroup(groups: NeedsGroup[], id: string, needs: NeedId[], since: string): NeedsGroup[] {
  return groups.some((group) => group.id === id)
    ? groups
    : [...groups, { id, needs, since, tried: [], place: { at: 'unplaced' } }];
}

const placed = (groups: NeedsGroup[], id: string, place: GroupPlace): NeedsGroup[] =>
  groups.map((group) => (group.id === id ? { ...group, place } : group));

const triedAndUnplaced = (groups: NeedsGroup[], id: string, serviceId: string): NeedsGroup[] =>
  groups.map((group) =>
    group.id === id ? { ...group, tried: [...group.tried, serviceId], place: { at: 'unplaced' } } : group,
  );

/** L3: each part goes its own way; who was tried for the whole is not asked again for a part. */
const split = (groups: NeedsGroup[], { data }: EventOf<'needs-group.split.v1'>): NeedsGroup[] =>
  groups.flatMap((group) =>
    group.id === data.groupId
      ? data.into.map(({ groupId: id, needs }): NeedsGroup => ({ ...group, id, needs, place: { at: 'unplaced' } }))
      : [group],
  );

function manuallyPlaced(groups: NeedsGroup[], { data }: EventOf<'referral.allocated-manually.v1'>): NeedsGroup[] {
  const place: GroupPlace =
    data.decision === 'close' || !data.serviceId
      ? { at: 'closed' }
      : { at: 'unplaced', chosen: { serviceId: data.serviceId } };
  return placed(groups, data.groupId, place);
}

function allocationStarted(
  state: ReferralState,
  { data }: EventOf<'allocation.started.v1'>,
  at: string,
): ReferralState {
  const { allocationId: id, serviceId, providerId, needs } = data;
  const { referral } = state;
  const summary: AllocationSummary = {
    id,
    serviceId,
    providerId,
    needs,
    startedAt: at,
    phase: 'supplier-assessment',
    begun: false,
    endedFor: null,
  };
  const allocation: Allocation = {
    id,
    referralId: referral.id,
    crn: referral.crn,
    providerId,
    version: 1,
    caseworkerId: null,
    engagement: null,
    plan: null,
    rarDaysUsed: 0,
    sessionsHeld: [],
    report: null,
  };
  return { ...state, referral: { ...referral, allocations: [...referral.allocations, summary] }, allocation };
}

function booked({ data, detail }: EventOf<'appointment.booked.v1'>): Appointment {
  return {
    id: data.appointmentId,
    allocationId: data.allocationId,
    version: 1,
    purpose: data.purpose,
    session: data.session ?? null,
    groupId: detail.groupId,
    startsAt: data.startsAt,
    durationMinutes: detail.durationMinutes,
    mode: data.mode,
    status: 'booked',
    feedback: null,
  };
}

function attendanceRecorded(
  state: ReferralState,
  { data, detail }: EventOf<'attendance.recorded.v1'>,
  at: string,
): ReferralState {
  const { allocation, appointment } = state;
  if (!allocation || !appointment) throw new Error('attendance is recorded on a loaded appointment');
  const attended = data.attendance !== 'no';
  const before = appointment.feedback;
  const held = new Set(allocation.sessionsHeld);
  if (data.session !== undefined) attended ? held.add(data.session) : held.delete(data.session);
  const rarDaysUsed = allocation.rarDaysUsed + Number(data.rarDay) - Number(before?.rarDay ?? false);
  const recorded = onAppointment(onAllocation(state, { sessionsHeld: [...held].sort((a, b) => a - b), rarDaysUsed }), {
    status: attended ? 'held' : 'missed',
    feedback: {
      at,
      attendance: data.attendance,
      activities: detail.activities,
      rarDay: data.rarDay,
      corrections: before ? before.corrections + 1 : 0,
    },
  });
  if (!attended) return recorded;
  const summary = recorded.referral.allocations.find(({ id }) => id === data.allocationId);
  const assessed = data.purpose === 'supplier-assessment' && summary?.phase === 'supplier-assessment';
  // What is told after the allocation has ended changes nothing about how it ended: that has been said already.
  if ((summary?.begun && !assessed) || summary?.phase === 'ended') return recorded;
  return onSummary(recorded, data.allocationId, { begun: true, ...(assessed ? { phase: 'action-plan' } : {}) });
}

/** A report that is due stays due, whatever ends the referral. */
const staysDue = (task: OpenTask): boolean =>
  task.type === 'end-of-service-report' ||
  task.type === 'end-of-service-report-acknowledgement' ||
  outlivesReferral(task);

/** What stays open when nothing else of a referral does. */
const outliving = ({ openTasks }: Referral): OpenTask[] => openTasks.filter(outlivesReferral);

const withTask = (tasks: OpenTask[], id: string, change: Partial<OpenTask>): OpenTask[] =>
  tasks.map((task) => (task.id === id ? { ...task, ...change } : task));

/** A moved or cancelled appointment no longer waits for its feedback; what replaces it opens its own task. */
function withoutTask(state: ReferralState, appointmentId: string): ReferralState {
  const openTasks = state.referral.openTasks.filter((task) => task.appointmentId !== appointmentId);
  return openTasks.length === state.referral.openTasks.length
    ? state
    : { ...state, referral: { ...state.referral, openTasks } };
}

const ofAllocation = (allocationId: string) => (task: OpenTask) => task.allocationId === allocationId;

function onSummary(
  state: ReferralState,
  id: string,
  change: Partial<AllocationSummary>,
  closes: (task: OpenTask) => boolean = () => false,
): ReferralState {
  const { referral } = state;
  return {
    ...state,
    referral: {
      ...referral,
      allocations: referral.allocations.map((summary) => (summary.id === id ? { ...summary, ...change } : summary)),
      openTasks: referral.openTasks.filter((task) => !closes(task)),
    },
  };
}

function onAllocation(state: ReferralState, change: Partial<Allocation>): ReferralState {
  const { allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  return { ...state, allocation: { ...allocation, ...change, version: allocation.version + 1 } };
}

function onPlan(state: ReferralState, change: Partial<NonNullable<Allocation['plan']>>): ReferralState {
  const plan = state.allocation?.plan;
  if (!plan) throw new Error('the allocation has no action plan');
  return onAllocation(state, { plan: { ...plan, ...change } });
}

function onReport(state: ReferralState, status: NonNullable<Allocation['report']>['status']): ReferralState {
  const report = state.allocation?.report;
  if (!report) throw new Error('the allocation has no end of service report');
  return onAllocation(state, { report: { ...report, status } });
}

function onAppointment(state: ReferralState, change: Partial<Appointment>): ReferralState {
  const { appointment } = state;
  if (!appointment) throw new Error('the appointment is not loaded');
  return { ...state, appointment: { ...appointment, ...change, version: appointment.version + 1 } };
}
