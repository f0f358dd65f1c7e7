import type { Allocation, Appointment } from '../../shared/domain/allocation.ts';
import { answerPlanApproval, draftPlan, submitPlan } from '../../shared/domain/commands/action-plan.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { bookAppointment, type RecordFeedback, recordFeedback } from '../../shared/domain/commands/appointments.ts';
import {
  type AmendReferral,
  amendReferral,
  pauseReferral,
  resumeReferral,
  withdrawReferral,
} from '../../shared/domain/commands/change-referral.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { draftReferral } from '../../shared/domain/commands/draft.ts';
import { answerReport, draftReport, submitReport } from '../../shared/domain/commands/end-of-service-report.ts';
import { makeOffers } from '../../shared/domain/commands/make-offers.ts';
import type { MatchingPolicy } from '../../shared/domain/commands/place-groups.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import { type ReassessRisk, type ReportRisk, reassessRisk, reportRisk } from '../../shared/domain/commands/risk.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import type { Context, Decide, ReferralState } from '../../shared/domain/decision.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import type { Actor, DomainEvent } from '../../shared/domain/events.ts';
import { evolve } from '../../shared/domain/evolve.ts';
import type { GroupSession } from '../../shared/domain/group-session.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { OnwardLink } from '../../shared/domain/onward-link.ts';
import type { AllocationSummary, OpenTask } from '../../shared/domain/referral.ts';
import type { ReferralFacts } from '../../shared/domain/referral-facts.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import { type ComplexityLevel, outputRows } from '../../shared/domain/vocabulary.ts';
import { addWorkingDays } from '../../shared/domain/working-days.ts';
import { aReferral, today } from './referral-facts.ts';
import { serviceOf } from './services.ts';

export const sender: Actor = { organisation: 'north-probation', client: 'north-case-system' };

/** Fresh ids, in order, so that a failing test fails the same way again. */
const idsFrom = (count: { last: number }) => () => {
  count.last += 1;
  return `00000000-0000-4000-8000-${count.last.toString(16).padStart(12, '0')}`;
};

/** Everything that belongs to one referral, as the store would hold it. */
interface World {
  referral: ReferralState['referral'];
  confidential: NonNullable<ReferralState['confidential']>;
  allocations: ReadonlyMap<string, Allocation>;
  appointments: ReadonlyMap<string, Appointment>;
  messages: ReadonlyMap<string, Message>;
  onwardLinks: ReadonlyMap<string, OnwardLink>;
  /** That a command is given, where it books into one or follows one. */
  groupSession?: ReferralState['groupSession'];
  events: readonly DomainEvent[];
  /** When each of the events happened. */
  times: readonly Date[];
  now: Date;
  ids: { last: number };
}

export interface Scope {
  allocationId?: string | undefined;
  appointmentId?: string | undefined;
  messageId?: string | undefined;
  linkId?: string | undefined;
}

type Moment = { at?: Date };

/**
 * A referral with a past. Each chapter plays real commands and folds their events, so no test starts from a state that
 * the service could not reach. Stories do not change: each chapter is a new one.
 */
export class Story {
  readonly world: World;
  constructor(world: World) {
    this.world = world;
  }

  get referral() {
    return this.world.referral;
  }

  /** What a command with this scope is given; by default with the newest allocation and its newest appointment. */
  state({ allocationId, appointmentId, messageId, linkId }: Scope = this.newest()): ReferralState {
    const { referral, confidential, allocations, appointments, messages, onwardLinks } = this.world;
    const allocation = allocationId ? allocations.get(allocationId) : undefined;
    const appointment = appointmentId ? appointments.get(appointmentId) : undefined;
    const onwardLink = linkId ? onwardLinks.get(linkId) : undefined;
    const message = messageId ? messages.get(messageId) : undefined;
    return {
      referral,
      confidential,
      ...(allocation ? { allocation } : {}),
      ...(appointment ? { appointment } : {}),
      ...(message ? { message } : {}),
      ...(onwardLink ? { onwardLink } : {}),
      ...(this.world.groupSession ? { groupSession: this.world.groupSession } : {}),
    };
  }

  /** The story beside this group session. */
  beside(groupSession: NonNullable<ReferralState['groupSession']>): Story {
    return new Story({ ...this.world, groupSession });
  }

