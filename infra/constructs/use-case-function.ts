import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../functions.ts';
import { acknowledge, inlinePolicy } from './acknowledge.ts';
import { type LogSettings, serviceLog } from './service-log.ts';

export interface UseCaseFunctionProps {
  spec: FunctionSpec;
  code: Code;
  environment: Record<string, string>;
  /** What its calls need, beyond writing its log and its trace. */
  statements: PolicyStatement[];
  logs: LogSettings;
  /** Where it writes with others. Default: a log group of its own. */
  sharedLog?: LogGroup;
  trace: boolean;
  /** For functions that are invoked without anyone waiting: what they failed to do, after two retries. */
  deadLetters?: IQueue;
}

/**
 * One use case: a function, where it logs, and a role that can do just what its manifest entry says. The role is given
 * whole and refuses additions, so no construct can widen it in passing.
 */
export class UseCaseFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, id: string, props: UseCaseFunctionProps) {
    super(scope, id);
    const { spec, code, environment, logs, sharedLog, trace, deadLetters } = props;
    const functionName = `referrals-${spec.name}`;
    const logGroup = sharedLog ?? serviceLog(this, 'Log', `/aws/lambda/${functionName}`, logs);

    const statements = [
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
      ...(trace ? [tracing()] : []),
      ...(deadLetters
        ? [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] })]
        : []),
      ...props.statements,
    ];
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { calls: new PolicyDocument({ statements }) },
    });
    acknowledge(role, { ...inlinePolicy, ...(statements.some(isUnbounded) && unboundedActions) });

    this.lambda = new LambdaFunction(this, 'Function', {
      functionName,
      description: `functions/${spec.folder}/${spec.name}.ts`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code,
      role: role.withoutPolicyUpdates(),
      environment,
      memorySize: spec.memory ?? 512,
      timeout: Duration.seconds(spec.timeout ?? 10),
      tracing: trace ? Tracing.ACTIVE : Tracing.DISABLED,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(deadLetters && { deadLetterQueue: deadLetters }),
    });
    acknowledge(this.lambda, { ...ownLimits, ...(!deadLetters && awaited) });
  }
}

const isUnbounded = ({ resources }: PolicyStatement) => resources.includes('*');

const UNBOUNDED =
  'Only actions for which AWS defines no resource: writing traces, redeeming a task token (the token names its task) ' +
  'and listing streams. A test holds the list.';
const unboundedActions = { 'AwsSolutions-IAM5[Resource::*]': UNBOUNDED, 'Serverless-LambdaStarPermissions': UNBOUNDED };

const AWAITED =
  'Its caller (API Gateway, or a state machine with retries) waits for the answer and sees the failure itself.';
const awaited = { 'Serverless-LambdaDLQ': AWAITED, 'NIST.800.53.R5-LambdaDLQ': AWAITED };

const ownLimits = {
  'NIST.800.53.R5-LambdaConcurrency':
    'The stage’s rate limit bounds what requests can take. A reservation for each function would withhold ' +
    'concurrency from all others, and a background function that is refused catches up.',
  'NIST.800.53.R5-LambdaInsideVPC':
    'It calls AWS services only, over TLS and with its own role; nothing that it needs stands in a network.',
};

/** X-Ray knows no resources. */
const tracing = () =>
  new PolicyStatement({ actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] });
