import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  CustomerManagedEncryptionConfiguration,
  DefinitionBody,
  type IChainable,
  LogLevel,
  QueryLanguage,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { MachineName } from '../functions.ts';
import { acknowledge, inlinePolicy } from './acknowledge.ts';
import { machineArn } from './grants.ts';
import { type LogSettings, serviceLog } from './service-log.ts';

export interface WorkflowProps {
  name: MachineName;
  /** Builds the definition below the machine, from the functions that it may invoke. */
  definition: (scope: Construct) => IChainable;
  /** Everything that the machine invokes. */
  invokes: readonly IFunction[];
  key: IKey;
  logs: LogSettings;
  trace: boolean;
}

/** A state machine whose role may invoke its own functions and nothing else. Logs say what happened, never with what. */
export class Workflow extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, { name, definition, invokes, key, logs, trace }: WorkflowProps) {
    super(scope, id);
    const logGroup = serviceLog(this, 'Log', `/aws/vendedlogs/states/${name}`, logs);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      inlinePolicies: {
        steps: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: invokes.map(({ functionArn }) => functionArn),
            }),
            ...this.#keyUse(name, key),
            logDelivery(),
            ...(trace ? [tracing()] : []),
          ],
        }),
      },
    });
    acknowledge(role, {
      ...inlinePolicy,
      'AwsSolutions-IAM5[Resource::*]': 'Only log delivery and tracing, for which AWS defines no resource.',
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: name,
      stateMachineType: StateMachineType.STANDARD,
      queryLanguage: QueryLanguage.JSONATA,
      definitionBody: DefinitionBody.fromChainable(definition(this)),
      role: role.withoutPolicyUpdates(),
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: trace,
      encryptionConfiguration: new CustomerManagedEncryptionConfiguration(key, Duration.minutes(15)),
    });
  }

  /** Execution histories and their logs are encrypted in the machine's own name. */
  #keyUse(name: MachineName, key: IKey): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:EncryptionContext:aws:states:stateMachineArn': machineArn(this, name) } },
      }),
      new PolicyStatement({
        actions: ['kms:GenerateDataKey'],
        resources: [key.keyArn],
        conditions: {
          StringEquals: {
            'kms:EncryptionContext:SourceArn': Stack.of(this).formatArn({
              service: 'logs',
              resource: '*',
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    ];
  }
}

/** Log delivery is set up on the account, so AWS defines no resource for these actions. */
const logDelivery = () =>
  new PolicyStatement({
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    resources: ['*'],
  });

const tracing = () =>
  new PolicyStatement({
    actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    resources: ['*'],
  });
