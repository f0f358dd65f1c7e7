import * as z from 'zod';
import { clockNames } from '../../domain/clocks.ts';
import { taskTypes } from '../../domain/task-types.ts';
import { code, role, time, uuid } from '../common.ts';

/** How long somebody had for something, and how they kept to it. */
export const clockView = z
  .strictObject({
    clock: z.enum(clockNames).describe('T1 to T8, or what else has a deadline of its own'),
    taskId: uuid,
    taskType: z.enum(taskTypes),
    owner: role,
    organisation: code.describe('Whose task it is'),
    allocationId: uuid.nullable(),
    appointmentId: uuid.nullable(),
    startedAt: time.describe('May lie ahead: a session is still to be held (T5), or a person to be released (T2)'),
    dueAt: time.describe('As it stands now: a pause, a release or an amendment may have moved it'),
    remindedAt: time.nullable(),
    breachedAt: time.nullable().describe('When it was marked as late'),
    stoppedAt: time.nullable().describe('When it was answered, lapsed, or was no longer needed'),
    restsSince: time.nullable().describe('While its referral is paused'),
    standing: z.enum(['running', 'resting', 'stopped']),
    result: z
      .enum(['met', 'breached'])
      .nullable()
      .describe('Null while it can still be met, and where it was no longer needed in time'),
  })
  .meta({ id: 'Clock' });
