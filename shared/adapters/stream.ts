import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { StoredEvent } from '../ports.ts';
import { storedEvent } from './history.ts';

/** The event in a record of the table's stream; undefined when what stands there is not an event of ours. */
export function eventIn(image: object | undefined): StoredEvent | undefined {
  return storedEvent.safeParse(unmarshall((image ?? {}) as Record<string, AttributeValue>)).data;
}
