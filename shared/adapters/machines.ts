import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Machines } from '../ports/reconciliation.ts';
import type { ExecutionRecord, Machine } from '../ports.ts';
import { config } from './config.ts';
import { executionName, executionOfName } from './execution-name.ts';

const badEnds = ['ABORTED', 'FAILED', 'TIMED_OUT'] as const;
/** A thousand each: the list begins with those that started last. */
const mostPages = 3;

/** Executions as Step Functions has them. */
export function machines(sfn = new SFNClient({})): Machines {
  const { LIFECYCLE_ARN, DELIVERY_ARN } = config();
  const machineArns: Record<Machine, string> = {
    'referral-lifecycle': LIFECYCLE_ARN,
    'allocation-delivery': DELIVERY_ARN,
  };
  const arnOf = (execution: ExecutionRecord): string =>
    `${machineArns[execution.machine].replace(':stateMachine:', ':execution:')}:${executionName(execution)}`;

  async function listed(stateMachineArn: string, statusFilter: (typeof badEnds)[number]) {
    const names: string[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const found = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter, nextToken }));
      names.push(...(found.executions ?? []).flatMap(({ name }) => name ?? []));
      nextToken = found.nextToken;
      if (!nextToken) break;
    }
    return names;
  }

  return {
    async status(execution) {
      try {
        // Without its input: that is encrypted, and nothing here may read it.
        const request = { executionArn: arnOf(execution), includedData: 'METADATA_ONLY' as const };
        return (await sfn.send(new DescribeExecutionCommand(request))).status;
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return undefined;
        throw error;
      }
    },

    async endedBadly() {
      const found: Awaited<ReturnType<Machines['endedBadly']>> = [];
      for (const [machine, arn] of Object.entries(machineArns)) {
        for (const status of badEnds) {
          const isDelivery = machine === 'allocation-delivery';
          for (const name of await listed(arn, status)) found.push({ ...executionOfName(name), status, isDelivery });
        }
      }
      return found;
    },

    async stop(execution) {
      await sfn
        .send(new StopExecutionCommand({ executionArn: arnOf(execution), error: 'Superseded' }))
        .catch((error: unknown) => {
          // It has ended by itself meanwhile.
          if (!(error instanceof Error && /DoesNotExist|ValidationException/.test(error.name))) throw error;
        });
    },
  };
}
