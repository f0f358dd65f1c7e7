import { NotFound } from '../../shared/contracts/errors.ts';
import type { AnswerableTaskType, TaskAnswer } from '../../shared/contracts/task-answers.ts';
import { mostReports, type TaskSubject, type TaskView } from '../../shared/contracts/views/task.ts';
import { returnedKey } from '../../shared/domain/allocation.ts';
import { nobody } from '../../shared/domain/referral.ts';
import { taskPolicies } from '../../shared/domain/task-types.ts';
import { taskSubject, taskSummaryView, type Written } from '../../shared/domain/views/task-view.ts';
import type { Caller, Ports, ReadingPorts, TaskRecord } from '../../shared/ports.ts';

type Tasks = Pick<Ports, 'tasks'>;

/** Whose task it is. Operations' own are for whoever operates the service, whatever their organisation is called. */
export const owns = ({ role, organisation }: Caller, task: TaskRecord): boolean =>
  taskPolicies[task.type].owner === role && (role === 'operations' || task.organisation === organisation);

/** A task of the caller's own; operations may look at anyone's but a draft's. Anything else does not exist. */
export async function taskFor({ tasks }: Tasks, caller: Caller, taskId: string): Promise<TaskRecord> {
  const task = await tasks.find(taskId);
  const maySee = task && (owns(caller, task) || (caller.role === 'operations' && task.type !== 'draft'));
  if (!maySee) throw new NotFound(taskId);
  return task;
}

/** Where the words stand that the other side wrote to a task's owner: under the task that they are for. */
const wordsKey = ({ type, id }: TaskRecord): string => (askedByReturn.has(type) ? returnedKey(id) : `OFFER#${id}`);
/** What a plan or a report that was returned asks for. */
const askedByReturn = new Set<TaskRecord['type']>(['supplier-assessment', 'action-plan', 'end-of-service-report']);

/** A task as its owner sees it. Operations, who only keep it moving, see neither answers nor the person. */
export async function viewOf(
  { tasks, referrals, clock }: Tasks & Pick<ReadingPorts, 'referrals' | 'clock'>,
  task: TaskRecord,
  caller: Caller,
): Promise<TaskView> {
  const isOwn = owns(caller, task);
  const isOpen = task.status === 'open';
  const state = await referrals.load(task.referralId, { confidential: isOwn && isOpen });
  // Its record has been removed, and with it whatever was said of it (ADR 24).
  if (!state) throw new NotFound(task.id);
  const { referral, confidential = nobody } = state;
  const answer = isOwn ? ((await tasks.answerTo(task)) as TaskAnswer | null) : null;
  const written = isOwn && isOpen ? await writtenTo() : {};
  const subject = isOpen
    ? (taskSubject(task, referral, confidential, written, await clock.now()) as TaskSubject | null)
    : null;
  return { ...taskSummaryView(task), subject, answer } as Extract<TaskView, { type: AnswerableTaskType }>;

  async function writtenTo(): Promise<Written> {
    const { crn, referralId: id } = task;
    return task.type === 'risk-reassessment'
      ? { reports: (await referrals.riskReports({ crn, id }, { limit: mostReports }, task)).items }
      : { words: await referrals.texts(crn, id, wordsKey(task)) };
  }
}
