import middy from '@middy/core';
import type { EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod';
import { systemClients } from '../../shared/adapters/changes.ts';
import { executionInput } from '../../shared/contracts/workflow.ts';
import { noteFailure } from '../../shared/domain/commands/operate.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { note, observe } from '../middleware/observe.ts';

/** The status change of an execution; its input is the ids that it was started with. */
const statusChange = z.object({ status: z.string(), input: z.string() });

/** An execution failed: the referral says so to operations, who can redrive it (L7: nothing waits silently). */
export const noteFailedExecution = ({ referrals, executions }: Pick<Ports, 'referrals' | 'executions'>) =>
  middy<EventBridgeEvent<string, unknown>, void>()
    .use(observe('note-failed-execution'))
    .handler(async ({ detail }) => {
      const { status, input } = statusChange.parse(detail);
      const { referralId, executionId, segment } = executionInput.parse(JSON.parse(input));
      note({ referralId, status });
      const current = await executions.find({ referralId, executionId });
      if (current?.segment !== segment) return;
      await referrals.execute(
        referralId,
        {},
        (state, context) => noteFailure(state, { executionId, status }, context),
        {
          by: { organisation: 'system', client: systemClients.sweeper },
        },
      );
    });

export const handler = deployed(() => noteFailedExecution(commanding()));
