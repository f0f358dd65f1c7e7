import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { putActionPlan, submitActionPlan } from '../../shared/contracts/routes/action-plans.ts';
import {
  acceptEngagement,
  assignCaseworker,
  completeDelivery,
  getAllocation,
} from '../../shared/contracts/routes/allocations.ts';
import { bookAppointment, listAppointments, recordFeedback } from '../../shared/contracts/routes/appointments.ts';
import type { endReferralEarly, extendReferral, transferReferral } from '../../shared/contracts/routes/changes.ts';
import { checkEligibility } from '../../shared/contracts/routes/eligibility.ts';
import {
  putEndOfServiceReport,
  submitEndOfServiceReport,
} from '../../shared/contracts/routes/end-of-service-reports.ts';
import { changeGroupSession, planGroupSession } from '../../shared/contracts/routes/group-sessions.ts';
import { listRankings } from '../../shared/contracts/routes/rankings.ts';
import {
  type amendReferral,
  getReferral,
  getReferralHistory,
  type pauseReferral,
  type resumeReferral,
  sendReferral,
  type withdrawReferral,
} from '../../shared/contracts/routes/referrals.ts';
import { reportRisk } from '../../shared/contracts/routes/risk-reports.ts';
import { getTask, listTasks, respondToTask } from '../../shared/contracts/routes/tasks.ts';
import type { TaskAnswer } from '../../shared/contracts/task-answers.ts';
import type { AppointmentView } from '../../shared/contracts/views/appointment.ts';
import type { EligibilityView } from '../../shared/contracts/views/eligibility.ts';
import type { HistoryItem } from '../../shared/contracts/views/history.ts';
import type { RankingView } from '../../shared/contracts/views/ranking.ts';
import type { OperationsReferralView, ReferralView } from '../../shared/contracts/views/referral.ts';
import type { TaskView } from '../../shared/contracts/views/task.ts';
import type { ReferralFacts } from '../../shared/domain/referral-facts.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import type { ComplexityLevel, NeedId } from '../../shared/domain/vocabulary.ts';
import { type ApiClient, client, type RequestTo, type SuccessOf } from './api-client.ts';
import type { Stack } from './stack-file.ts';
import { clientNamed, token } from './token.ts';

/** People and systems as they use the service: through HTTP, each with a token of its own. */

/** Asks soon, then less often: on a small machine the asking itself slows down what is waited for. */
const firstPollMilliseconds = 100;
const slowestPollMilliseconds = 700;
const patienceSeconds = 45;

/** Asks until there is an answer; says what it waited for when there is none. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + patienceSeconds * 1000;
  for (let wait = firstPollMilliseconds; Date.now() < giveUpAt; wait = Math.min(wait * 1.5, slowestPollMilliseconds)) {
    const found = await ask();
    if (found !== undefined) return found;
    await pause(wait);
  }
  throw new Error(`waited ${patienceSeconds} s in vain for ${what}`);
}

class Actor {
  readonly api: ApiClient;
  constructor(stack: Stack, name: string) {
    this.api = client({ apiUrl: stack.apiUrl, token: () => token(stack, clientNamed(stack, name)) });
  }

  /** The actor's open task of a type on a referral, once there is one. */
  async task<T extends TaskType>(referralId: string, type: T): Promise<Extract<TaskView, { type: T }>> {
    const found = await until(`a ${type} task of ${referralId}`, async () => {
      let cursor: string | undefined;
      do {
        const query = { type, limit: 100, ...(cursor ? { cursor } : {}) };
        const { body } = await this.api.must(listTasks, { query });
        const task = body.items.find((item) => item.referralId === referralId);
        if (task) return task;
        cursor = body.cursor ?? undefined;
      } while (cursor);
      return undefined;
    });
    return (await this.readTask(found.id)) as Extract<TaskView, { type: T }>;
  }

  async readTask(taskId: string): Promise<TaskView> {
    const { body } = await this.api.must(getTask, { params: { taskId } });
    return body;
  }

  async answer(taskId: string, body: RequestTo<typeof respondToTask>['body']): Promise<void> {
    await this.api.must(respondToTask, { params: { taskId }, body });
  }

  /** E7: says that the risk may have risen. */
  async reportRisk(referralId: string, concern: string, observedAt: Date): Promise<SuccessOf<typeof reportRisk>> {
    return this.api.must(reportRisk, {
      params: { referralId },
      idempotencyKey: randomUUID(),
      body: { concern, observedAt: observedAt.toISOString() },
    });
  }

  /** The appointments of an allocation, as far as the actor may see them. */
  async appointments(allocationId: string): Promise<AppointmentView[]> {
    const { body } = await this.api.must(listAppointments, { params: { allocationId }, query: { limit: 100 } });
    return body.items;
  }

  async history(referralId: string): Promise<HistoryItem[]> {
    const found: HistoryItem[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 100, ...(cursor ? { cursor } : {}) };
      const { body } = await this.api.must(getReferralHistory, { params: { referralId }, query });
      found.push(...body.items);
      cursor = body.cursor ?? undefined;
    } while (cursor);
    return found;
  }
}