  newest(): Scope {
    const allocationId = [...this.world.allocations.keys()].at(-1);
    const own = [...this.world.appointments.values()].filter((one) => one.allocationId === allocationId);
    return { allocationId, appointmentId: own.at(-1)?.id };
  }

  context(now = this.world.now): Context {
    return { now, by: sender, newId: idsFrom(this.world.ids) };
  }

  /** The story after these events. */
  with(events: readonly DomainEvent[], now = this.world.now, scope: Scope = this.newest()): Story {
    let state = this.state(scope);
    const allocations = new Map(this.world.allocations);
    const appointments = new Map(this.world.appointments);
    const messages = new Map(this.world.messages);
    const onwardLinks = new Map(this.world.onwardLinks);
    for (const event of events) {
      state = evolve(state, event, now);
      if (state.allocation) allocations.set(state.allocation.id, state.allocation);
      if (state.appointment) appointments.set(state.appointment.id, state.appointment);
      if (state.message) messages.set(state.message.id, state.message);
      if (state.onwardLink) onwardLinks.set(state.onwardLink.id, state.onwardLink);
    }
    const { referral, confidential = this.world.confidential } = state;
    const all = [...this.world.events, ...events];
    const parts = { allocations, appointments, messages, onwardLinks };
    const times = [...this.world.times, ...events.map(() => now)];
    return new Story({ ...this.world, referral, confidential, ...parts, events: all, times, now });
  }

  /** One more command, which must not be refused. */
  does<Command>(decide: Decide<Command>, command: Command, { at, ...scope }: Moment & Scope = {}): Story {
    const now = at ?? this.world.now;
    const loaded = { ...this.newest(), ...scope };
    const outcome = decide(this.state(loaded), command, this.context(now));
    if (isRefusal(outcome)) throw new Error(`the story goes wrong: ${outcome.refused}: ${outcome.detail}`);
    return this.with(outcome, now, loaded);
  }

  later(now: Date): Story {
    return new Story({ ...this.world, now });
  }

  /** The one open task of a type, on one allocation where there are several. */
  task(type: TaskType, allocationId?: string): OpenTask {
    const found = this.referral.openTasks.filter(
      (task) => task.type === type && (!allocationId || task.allocationId === allocationId),
    );
    const [only, ...others] = found;
    if (!only || others.length > 0) throw new Error(`${found.length} open tasks of type ${type}, not one`);
    return only;
  }

  tasks(type: TaskType): OpenTask[] {
    return this.referral.openTasks.filter((task) => task.type === type);
  }

  /** Allocations that stand at a phase, the oldest first. */
  at(phase: AllocationSummary['phase']): AllocationSummary[] {
    return this.referral.allocations.filter((summary) => summary.phase === phase);
  }

  recommended(when: Moment = {}): Story {
    return this.does(recommendComplexity, {}, when);
  }

  confirmed(level: ComplexityLevel = 'medium', when: Moment = {}): Story {
    const story = this.tasks('complexity-confirmation').length > 0 ? this : this.recommended(when);
    const { id: taskId } = story.task('complexity-confirmation');
    const needs = story.referral.needs.map(({ need }) => ({ need, level, reason: 'Knows the person well' }));
    return story.does(confirmComplexity, { taskId, needs }, when);
  }

  offeredFrom(services: AvailableService[], { parallelOffers, ...when }: Moment & MatchingPolicy = {}): Story {
    const story = this.referral.needs.some(({ confirmed }) => confirmed === null) ? this.confirmed() : this;
    return story.does(makeOffers, { services, policy: { parallelOffers } }, when);
  }

  /** Offered to a provider whose service takes every need; T1 says when the offer must be made to fall due then. */
  offeredTo(provider: string, { dueAt }: { dueAt?: Date } = {}): Story {
    return this.offeredFrom([serviceOf(provider)], dueAt ? { at: addWorkingDays(dueAt, -2) } : {});
  }

  /** Every open offer is accepted. */
  accepted(when: Moment = {}): Story {
    const story = this.tasks('offer').length > 0 ? this : this.offeredTo('provider-a');
    return story
      .tasks('offer')
      .reduce((so, { id }) => so.does(answerOffer, { taskId: id, answer: { decision: 'accepted' } }, when), story);
  }

