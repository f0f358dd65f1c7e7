import { Duration } from 'aws-cdk-lib';
import { type EventPattern, type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface BusConsumerProps {
  /** Default: the account's own bus, on which AWS services speak. */
  bus?: IEventBus;
  description: string;
  pattern: EventPattern;
  consumer: IFunction;
  deadLetters: IQueue;
}

/** A function that consumes events. What the bus cannot hand over for a day is set aside. */
export class BusConsumer extends Construct {
  readonly rule: Rule;

  constructor(scope: Construct, id: string, { bus, description, pattern, consumer, deadLetters }: BusConsumerProps) {
    super(scope, id);
    this.rule = new Rule(this, 'Rule', {
      description,
      eventPattern: pattern,
      targets: [
        new LambdaTarget(consumer, {
          deadLetterQueue: deadLetters,
          maxEventAge: Duration.hours(24),
          retryAttempts: 100,
        }),
      ],
      ...(bus && { eventBus: bus }),
    });
  }
}
