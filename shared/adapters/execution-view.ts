import type { ExecutionView } from '../domain/views/referral-view.ts';
import type { ExecutionRecord } from '../ports.ts';
import { config } from './config.ts';
import { executionName } from './execution-name.ts';

/** An execution as operations look it up. */
export function executionView(execution: ExecutionRecord): ExecutionView {
  const { LIFECYCLE_ARN, DELIVERY_ARN, AWS_REGION } = config();
  const { machine, segment, startedAt, definition } = execution;
  const name = executionName(execution);
  const machineArn = machine === 'referral-lifecycle' ? LIFECYCLE_ARN : DELIVERY_ARN;
  const arn = `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const consoleUrl = `https://${AWS_REGION}.console.aws.amazon.com/states/home?region=${AWS_REGION}#/v2/executions/details/${arn}`;
  return { machine, name, arn, segment, definition, startedAt, consoleUrl };
}