  /** The supplier assessment is booked and held, for every allocation that waits for it. */
  assessed(when: Moment = {}): Story {
    const story = this.referral.allocations.length > 0 ? this : this.accepted();
    const now = when.at ?? story.world.now;
    return story.at('supplier-assessment').reduce((so, { id: allocationId }) => {
      const booked = so.does(bookAppointment, anAssessment(now), { allocationId, at: now });
      return booked.does(recordFeedback, feedback(), { ...booked.newestOf(allocationId), at: now });
    }, story);
  }

  newestOf(allocationId: string): Scope {
    const own = [...this.world.appointments.values()].filter((one) => one.allocationId === allocationId);
    return { allocationId, appointmentId: own.at(-1)?.id };
  }

  planSubmitted(sessions = 2): Story {
    const story = this.referral.allocations.some(({ begun }) => begun) ? this : this.assessed();
    return story
      .at('action-plan')
      .reduce(
        (so, { id: allocationId }) =>
          so
            .does(draftPlan, so.planFor(allocationId, sessions), { allocationId })
            .does(submitPlan, {}, { allocationId }),
        story,
      );
  }

  /** A plan that fits the allocation. */
  planFor(allocationId: string, sessions = 2) {
    const summary = this.referral.allocations.find(({ id }) => id === allocationId);
    const activities = (summary?.needs ?? []).map(({ need }, index) => ({
      id: `activity-${index}`,
      need,
      desiredOutcomes: this.outcomesOf(allocationId, need).slice(0, 1),
      outputRow: 'O8',
      description: 'Viewings and forms, together',
    }));
    return { sessions, activities };
  }

  outcomesOf(allocationId: string, only?: string): string[] {
    const own = this.referral.allocations.find(({ id }) => id === allocationId)?.needs ?? [];
    return this.referral.facts.needs
      .filter(({ need }) => own.some((one) => one.need === need) && (!only || need === only))
      .flatMap(({ desiredOutcomes }) => desiredOutcomes ?? []);
  }

  /** Sessions have started. */
  delivering(sessions = 2): Story {
    const story = this.tasks('action-plan-approval').length > 0 ? this : this.planSubmitted(sessions);
    return story
      .tasks('action-plan-approval')
      .reduce(
        (so, { id, allocationId }) =>
          so.does(answerPlanApproval, { taskId: id, answer: { decision: 'approved' } }, { allocationId }),
        story,
      );
  }

  /** Every plan that runs is completed; the reports are due. */
  delivered(when: Moment = {}): Story {
    const story = this.at('delivery').length > 0 ? this : this.delivering();
    return story
      .at('delivery')
      .reduce(
        (so, { id }) => so.does(completeDelivery, { reason: 'plan-completed' }, { allocationId: id, ...when }),
        story,
      );
  }

  reported(): Story {
    const story = this.at('end-of-service-report').length > 0 ? this : this.delivered();
    return story
      .at('end-of-service-report')
      .reduce(
        (so, { id }) =>
          so.does(draftReport, so.reportFor(id), { allocationId: id }).does(submitReport, {}, { allocationId: id }),
        story,
      );
  }

  reportFor(allocationId: string) {
    const outcomes = this.outcomesOf(allocationId).map((id) => ({
      id,
      level: 'achieved' as const,
      evidence: 'Has signed a tenancy',
    }));
    return { outcomes };
  }

  acknowledged(): Story {
    const story = this.at('acknowledgement').length > 0 ? this : this.reported();
    return story
      .tasks('end-of-service-report-acknowledgement')
      .reduce(
        (so, { id, allocationId }) =>
          so.does(answerReport, { taskId: id, answer: { decision: 'acknowledged' } }, { allocationId }),
        story,
      );
  }

  paused(when: Moment = {}): Story {
    return this.does(pauseReferral, { reason: 'recalled' }, when);
  }

  resumed(when: Moment = {}): Story {
    return this.does(resumeReferral, {}, when);
  }

  withdrawn(when: Moment = {}): Story {
    return this.does(withdrawReferral, { reason: 'moved' }, when);
  }

  /** E7: somebody is worried. */
  riskReported(report: Partial<ReportRisk> = {}, when: Moment = {}): Story {
    const observedAt = (when.at ?? this.world.now).toISOString();
    return this.does(reportRisk, { ...aConcern, observedAt, ...report }, when);
  }

