import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { until } from '../../infra/local/actors.ts';
import type { Stack } from '../../infra/local/local-aws.ts';
import { sdkConfig } from '../../infra/local/local-only.ts';
import { zipOf } from '../builders/zip.ts';

/** Its own in each run: one that was interrupted may have left its behind. */
const NAME = `bench-bare-workflow-${Date.now()}`;

/** The least that a workflow with a callback can be: a function, a wait for a task token, done. */
export interface BareWorkflow {
  /** One execution from its start to its success, answered as soon as its token is out. */
  run(): Promise<void>;
  close(): Promise<void>;
}

export async function bareWorkflow(stack: Stack): Promise<BareWorkflow> {
  const config = sdkConfig(stack.endpointUrl);
  const lambda = new LambdaClient(config);
  const sfn = new SFNClient(config);
  const sqs = new SQSClient(config);
  const { FunctionArn = '' } = await createFunction(lambda, stack.sweeperFunctionName);
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: NAME }));
  const { stateMachineArn = '' } = await createMachine(sfn, stack, FunctionArn, QueueUrl);
  const answering = answerTokens(sqs, sfn, QueueUrl);

  return {
    async run() {
      const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
      await until(`execution ${executionArn}`, async () => {
        const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        if (status !== 'RUNNING' && status !== 'SUCCEEDED') throw new Error(`the bare workflow ended as ${status}`);
        return status === 'SUCCEEDED' || undefined;
      });
    },
    async close() {
      await answering.stop();
      await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
      await lambda.send(new DeleteFunctionCommand({ FunctionName: NAME }));
      for (const client of [lambda, sfn, sqs]) client.destroy();
    },
  };
}

/** With the role of a function that is there already: it calls nothing. */
async function createFunction(lambda: LambdaClient, deployed: string) {
  const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: deployed }));
  const code = zipOf('index.mjs', 'export const handler = async () => ({ done: true });');
  const created = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: NAME,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role,
      Code: { ZipFile: code },
    }),
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName: NAME });
  return created;
}

async function createMachine(sfn: SFNClient, stack: Stack, functionArn: string, queueUrl: string) {
  const known = await sfn.send(
    new DescribeStateMachineCommand({ stateMachineArn: stack.stateMachineArns['referral-lifecycle'] }),
  );
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'Work',
    States: {
      Work: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: functionArn, Payload: {} },
        Output: {},
        Next: 'Wait',
      },
      Wait: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Arguments: { QueueUrl: queueUrl, MessageBody: '{% $states.context.Task.Token %}' },
        TimeoutSeconds: 300,
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  };
  return sfn.send(
    new CreateStateMachineCommand({ name: NAME, definition: JSON.stringify(definition), roleArn: known.roleArn }),
  );
}

function answerTokens(sqs: SQSClient, sfn: SFNClient, QueueUrl: string) {
  let isOpen = true;
  const loop = async (): Promise<void> => {
    while (isOpen) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      await Promise.all(
        Messages.map(async ({ Body: taskToken, ReceiptHandle }) => {
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
          await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
        }),
      );
    }
  };
  const done = loop();
  return {
    stop(): Promise<void> {
      isOpen = false;
      return done;
    },
  };
}
