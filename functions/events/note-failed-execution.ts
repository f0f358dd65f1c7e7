import middy from '@middy/core';
import type { EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import { systemClients } from '../../shared/adapters/changes.ts';
import { executionOfName } from '../../shared/adapters/execution-name.ts';
import { noteFailure } from '../../shared/domain/commands/operate.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { note, observe } from '../middleware/observe.ts';

/** The status change of an execution. Its input is not in it when the machine is encrypted, so its name must do. */
const statusChange = z.object({ status: z.string(), name: z.string(), stateMachineArn: z.string() });

/** An execution failed: the referral says so to operations, who can redrive it (L7: nothing waits silently). */
export const noteFailedExecution = ({
  referrals,
  executions,
  allocations,
}: Pick<Ports, 'referrals' | 'executions' | 'allocations'>) =>
  middy<EventBridgeEvent<string, unknown>, void>()
    .use(observe('note-failed-execution'))
    .handler(async ({ detail }) => {
      const { status, name, stateMachineArn } = statusChange.parse(detail);
      const { executionId, segment } = executionOfName(name);
      const isDelivery = stateMachineArn.endsWith(':allocation-delivery');
      const referralId = isDelivery ? (await allocations.find(executionId))?.referralId : executionId;
      if (!referralId) throw new Error(`no referral is known for the execution ${name}`);
      note({ referralId, status });
      const current = await executions.find({ referralId, executionId });
      if (current?.segment !== segment) return;
      await referrals.execute(
        referralId,
        {},
        (state, context) => noteFailure(state, { executionId, status }, context),
        { by: { organisation: 'system', client: systemClients.sweeper } },
      );
    });

export const handler = deployed(() => {
  const { db, referrals, executions } = commanding();
  return noteFailedExecution({ referrals, executions, allocations: allocationsOf(db) });
});
