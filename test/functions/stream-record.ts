import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { StoredEvent } from '../../shared/ports.ts';

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

/** A record of the table's stream. */
export const streamRecord = (sequenceNumber: string, item: StoredEvent | Record<string, unknown>): DynamoDBRecord => ({
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: sequenceNumber, NewImage: marshall(item) as Image },
});
