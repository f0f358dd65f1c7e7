import * as z from 'zod';
import { taskTypes } from '../../domain/task-types.ts';
import { flag, page, pageQuery, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { taskAnswer } from '../task-answers.ts';
import { taskStatuses, taskSummary, taskView } from '../views/task.ts';

const owners = ['practitioner', 'provider', 'operations'] as const;
const params = z.strictObject({ taskId: uuid });

export const listTasks = defineEndpoint({
  name: 'list-tasks',
  method: 'GET',
  path: '/v1/tasks',
  summary: 'What you must do, the most urgent first; operations see all (L7)',
  roles: owners,
  query: z.strictObject({
    ...pageQuery,
    type: z.enum(taskTypes).optional(),
    status: z.enum(taskStatuses).default('open'),
    dueBefore: z.iso.datetime().optional(),
    overdue: flag.optional(),
    owner: z.enum(owners).optional(),
  }),
  responses: { 200: page(taskSummary) },
});

export const getTask = defineEndpoint({
  name: 'get-task',
  method: 'GET',
  path: '/v1/tasks/{taskId}',
  summary: 'One task, with what it asks for',
  roles: owners,
  params,
  responses: { 200: taskView },
});

export const respondToTask = defineEndpoint({
  name: 'respond-to-task',
  method: 'POST',
  path: '/v1/tasks/{taskId}/response',
  summary: 'Answer a task, once. The same answer again gives the same reply, another is refused',
  roles: owners,
  params,
  body: taskAnswer,
  responses: { 202: taskView },
  problems: [
    'already-answered-differently',
    'task-lapsed',
    'task-no-longer-open',
    'referral-already-concluded',
    'not-possible-now',
    'rule-refused',
    'ineligible',
  ],
});