  riskReassessed(answer: ReassessRisk['answer'], when: Moment = {}): Story {
    return this.does(reassessRisk, { taskId: this.task('risk-reassessment').id, answer }, when);
  }

  amended(changes: AmendReferral['changes'], when: Moment = {}): Story {
    return this.does(amendReferral, { changes, reason: 'Things have changed' }, when);
  }
}

/** O1: what the practitioner writes to the provider of an allocation. */
export const aMessage = (allocationId: string, text = 'She starts work on Monday') => ({
  from: 'practitioner' as const,
  to: { allocationId },
  text,
});

export const aConcern = { concern: 'Has bought a knife', reportedBy: 'provider' as const };

export const anAssessment = (startsAt: Date) => ({
  purpose: 'supplier-assessment' as const,
  startsAt: startsAt.toISOString(),
  durationMinutes: 60,
  mode: 'in-person' as const,
});

/** A group session of the one who delivers an allocation, which covers everything (L4). */
export const aGroupSession = (
  { providerId, serviceId }: Pick<AllocationSummary, 'providerId' | 'serviceId'>,
  changes: Partial<GroupSession> = {},
): GroupSession => ({
  id: '00000000-0000-4000-8000-00000000aaaa',
  providerId,
  serviceId,
  caseworkerId: 'cw-lead',
  outputRows: [...outputRows],
  startsAt: '2026-06-18T10:00:00.000Z',
  durationMinutes: 90,
  mode: 'in-person',
  places: 8,
  status: 'planned',
  version: 1,
  sequence: 1,
  revision: 1,
  revisedFor: null,
  seats: [],
  ...changes,
});

/** A session of the plan, held in it. */
export const inGroup = (session: number, { id: groupId }: Pick<GroupSession, 'id'>) => ({
  purpose: 'session' as const,
  session,
  groupId,
});

export const aSession = (session: number, startsAt: Date) => ({
  ...anAssessment(startsAt),
  purpose: 'session' as const,
  session,
});

export const feedback = (changes: Partial<RecordFeedback> = {}): RecordFeedback => ({
  attendance: 'yes',
  activities: [],
  rarDay: false,
  notes: 'Came on time',
  ...changes,
});

/** A referral that has been sent: by default complete, and by everything that is known eligible. */
export function aReferralState(facts: ReferralFacts = aReferral(), { at: now = today }: Moment = {}): Story {
  const { command, context, ids } = beginning(facts, now);
  const events = sendReferral({ ...command, possibleDuplicates: [] }, context);
  if (isRefusal(events))
    throw new Error(`the story cannot start: ${events.refused}: ${JSON.stringify(events.faults ?? events.needs)}`);
  return startedStory(events, now, ids);
}

/** A referral that has only been saved. */
export function aDraft(facts: ReferralFacts = aReferral(), { at: now = today }: Moment = {}): Story {
  const { command, context, ids } = beginning(facts, now);
  const events = draftReferral({ ...command, keptDays: 90 }, context);
  if (isRefusal(events)) throw new Error(`the story cannot start: ${JSON.stringify(events.faults)}`);
  return startedStory(events, now, ids);
}

function beginning(facts: ReferralFacts, now: Date) {
  const ids = { last: 0 };
  const newId = idsFrom(ids);
  const command = { id: newId(), referenceNumber: 'BCDF1234', facts: { ...facts }, catalogueVersion: '1' };
  return { command, context: { now, by: sender, newId }, ids };
}

/** The story that a `referral.sent.v1` or `referral.drafted.v1` starts. */
export function startedStory(events: DomainEvent[], now: Date, ids: { last: number } = { last: 0 }): Story {
  const [sent, ...others] = events;
  if (sent?.type !== 'referral.sent.v1' && sent?.type !== 'referral.drafted.v1')
    throw new Error('a referral starts by being sent, or as a draft');
  const nothing = { referral: { ...sent.detail.referral, id: '', sequence: 0, version: 0 } };
  const { referral, confidential } = evolve(nothing, sent, now);
  if (!confidential) throw new Error('what was sent has its private half');
  const parts = { allocations: new Map(), appointments: new Map(), messages: new Map(), onwardLinks: new Map() };
  const world = { referral, confidential, ...parts, events: [sent], times: [now], now, ids };
  return new Story(world).with(others, now);
}
