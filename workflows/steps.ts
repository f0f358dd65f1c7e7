import {
  Choice,
  Condition,
  type IChainable,
  IntegrationPattern,
  JitterType,
  Succeed,
  TaskInput,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke, type LambdaInvokeProps } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { workflowErrors } from '../shared/contracts/errors.ts';
import { definitionRelease, type Standing } from '../shared/contracts/workflow.ts';

type StepFunction = LambdaInvokeProps['lambdaFunction'];
/** The functions that a machine may call. */
export type StepFunctions = Record<string, StepFunction>;

/** No wait outlives this; what ends it sooner is an answer, a change, or the sweeper's clock (architecture rule 5). */
const longestWait = Duration.days(30);

const input = '$states.context.Execution.Input';
const ids = {
  referralId: `{% ${input}.referralId %}`,
  executionId: `{% ${input}.executionId %}`,
  segment: `{% ${input}.segment %}`,
};

/** The kinds of step that every machine is made of. Each re-enters at `look`, so that the record alone decides. */
export function stepsOf(scope: Construct, functions: StepFunctions) {
  const named = (name: string): StepFunction => {
    const found = functions[name];
    if (!found) throw new Error(`the machine has no function ${name}`);
    return found;
  };
  const overtaken = Succeed.jsonata(scope, 'A later segment has taken over');

  function withFaults(task: LambdaInvoke): LambdaInvoke {
    task.addRetry({
      errors: [
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
        'Lambda.TooManyRequestsException',
        'Lambda.Unknown',
        'Runtime.ExitError',
        'Sandbox.Timedout',
        ...workflowErrors.retried,
      ],
      interval: Duration.seconds(1),
      maxDelay: Duration.minutes(1),
      maxAttempts: 8,
      backoffRate: 2,
      jitterStrategy: JitterType.FULL,
    });
    task.addCatch(overtaken, { errors: [workflowErrors.superseded] });
    return task;
  }

  const lookAt = (id: string, passes: string): LambdaInvoke =>
    withFaults(
      LambdaInvoke.jsonata(scope, id, {
        lambdaFunction: named('look'),
        payload: TaskInput.fromObject({ ...ids, passes: `{% ${passes} %}`, definition: definitionRelease }),
        retryOnServiceExceptions: false,
        taskTimeout: Timeout.duration(Duration.minutes(1)),
        outputs: {},
        assign: {
          standing: '{% $states.result.Payload.standing %}',
          turn: '{% $states.result.Payload.turn %}',
          passes: `{% ${passes} + 1 %}`,
        },
      }),
    );
  const first = lookAt('Take up the record', '0');
  const again = lookAt('Look at the record again', '$passes');

  return {
    first,
    again,
    /** Work that the system does itself. */
    work: (id: string, name: string): LambdaInvoke =>
      withFaults(
        LambdaInvoke.jsonata(scope, id, {
          lambdaFunction: named(name),
          payload: TaskInput.fromObject(ids),
          retryOnServiceExceptions: false,
          taskTimeout: Timeout.duration(Duration.minutes(1)),
          outputs: {},
        }),
      ),
    /** Parks until the record has moved on from what was last looked at, then looks again, however the wait ended. */
    waitFor: (id: string): LambdaInvoke => {
      const wait = withFaults(
        LambdaInvoke.jsonata(scope, id, {
          lambdaFunction: named('park'),
          integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
          payload: TaskInput.fromObject({
            ...ids,
            turn: '{% $turn %}',
            token: '{% $states.context.Task.Token %}',
            enteredAt: '{% $states.context.State.EnteredTime %}',
            retries: '{% $states.context.State.RetryCount %}',
          }),
          retryOnServiceExceptions: false,
          taskTimeout: Timeout.duration(longestWait),
          outputs: {},
        }),
      );
      wait.addCatch(again, { errors: ['States.Timeout'] });
      wait.next(again);
      return wait;
    },
    /** Hands over to a fresh execution of the current definition. */
    renew: (id: string): IChainable =>
      withFaults(
        LambdaInvoke.jsonata(scope, id, {
          lambdaFunction: named('renew'),
          payload: TaskInput.fromObject(ids),
          retryOnServiceExceptions: false,
          taskTimeout: Timeout.duration(Duration.minutes(1)),
          outputs: {},
        }),
      ).next(Succeed.jsonata(scope, 'Continued in the next segment')),
    choice: (id: string): Choice => Choice.jsonata(scope, id),
    standsAt: (standing: Standing): Condition => Condition.jsonata(`{% $standing = '${standing}' %}`),
  };
}
