import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { FilterCriteria, FilterRule, type Function as LambdaFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

/** Events that have not been published: new ones, and those that were marked again to be republished. */
const unpublishedEvents = FilterCriteria.filter({
  eventName: FilterRule.or('INSERT', 'MODIFY'),
  dynamodb: {
    NewImage: { sk: { S: FilterRule.beginsWith('EVENT#') }, workKey: { S: FilterRule.beginsWith('EVENT#') } },
  },
});

/**
 * Feeds the record's stream to the publisher (rule 2): whatever fails is retried alone, a bounded number of times, and
 * then set aside. The entry stays marked as unpublished in the record, which is what republishing goes by.
 */
export function feedOutbox(publisher: LambdaFunction, record: Table, deadLetters: IQueue): void {
  publisher.addEventSource(
    new DynamoEventSource(record, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [unpublishedEvents],
      batchSize: 25,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 10,
      maxRecordAge: Duration.hours(6),
      onFailure: new SqsDlq(deadLetters),
    }),
  );
}

/** New places in the feeds of organisations. */
const newPlaces = FilterCriteria.filter({
  eventName: FilterRule.isEqual('INSERT'),
  dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('FEED#') }, sk: { S: FilterRule.beginsWith('EVENT#') } } },
});

/**
 * Has subscribed systems told at once of what is new in their feeds (ADR 16). Several organisations side by side, so
 * that a slow receiver holds up few others; whatever is missed here the next minute's run does.
 */
export function promptNotices(deliverer: LambdaFunction, record: Table, deadLetters: IQueue): void {
  deliverer.addEventSource(
    new DynamoEventSource(record, {
      startingPosition: StartingPosition.LATEST,
      filters: [newPlaces],
      batchSize: 100,
      maxBatchingWindow: Duration.seconds(1),
      parallelizationFactor: 10,
      retryAttempts: 2,
      maxRecordAge: Duration.minutes(5),
      onFailure: new SqsDlq(deadLetters),
    }),
  );
}

/** What Lambda itself does in the name of who reads the stream, beside setting aside what failed: read the encrypted stream. */
export function streamStatements(record: Table, key: IKey): PolicyStatement[] {
  if (!record.tableStreamArn) throw new Error('The record has no stream.');
  return [
    new PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [record.tableStreamArn],
    }),
    // Lists, so there is no one stream to name.
    new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
    new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] }),
  ];
}