/** A probation practitioner, through their case system. */
export class Practitioner extends Actor {
  constructor(stack: Stack, name = 'practitioner') {
    super(stack, name);
  }

  async send(facts: ReferralFacts): Promise<ReferralView> {
    const { body } = await this.api.must(sendReferral, { body: facts, idempotencyKey: randomUUID() });
    return body;
  }

  async read(referralId: string): Promise<ReferralView & { etag: string }> {
    const { body, etag } = await this.api.must(getReferral, { params: { referralId } });
    return { ...(body as ReferralView), etag: etag ?? '' };
  }

  /** L3: how matching came to ask whom, in the order in which it did. */
  async rankings(referralId: string): Promise<RankingView[]> {
    const { body } = await this.api.must(listRankings, { params: { referralId }, query: { limit: 100 } });
    return body.items;
  }

  /** Confirms a level for every need: what is recommended, else `level`; or what is put in its place, with a reason. */
  async confirmComplexity(
    referralId: string,
    level: ComplexityLevel = 'medium',
    overrides: { need: NeedId; level: ComplexityLevel; reason: string }[] = [],
  ): Promise<void> {
    const { id, subject } = await this.task(referralId, 'complexity-confirmation');
    const needs = (subject?.needs ?? []).map(
      ({ need, recommended }) =>
        overrides.find((override) => override.need === need) ?? { need, level: recommended ?? level },
    );
    await this.answer(id, { needs });
  }

  /** Repeats a change on what the referral has become, when someone else was quicker. */
  async change<
    C extends
      | typeof withdrawReferral
      | typeof pauseReferral
      | typeof resumeReferral
      | typeof amendReferral
      | typeof endReferralEarly
      | typeof extendReferral
      | typeof transferReferral,
  >(contract: C, referralId: string, body: RequestTo<C>['body']): Promise<void> {
    await until(`${contract.name} of ${referralId}`, async () => {
      const { etag: ifMatch } = await this.read(referralId);
      const request = { params: { referralId }, body, ifMatch } as unknown as RequestTo<C>;
      const { ok, status } = await this.api.call<C>(contract, request);
      if (ok) return true;
      if (status === 412) return undefined;
      throw new Error(`${contract.name} was refused with ${status}`);
    });
  }

  /** Reads what was reported and answers it; reads again where another report has come in meanwhile (E7). */
  async reassessRisk(
    taskId: string,
    answer: Omit<TaskAnswer<'risk-reassessment'>, 'considered'>,
  ): Promise<TaskAnswer<'risk-reassessment'>> {
    return until(`the reassessment ${taskId}`, async () => {
      const task = await this.readTask(taskId);
      const [latest] = task.type === 'risk-reassessment' ? (task.subject?.reports ?? []) : [];
      const body = { ...answer, ...(latest ? { considered: latest.id } : {}) };
      const { ok, status } = await this.api.call(respondToTask, { params: { taskId }, body });
      if (ok) return body;
      if (status === 409) return undefined;
      throw new Error(`the reassessment was refused with ${status}`);
    });
  }

  concluded(referralId: string): Promise<ReferralView> {
    return until(`the conclusion of ${referralId}`, async () => {
      const referral = await this.read(referralId);
      return referral.stage === 'concluded' ? referral : undefined;
    });
  }
}

type Attendance = 'yes' | 'late' | 'no';
type GroupSession = Pick<SuccessOf<typeof planGroupSession>['body'], 'id' | 'version'>;

/** What a provider will do, and which output of the service that is (O7–O17). */
export type PlannedActivity = Pick<
  RequestTo<typeof putActionPlan>['body']['activities'][number],
  'outputRow' | 'description'
>;
const mentoring: PlannedActivity = { outputRow: 'O17', description: 'One-to-one support' };

/** A service provider: its people or its system. */
export class Provider extends Actor {
  readonly id: string;
  constructor(stack: Stack, id: string) {
    super(stack, `provider:${id}`);
    this.id = id;
  }

  async acceptOffer(referralId: string): Promise<string> {
    const { id } = await this.task(referralId, 'offer');
    await this.answer(id, { decision: 'accepted' });
    return this.allocationOf(referralId);
  }

  async declineOffer(referralId: string, reason: 'no-capacity' | 'not-suitable', text: string): Promise<void> {
    const { id } = await this.task(referralId, 'offer');
    await this.answer(id, { decision: 'declined', reason, text });
  }

  /** Asks the practitioner something before it answers. */
  async returnOffer(referralId: string, text: string): Promise<void> {
    const { id } = await this.task(referralId, 'offer');
    await this.answer(id, { decision: 'returned', text });
  }

