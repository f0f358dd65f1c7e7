import { Duration } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge, inlinePolicy } from './acknowledge.ts';

/** Every minute: deadlines fall due and what a crash left undone is done (rules 3 to 5). The next minute makes up for a missed one. */
export function sweepEveryMinute(scope: Construct, id: string, sweeper: IFunction, deadLetters: IQueue): Schedule {
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    inlinePolicies: {
      sweep: new PolicyDocument({
        statements: [
          new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [sweeper.functionArn] }),
          new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
        ],
      }),
    },
  });
  acknowledge(role, inlinePolicy);
  return new Schedule(scope, id, {
    description: 'Runs the sweeper: reminders, lapses, overdue redemptions, missing executions, unpublished events.',
    schedule: ScheduleExpression.rate(Duration.minutes(1)),
    target: new LambdaInvoke(sweeper, {
      role: role.withoutPolicyUpdates(),
      deadLetterQueue: deadLetters,
      maxEventAge: Duration.minutes(1),
      retryAttempts: 0,
    }),
  });
}
