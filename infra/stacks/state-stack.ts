import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { StreamViewType, type Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Config } from '../config.ts';
import { EventStore } from '../constructs/event-store.ts';
import { ProtectedTable } from '../constructs/protected-table.ts';
import type { IndexName } from '../functions.ts';

const indexes: Record<IndexName, { partitionKey: string; sortKey: string }> = {
  owner: { partitionKey: 'ownerKey', sortKey: 'ownerSort' },
  crn: { partitionKey: 'crnKey', sortKey: 'crnSort' },
  work: { partitionKey: 'workKey', sortKey: 'workAt' },
  all: { partitionKey: 'allKey', sortKey: 'allSort' },
};

/** What must outlive every deployment: the record, the private table and the bus. Deleting this stack keeps them. */
export class StateStack extends Stack {
  readonly key: Key;
  readonly record: Table;
  readonly private: Table;
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { config, ...props }: StackProps & { config: Config }) {
    super(scope, id, { ...props, terminationProtection: !config.local });
    const keep = !config.local;

    this.key = new Key(this, 'Key', {
      description: 'Encrypts the referral record, the private table and the event bus.',
      enableKeyRotation: true,
      removalPolicy: keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.record = new ProtectedTable(this, 'Record', {
      key: this.key,
      keep,
      stream: StreamViewType.NEW_IMAGE,
      indexes,
    }).table;
    // No stream: nothing downstream can ever receive a person.
    this.private = new ProtectedTable(this, 'Private', { key: this.key, keep }).table;
    // The local AWS knows no archives.
    this.bus = new EventStore(this, 'Events', { key: this.key, keep, archive: !config.local }).bus;
  }
}
