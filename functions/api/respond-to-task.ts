import * as z from 'zod';
import { directory as directoryOf } from '../../shared/adapters/directory.ts';
import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { respondToTask as contract } from '../../shared/contracts/routes/tasks.ts';
import {
  type AnswerableTaskType,
  isAnswerable,
  type TaskAnswer,
  taskAnswers,
} from '../../shared/contracts/task-answers.ts';
import { canonical } from '../../shared/domain/canonical.ts';
import { answerPlanApproval } from '../../shared/domain/commands/action-plan.ts';
import { addOfferInformation, allocateManually, answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { confirmComplexity } from '../../shared/domain/commands/complexity.ts';
import { answerReport } from '../../shared/domain/commands/end-of-service-report.ts';
import { answerNonEngagement } from '../../shared/domain/commands/non-engagement.ts';
import { reassessRisk } from '../../shared/domain/commands/risk.ts';
import { supplyInformation } from '../../shared/domain/commands/supply-information.ts';
import type { Context, ReferralState } from '../../shared/domain/decision.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import type { Service } from '../../shared/domain/service.ts';
import { taskPolicies } from '../../shared/domain/task-types.ts';
import type { Caller, Ports, TaskRecord } from '../../shared/ports.ts';
import { accepted, actorOf } from '../middleware/commands.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { note } from '../middleware/observe.ts';
import { owns, taskFor, viewOf } from '../middleware/own-task.ts';
import { faultsOf } from '../middleware/request.ts';

/** Only the task's own type says what its answer may be. */
const anything = z.unknown();

type RespondPorts = Pick<Ports, 'clients' | 'clock' | 'referrals' | 'tasks'> & {
  directory: Pick<Ports['directory'], 'find'>;
};

/**
 * The callback (architecture rule 3): one task, one answer. It is committed with its event before anything is woken, so
 * it cannot be lost; the same answer again gets the same reply, and another one is refused.
 */
export const respondToTask = (ports: RespondPorts) =>
  endpoint({ ...contract, body: anything }, ports, async ({ params: { taskId }, body, caller, traceparent }) => {
    const task = await taskFor(ports, caller, taskId);
    note({ referralId: task.referralId, taskId, taskType: task.type });
    mustOwn(task, caller);
    const answer = parseAnswer(task, body);
    if (task.status === 'open') {
      const service = 'serviceId' in answer ? await ports.directory.find(answer.serviceId) : undefined;
      const outcome = await ports.referrals.execute(
        task.referralId,
        { confidential: true, allocationId: task.allocationId ?? undefined },
        (state, context) => decide(task, { answer, service }, state, context),
        { by: actorOf(caller), traceparent },
      );
      const isTooLate = isRefusal(outcome) && outcome.refused === 'TaskNoLongerOpen';
      if (!isTooLate) accepted(outcome);
    }
    // Read anew: whoever closed it, this caller gets the reply that belongs to what stands there now.
    const current = await ports.tasks.find(taskId);
    if (!current) throw new NotFound(taskId);
    mustStand(current, await ports.tasks.answerTo(current), answer);
    return { status: status.accepted, body: await viewOf(ports, current, caller) };
  });

function mustOwn(task: TaskRecord, caller: Caller): void {
  if (!owns(caller, task)) {
    throw new ProblemError('forbidden', `This task is for the ${taskPolicies[task.type].owner} to answer.`);
  }
}

function parseAnswer({ type }: TaskRecord, body: unknown): TaskAnswer {
  if (!isAnswerable(type)) {
    throw new ProblemError('not-possible-now', `A ${type} task is answered by commands of its own, not here.`);
  }
  const parsed = taskAnswers[type].safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-request', 'Every fault is listed.', { errors: faultsOf(parsed.error) });
}

/** The answer that was given must be this one; a lapsed or withdrawn task has none. */
function mustStand({ status: closed }: TaskRecord, given: unknown, answer: TaskAnswer): void {
  if (closed === 'lapsed') throw new ProblemError('task-lapsed', 'Its deadline passed before it was answered.');
  if (closed === 'withdrawn')
    throw new ProblemError('task-no-longer-open', 'It was withdrawn: nothing is asked any more.');
  if (canonical(given) !== canonical(answer)) {
    throw new ProblemError('already-answered-differently', 'The answer that was given first stands.');
  }
}

interface Given {
  answer: TaskAnswer;
  /** The service that it names, if the directory knows it. */
  service: Service | undefined;
}

/** Which decision an answer is: its type has said what it may be. */
function decide({ id: taskId, type }: TaskRecord, given: Given, state: ReferralState, context: Context) {
  const as = <T extends AnswerableTaskType>(_type: T) => given.answer as TaskAnswer<T>;
  switch (type) {
    case 'missing-information':
      return supplyInformation(state, { taskId, facts: as(type) }, context);
    case 'complexity-confirmation':
      return confirmComplexity(state, { taskId, ...as(type) }, context);
    case 'offer':
      return answerOffer(state, { taskId, answer: as(type) }, context);
    case 'offer-returned':
      return addOfferInformation(state, { taskId, ...as(type) }, context);
    case 'manual-allocation':
    case 'waiting-list':
      return allocateManually(state, { taskId, answer: as(type), service: given.service }, context);
    case 'action-plan-approval':
      return answerPlanApproval(state, { taskId, answer: as(type) }, context);
    case 'non-engagement':
      return answerNonEngagement(state, { taskId, answer: as(type) }, context);
    case 'end-of-service-report-acknowledgement':
      return answerReport(state, { taskId, answer: as(type) }, context);
    case 'risk-reassessment':
      return reassessRisk(state, { taskId, answer: as(type) }, context);
    default:
      throw new Error(`${type} has no answer`);
  }
}

export const handler = deployed(() => {
  const ports = commanding();
  return respondToTask({ ...ports, tasks: tasksOf(ports.db), directory: directoryOf(ports.db, ports.clock) });
});
