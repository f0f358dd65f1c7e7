import { describe, expect, it } from 'vitest';
import { onLocal, type Resource, resourcesOf, templatesOf, theResource } from './synthesised.ts';

const { state } = templatesOf();
const tables = resourcesOf(state, 'AWS::DynamoDB::Table').map(([, table]) => table);
const isRecord = ({ Properties }: (typeof tables)[number]) => Properties.StreamSpecification !== undefined;

describe('What must not be lost', () => {
  it.each(['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::Events::EventBus'])(
    '%s is kept when the stack goes',
    (type) => {
      for (const [id, resource] of resourcesOf(state, type)) {
        expect([resource.DeletionPolicy, resource.UpdateReplacePolicy], id).toEqual(['Retain', 'Retain']);
      }
    },
  );

  it('both tables refuse deletion, can be restored to any second, and have the customer-managed key', () => {
    expect(tables).toHaveLength(2);
    for (const { Properties } of tables) {
      expect(Properties).toMatchObject({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: {
          SSEEnabled: true,
          SSEType: 'KMS',
          KMSMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] },
        },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      });
    }
  });

  it('the key rotates, and only this account’s bus may use it beside the account itself', () => {
    const { Properties } = theResource(state, 'AWS::KMS::Key');
    expect(Properties.EnableKeyRotation).toBe(true);
    const services = Properties.KeyPolicy.Statement.filter(
      (one: { Principal: { Service?: string } }) => one.Principal.Service,
    );
    for (const { Principal, Action, Condition } of services) {
      expect(Principal.Service).toBe('events.amazonaws.com');
      if (Action !== 'kms:DescribeKey') expect(JSON.stringify(Condition)).toContain('event-bus/referrals');
    }
  });

  it('events are archived for replay, encrypted like the bus', () => {
    expect(theResource(state, 'AWS::Events::EventBus').Properties).toMatchObject({
      Name: 'referrals',
      KmsKeyIdentifier: expect.anything(),
    });
    expect(theResource(state, 'AWS::Events::Archive').Properties).toMatchObject({
      EventPattern: { source: ['referrals'] },
      RetentionDays: 90,
      KmsKeyIdentifier: expect.anything(),
    });
  });
});

describe('The record', () => {
  it('has the indexes that the data model names, keys only', () => {
    const indexes = tables.find(isRecord)?.Properties.GlobalSecondaryIndexes;
    const shape = indexes.map(({ IndexName, KeySchema, Projection }: Resource) => [
      IndexName,
      ...KeySchema.map(({ AttributeName }: Resource) => AttributeName),
      Projection.ProjectionType,
    ]);
    expect(shape).toEqual([
      ['owner', 'ownerKey', 'ownerSort', 'KEYS_ONLY'],
      ['crn', 'crnKey', 'crnSort', 'KEYS_ONLY'],
      ['work', 'workKey', 'workAt', 'KEYS_ONLY'],
      ['all', 'allKey', 'allSort', 'KEYS_ONLY'],
    ]);
  });

  it('alone has a stream, so nothing downstream can receive a person', () => {
    expect(tables.filter(isRecord)).toHaveLength(1);
    expect(tables.find((table) => !isRecord(table))?.Properties.GlobalSecondaryIndexes).toBeUndefined();
  });
});

describe('On the local AWS', () => {
  const { state: local, service } = templatesOf(onLocal);

  it('everything can be thrown away, and what it refuses is left out', () => {
    for (const [id, table] of resourcesOf(local, 'AWS::DynamoDB::Table')) {
      expect(table.Properties.DeletionProtectionEnabled, id).toBe(false);
      expect(table.DeletionPolicy, id).toBe('Delete');
    }
    local.resourceCountIs('AWS::Events::Archive', 0);
    for (const [, alarm] of resourcesOf(service, 'AWS::CloudWatch::Alarm'))
      expect(alarm.Properties.Metrics).toBeUndefined();
  });

  it('functions read the stored clock, which on AWS does not exist', () => {
    const clocks = (template: typeof service) =>
      new Set(
        resourcesOf(template, 'AWS::Lambda::Function').map(
          ([, { Properties }]) => Properties.Environment.Variables.CLOCK,
        ),
      );
    expect(clocks(service)).toEqual(new Set(['stored']));
    expect(clocks(templatesOf().service)).toEqual(new Set(['system']));
  });
});
