import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

const BUS_NAME = 'referrals';
const ARCHIVE_DAYS = 90;

/** The bus that everyone subscribes to, and an archive to replay from. The record's history keeps events for good. */
export class EventStore extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { key, keep, archive }: { key: IKey; keep: boolean; archive: boolean }) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: BUS_NAME,
      description: 'Domain events of referrals, published from the record by its outbox.',
      kmsKey: key,
    });
    this.bus.applyRemovalPolicy(keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
    if (archive) {
      // By name: the archive adds the bus to the key's policy, and the bus refers to the key.
      const busArn = Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: BUS_NAME });
      const events = new Archive(this, 'Archive', {
        sourceEventBus: EventBus.fromEventBusArn(this, 'Named', busArn),
        eventPattern: { source: ['referrals'] },
        retention: Duration.days(ARCHIVE_DAYS),
        kmsKey: key,
      });
      events.node.addDependency(this.bus);
    }
  }
}