  async allocationOf(referralId: string): Promise<string> {
    return (await this.task(referralId, 'supplier-assessment')).allocationId ?? '';
  }

  /** A command on the allocation as it is now. */
  private async command<C extends EndpointContract>(
    contract: C,
    allocationId: string,
    body?: unknown,
  ): Promise<SuccessOf<C>> {
    const { etag } = await this.api.must(getAllocation, { params: { allocationId } });
    return this.api.must(contract, { params: { allocationId }, ifMatch: etag, body } as unknown as RequestTo<C>);
  }

  async assignCaseworker(allocationId: string, caseworker: { id: string; name: string }): Promise<void> {
    await this.command(assignCaseworker, allocationId, caseworker);
  }

  /** O5: the person understood and accepted their responsibilities. */
  async acceptEngagement(allocationId: string, explainedBy: string, acceptedAt: Date): Promise<void> {
    const engagement = { acceptedAt: acceptedAt.toISOString(), explainedBy, language: 'en', format: 'spoken' as const };
    await this.command(acceptEngagement, allocationId, engagement);
  }

  /** Books an appointment that starts now, and records that the person came. */
  async hold(
    allocationId: string,
    what: { purpose: 'supplier-assessment' } | { purpose: 'session'; session: number },
    startsAt: Date,
    attendance: Attendance = 'yes',
  ): Promise<void> {
    const held = { startsAt: startsAt.toISOString(), durationMinutes: 60, mode: 'in-person', place: 'Room 2' } as const;
    await this.recordAttendance(await this.book(allocationId, { ...what, ...held }), attendance);
  }

  async book(allocationId: string, body: RequestTo<typeof bookAppointment>['body']): Promise<AppointmentView> {
    const request = { params: { allocationId }, idempotencyKey: randomUUID(), body };
    return (await this.api.must(bookAppointment, request)).body;
  }

  /** Of an appointment as it is now. */
  async recordAttendance(
    { id: appointmentId, allocationId, version }: AppointmentView,
    attendance: Attendance = 'yes',
  ): Promise<void> {
    await this.api.must(recordFeedback, {
      params: { allocationId, appointmentId },
      ifMatch: `"${version}"`,
      body: { attendance, activities: [], rarDay: attendance !== 'no', notes: 'Went as planned' },
    });
  }

  /** L4: a meeting of several people, in which appointments take a place each. */
  async planGroup(body: RequestTo<typeof planGroupSession>['body']): Promise<GroupSession> {
    return (await this.api.must(planGroupSession, { idempotencyKey: randomUUID(), body })).body;
  }

  async changeGroup(
    { id: groupId, version }: GroupSession,
    body: RequestTo<typeof changeGroupSession>['body'],
  ): Promise<void> {
    await this.api.must(changeGroupSession, { params: { groupId }, ifMatch: `"${version}"`, body });
  }

  /** The needs that it works on. */
  async needsOf(allocationId: string): Promise<NeedId[]> {
    const { body } = await this.api.must(getAllocation, { params: { allocationId } });
    return body.needs.map(({ need }) => need);
  }

  /** Writes a plan with one such activity for each need, towards these outcomes, and submits it. */
  async submitPlan(
    allocationId: string,
    sessions: number,
    desiredOutcomes: string[] = [],
    activity: PlannedActivity = mentoring,
  ): Promise<void> {
    const activities = (await this.needsOf(allocationId)).map((need) => ({
      id: `activity-${need}`,
      need,
      desiredOutcomes,
      ...activity,
    }));
    await this.command(putActionPlan, allocationId, { sessions, activities });
    await this.command(submitActionPlan, allocationId);
  }

  async complete(allocationId: string): Promise<void> {
    await this.command(completeDelivery, allocationId, { reason: 'plan-completed' });
  }

  /** Reports every desired outcome, and submits the report. */
  async report(
    allocationId: string,
    outcomes: string[],
    level: 'achieved' | 'partially-achieved' | 'not-achieved' = 'achieved',
  ): Promise<void> {
    await this.command(putEndOfServiceReport, allocationId, {
      outcomes: outcomes.map((id) => ({ id, level, evidence: 'Seen at the last session' })),
      summary: 'A good piece of work',
    });
    await this.command(submitEndOfServiceReport, allocationId);
  }
}

/** A court user: asks what would be open to a person before there is a sentence. */
export class Court extends Actor {
  constructor(stack: Stack) {
    super(stack, 'court');
  }

  async check(facts: RequestTo<typeof checkEligibility>['body']): Promise<EligibilityView> {
    const { body } = await this.api.must(checkEligibility, { body: facts });
    return body;
  }
}

/** Those who keep it running: they see how every referral stands, and nobody's person. */
export class Operations extends Actor {
  constructor(stack: Stack) {
    super(stack, 'operations');
  }

  async read(referralId: string): Promise<OperationsReferralView> {
    const { body } = await this.api.must(getReferral, { params: { referralId } });
    return body as OperationsReferralView;
  }
}
