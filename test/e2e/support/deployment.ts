import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { readStack } from '../../../infra/local/local-aws.ts';
import { sdkConfig } from '../../../infra/local/local-only.ts';
import { clientRegistry } from '../../../shared/adapters/clients.ts';
import { clock as clockOf } from '../../../shared/adapters/clock.ts';
import { directory as directoryOf } from '../../../shared/adapters/directory.ts';
import { dynamo } from '../../../shared/adapters/dynamo.ts';
import { executions as executionsOf } from '../../../shared/adapters/executions.ts';
import { places as placesOf } from '../../../shared/adapters/places.ts';
import { referrals as referralsOf } from '../../../shared/adapters/referrals.ts';
import { tasks as tasksOf } from '../../../shared/adapters/tasks.ts';
import type { Clock } from '../../../shared/ports.ts';
import { TEST_INSTANCE } from '../local-aws.setup.ts';

/** The stack under test. */
export const stack = await readStack({ instance: TEST_INSTANCE });

// As the deployment tells its functions; the adapters read it at their first use.
Object.assign(process.env, {
  RECORD_TABLE: stack.recordTableName,
  PRIVATE_TABLE: stack.privateTableName,
  EVENT_BUS_NAME: stack.eventBusName,
  LIFECYCLE_ARN: stack.stateMachineArns['referral-lifecycle'],
  DELIVERY_ARN: stack.stateMachineArns['allocation-delivery'],
  AWS_REGION: stack.region,
  CLOCK: 'stored',
});

interface Between {
  /** Meddles with what this application says to DynamoDB, or to Step Functions. */
  dynamo?: ((client: DynamoDBClient) => void) | undefined;
  stepFunctions?: ((client: SFNClient) => void) | undefined;
  /** Milliseconds by which its clock differs from the deployment's: nobody else's moves. */
  clockAhead?: number | undefined;
}

/**
 * The application's own parts in this process, on the deployed tables and machines: so that a test can stand between
 * any two of its steps. Everything that waits or listens is the deployed one.
 */
export function application({ dynamo: meddle, stepFunctions, clockAhead = 0 }: Between = {}) {
  const base = new DynamoDBClient({ ...sdkConfig(stack.endpointUrl), maxAttempts: 4 });
  const db = dynamo(base);
  meddle?.(base);
  const sfn = new SFNClient(sdkConfig(stack.endpointUrl));
  stepFunctions?.(sfn);
  const deployed = clockOf(db);
  const clock: Clock = { now: async () => new Date((await deployed.now()).getTime() + clockAhead) };
  const executions = executionsOf({ client: db, sfn, clock });
  return {
    db,
    sfn,
    clock,
    executions,
    clients: clientRegistry(db),
    directory: directoryOf(db, clock),
    places: placesOf(db, clock),
    tasks: tasksOf(db),
    referrals: referralsOf({ client: db, clock, executions }),
  };
}
export type Application = ReturnType<typeof application>;
