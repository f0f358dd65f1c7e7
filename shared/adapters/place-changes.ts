import { summaryOf } from '../domain/commands/common.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Referral } from '../domain/referral.ts';
import { keys } from './keys.ts';
import type { Write } from './writes.ts';

/**
 * Places are reserved, confirmed and freed in the transaction that decides it: never oversold, never leaked. One
 * update per service, since a transaction may touch an item once.
 */
export function capacityChanges(referral: Referral, events: DomainEvent[], table: string): Write[] {
  const changes = new Map<string, { reserved: number; confirmed: number }>();
  const add = (serviceId: string, reserved: number, confirmed: number): void => {
    const sum = changes.get(serviceId) ?? { reserved: 0, confirmed: 0 };
    changes.set(serviceId, { reserved: sum.reserved + reserved, confirmed: sum.confirmed + confirmed });
  };
  for (const event of events) {
    switch (event.type) {
      case 'offer.made.v1':
        add(event.data.serviceId, 1, 0);
        break;
      case 'offer.accepted.v1':
        add(event.data.serviceId, -1, 1);
        break;
      case 'offer.declined.v1':
      case 'offer.lapsed.v1':
      case 'offer.withdrawn.v1':
        add(event.data.serviceId, -1, 0);
        break;
      case 'allocation.ended.v1':
        add(summaryOf(referral, event.data.allocationId).serviceId, 0, -1);
    }
  }
  return [...changes].map(([serviceId, { reserved, confirmed }]) => ({
    Update: {
      TableName: table,
      Key: keys.capacity(serviceId),
      UpdateExpression: 'ADD reserved :reserved, confirmed :confirmed, #free :free',
      ExpressionAttributeNames: { '#free': 'free' },
      ConditionExpression: '#free >= :needed AND reserved >= :held AND confirmed >= :taken',
      ExpressionAttributeValues: {
        ':reserved': reserved,
        ':confirmed': confirmed,
        ':free': -reserved - confirmed,
        ':needed': reserved + confirmed > 0 ? reserved + confirmed : unlimited,
        ':held': Math.max(0, -reserved),
        ':taken': Math.max(0, -confirmed),
      },
    },
  }));
}

/** Freeing a place needs none to be free: `free` is below zero where a provider has stated fewer than are taken. */
const unlimited = -1_000_000;
