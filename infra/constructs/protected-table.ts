import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  type StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface ProtectedTableProps {
  key: IKey;
  /** Keep it whatever happens to the stack. */
  keep: boolean;
  stream?: StreamViewType;
  /** Sparse indexes that hold keys only: whoever reads one reads the item itself too. */
  indexes?: Record<string, { partitionKey: string; sortKey: string }>;
}

/**
 * A table that outlives mistakes: customer-managed key, point-in-time recovery, deletion protection. Paid by request.
 * `expiresAt`, in epoch seconds, ends an item's life.
 */
export class ProtectedTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { key, keep, stream, indexes = {} }: ProtectedTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: keep,
      removalPolicy: keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      timeToLiveAttribute: 'expiresAt',
      ...(stream && { stream }),
    });
    acknowledge(this.table, {
      'NIST.800.53.R5-DynamoDBInBackupPlan':
        'Point-in-time recovery restores any second of the last 35 days. Copies outside the account are the owning ' +
        'organisation’s backup policy, which selects resources by tag.',
    });
    for (const [indexName, { partitionKey, sortKey }] of Object.entries(indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }
}
