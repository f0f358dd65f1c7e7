import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Grants, MachineName, PrivatePart, TableAction } from '../functions.ts';

/** All that a function could be allowed to touch. */
export interface Reach {
  record: ITable;
  private: ITable;
  tableKey: IKey;
  bus: IEventBus;
  /** Encrypts execution histories, so that starting and redeeming need it too. */
  executionKey: IKey;
}

/** By name, not by reference: a machine refers to its functions, so they cannot refer to it. */
export const machineArn = (scope: Construct, name: MachineName): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** How the partition keys of each part of the private table begin (`shared/adapters/keys.ts`). */
const beginnings: Record<PrivatePart | 'equality', string> = {
  person: 'CRN#',
  receipts: 'IDEMPOTENCY#',
  tokens: 'TOKEN#',
  webhooks: 'WEBHOOK#',
  groups: 'GROUP#',
  equality: 'EQUALITY#',
};

/**
 * Only items whose partition key begins like this (ADR 11). One list for all that a function reaches, so that it holds
 * whether AWS looks at the items of a transaction one by one or together. A call without any key, which is a scan, would
 * pass: no grant has that action.
 */
const within = (parts: readonly (keyof typeof beginnings)[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': parts.map((part) => `${beginnings[part]}*`) },
});

/** The statements for what a function's manifest entry says that it calls. */
export function statementsFor(scope: Construct, grants: Grants, reach: Reach): PolicyStatement[] {
  const statements: PolicyStatement[] = [];
  const allow = (actions: string[], resources: string[], conditions?: ReturnType<typeof within>) =>
    statements.push(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));
  const table = (
    actions: readonly TableAction[] | undefined,
    { tableArn }: ITable,
    conditions?: ReturnType<typeof within>,
  ) => {
    if (actions?.length) {
      allow(
        actions.map((action) => `dynamodb:${action}`),
        [tableArn],
        conditions,
      );
    }
  };

  table(grants.record, reach.record);
  if (grants.recordIndexes?.length) {
    allow(
      ['dynamodb:Query'],
      grants.recordIndexes.map((index) => `${reach.record.tableArn}/index/${index}`),
    );
  }
  table(grants.private, reach.private, within(grants.privateParts ?? ['person']));
  table(grants.equality, reach.private, within(['equality']));
  const calls = [grants.record, grants.private, grants.equality].flatMap((actions) => actions ?? []);
  if (calls.length > 0) statements.push(tableKeyUse(scope, calls, reach.tableKey));
  // A token names its task; AWS defines no resource for this action.
  if (grants.sendTask) allow(['states:SendTaskSuccess'], ['*']);
  if (grants.startExecution) {
    allow(
      ['states:StartExecution'],
      grants.startExecution.map((name) => machineArn(scope, name)),
    );
  }
  if (grants.watchExecutions) {
    const executions = grants.watchExecutions.map((name) =>
      machineArn(scope, name).replace(':stateMachine:', ':execution:'),
    );
    allow(
      ['states:DescribeExecution', 'states:StopExecution'],
      executions.map((arn) => `${arn}:*`),
    );
    allow(
      ['states:ListExecutions'],
      grants.watchExecutions.map((name) => machineArn(scope, name)),
    );
  }
  if (grants.sendTask || grants.startExecution) {
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [reach.executionKey.keyArn]);
  }
  if (grants.putEvents) allow(['events:PutEvents'], [reach.bus.eventBusArn]);
  return statements;
}

const WRITES: readonly TableAction[] = ['DeleteItem', 'PutItem', 'UpdateItem'];

/** A table behind a customer-managed key answers only those who may use the key, through DynamoDB. */
function tableKeyUse(scope: Construct, calls: readonly TableAction[], key: IKey): PolicyStatement {
  const writes = calls.some((action) => WRITES.includes(action));
  return new PolicyStatement({
    actions: [
      'kms:Decrypt',
      'kms:DescribeKey',
      ...(writes ? ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'] : []),
    ],
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(scope).region}.amazonaws.com` } },
  });
}
