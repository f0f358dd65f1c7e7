import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { BadEnd, Machines } from '../ports/reconciliation.ts';
import type { ExecutionRecord, Machine } from '../ports.ts';
import { config } from './config.ts';
import { executionName, executionOfName } from './execution-name.ts';

const badEnds = ['ABORTED', 'FAILED', 'TIMED_OUT'] as const;
/** The most that one call gives. */
const pageSize = 1000;
/** Of each list, which begins with those that started last. */
const mostPages = 10;

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
      const found = await sfn.send(
        new ListExecutionsCommand({ stateMachineArn, statusFilter, nextToken, maxResults: pageSize }),
      );
      names.push(...(found.executions ?? []).flatMap(({ name }) => name ?? []));
      nextToken = found.nextToken;
      if (!nextToken) break;
    }
    return { names, isCut: nextToken !== undefined };
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
      const ended: BadEnd[] = [];
      let cut = 0;
      for (const [machine, arn] of Object.entries(machineArns)) {
        for (const status of badEnds) {
          const { names, isCut } = await listed(arn, status);
          const isDelivery = machine === 'allocation-delivery';
          for (const name of names) ended.push({ ...executionOfName(name), status, isDelivery });
          cut += Number(isCut);
        }
      }
      return { ended, cut };
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
