import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { MachineName } from '../functions.ts';

/** Everything that alarms and the dashboard look at. */
export interface Watched {
  api: HttpApi;
  accessLog: LogGroup;
  functionNamed: (name: string) => IFunction;
  /** Functions that people do not wait for: nobody else would notice that they fail. */
  background: readonly string[];
  machines: readonly { name: MachineName; machine: StateMachine }[];
  tables: readonly { name: string; table: ITable }[];
  /** By the function whose work they hold. */
  deadLetters: Readonly<Record<string, Queue>>;
  /** The rule that hands new referrals and allocations to `start-executions`. */
  starts: { ruleName: string; eventBusName: string };
}
