import middy from '@middy/core';
import type { EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { note, observe } from '../middleware/observe.ts';

const started = z.discriminatedUnion('type', [
  z.object({ type: z.literal('referral.sent.v1'), referralId: z.uuid() }),
  z.object({
    type: z.literal('allocation.started.v1'),
    referralId: z.uuid(),
    data: z.object({ allocationId: z.uuid() }),
  }),
]);

/** Starts the execution of what has begun; told twice, it is started once. What it misses, the sweeper starts. */
export const startExecutions = ({ executions }: Pick<Ports, 'executions'>) =>
  middy<EventBridgeEvent<string, unknown>, void>()
    .use(observe('start-executions'))
    .handler(async ({ detail }) => {
      const event = started.parse(detail);
      const { referralId } = event;
      note({ referralId });
      const executionId = event.type === 'allocation.started.v1' ? event.data.allocationId : referralId;
      await executions.begin({ referralId, executionId });
    });

export const handler = deployed(() => startExecutions(commanding()));
