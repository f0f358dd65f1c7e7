import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { eventSchema } from '../../../shared/contracts/event.ts';
import { eventTypes } from '../../../shared/domain/events.ts';
import { sdkConfig } from '../local-only.ts';
import type { Stack } from '../stack-file.ts';

/** An event as any subscriber of the bus gets it. */
const onTheBus = z.object({ source: z.literal('referrals'), 'detail-type': z.enum(eventTypes), detail: z.unknown() });

export interface ReceivedEvent {
  id: string;
  type: string;
  referralId: string | null;
  sequence: number;
}
interface WholeEvent extends ReceivedEvent {
  /** The event itself, as it came. */
  detail: Record<string, unknown>;
}

export interface Subscriber {
  /** Everything that has arrived, in the order in which it did. */
  received: readonly WholeEvent[];
  /** What arrived and does not have the shape that the contract promises. */
  misshapen: readonly string[];
  /** Takes the rule and the queue away again. */
  close(): Promise<void>;
}

/**
 * Somebody else's system: it knows the bus and the published schemas, and nothing of the application. A rule of its
 * own puts every event of referrals into a queue of its own, which it empties as it goes.
 */
export async function subscriber(stack: Stack, name: string): Promise<Subscriber> {
  const sqs = new SQSClient(sdkConfig(stack.endpointUrl));
  const bus = new EventBridgeClient(sdkConfig(stack.endpointUrl));
  const queue = await queueFor(sqs, name);
  const rule = { Name: name, EventBusName: stack.eventBusName };
  await bus.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ['referrals'] }) }));
  await bus.send(
    new PutTargetsCommand({ Rule: name, EventBusName: stack.eventBusName, Targets: [{ Id: 'queue', Arn: queue.arn }] }),
  );

  const received: WholeEvent[] = [];
  const misshapen: string[] = [];
  const ended = new AbortController();
  const listening = emptied(sqs, queue.url, ended.signal, (messages) => {
    for (const { Body = '' } of messages) {
      const { event, fault } = read(Body);
      if (event) received.push(event);
      else misshapen.push(fault);
    }
  });

  async function close(): Promise<void> {
    ended.abort();
    await listening;
    await bus.send(new RemoveTargetsCommand({ Rule: name, EventBusName: stack.eventBusName, Ids: ['queue'] }));
    await bus.send(new DeleteRuleCommand(rule));
    await sqs.send(new DeleteQueueCommand({ QueueUrl: queue.url }));
    sqs.destroy();
    bus.destroy();
  }
  return { received, misshapen, close };
}

async function queueFor(sqs: SQSClient, QueueName: string): Promise<{ url: string; arn: string }> {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
  const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const arn = Attributes.QueueArn ?? '';
  const Principal = { Service: 'events.amazonaws.com' };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'sqs:SendMessage', Resource: arn }];
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  return { url: QueueUrl, arn };
}

/** Empties a queue until it is told to end. A message is taken away only once it has been read. */
async function emptied(sqs: SQSClient, QueueUrl: string, ended: AbortSignal, read: (messages: Message[]) => void) {
  while (!ended.aborted) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    if (Messages.length === 0) continue;
    read(Messages);
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}

function read(body: string): { event: WholeEvent; fault?: never } | { event?: never; fault: string } {
  const message = onTheBus.safeParse(JSON.parse(body));
  if (!message.success) return { fault: z.prettifyError(message.error) };
  const { 'detail-type': type, detail } = message.data;
  const event = eventSchema(type).safeParse(detail);
  if (!event.success) return { fault: `${type}: ${z.prettifyError(event.error)}` };
  const { id, referralId, sequence } = event.data;
  return { event: { id, type, referralId, sequence, detail: event.data } };
}
