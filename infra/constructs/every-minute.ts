import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge, inlinePolicy } from './acknowledge.ts';

interface ByTime {
  run: IFunction;
  description: string;
  deadLetters: IQueue;
}

/** What is driven by time looks every minute at what is due, so the next minute makes up for a missed one. */
export const everyMinute = (scope: Construct, id: string, what: ByTime): Schedule =>
  every(Duration.minutes(1), scope, id, what);

/** What may wait a little. */
export const everyHour = (scope: Construct, id: string, what: ByTime): Schedule =>
  every(Duration.hours(1), scope, id, what);

function every(period: Duration, scope: Construct, id: string, { run, description, deadLetters }: ByTime): Schedule {
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    inlinePolicies: {
      run: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [run.functionArn] }),
          new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
        ],
      }),
    },
  });
  acknowledge(role, inlinePolicy);
  return new Schedule(scope, id, {
    description,
    schedule: ScheduleExpression.rate(period),
    target: new LambdaInvoke(run, {
      role: role.withoutPolicyUpdates(),
      deadLetterQueue: deadLetters,
      maxEventAge: Duration.minutes(1),
      retryAttempts: 0,
    }),
  });
}
