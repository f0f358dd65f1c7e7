import { describe, expect, it } from 'vitest';
import { list, onLocal, type Resource, resourcesOf, statementsOf, templatesOf, theResource } from './synthesised.ts';

const { service } = templatesOf();

const functionId = (name: string): string => {
  const found = resourcesOf(service, 'AWS::Lambda::Function').find(
    ([, { Properties }]) => Properties.FunctionName === `referrals-${name}`,
  );
  if (!found) throw new Error(`No function ${name}`);
  return found[0];
};
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const queueId = (name: string): string => {
  const found = resourcesOf(service, 'AWS::SQS::Queue').find(
    ([, { Properties }]) => Properties.QueueName === `referrals-${name}-dead-letters`,
  );
  if (!found) throw new Error(`No queue of ${name}`);
  return found[0];
};

const groupId = (name: string): string | undefined =>
  resourcesOf(service, 'AWS::Logs::LogGroup').find(([, { Properties }]) => Properties.LogGroupName === name)?.[0];

const mappingOf = (name: string) =>
  theResource(
    service,
    'AWS::Lambda::EventSourceMapping',
    ({ Properties }) => Properties.FunctionName.Ref === functionId(name),
  );

describe('The outbox', () => {
  const { Properties } = mappingOf('publish-events');

  it('feeds the publisher, retries what failed alone and a bounded number of times, then sets it aside', () => {
    expect(Properties).toMatchObject({
      FunctionName: { Ref: functionId('publish-events') },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 21_600,
      StartingPosition: 'TRIM_HORIZON',
      DestinationConfig: { OnFailure: { Destination: arnOf(queueId('publish-events')) } },
    });
    expect(JSON.stringify(Properties.EventSourceArn)).toMatch(/RecordTable\w+StreamArn/);
  });

  it('shows the publisher only events that are marked unpublished: not the record, not its own feed entries', () => {
    const [{ Pattern }] = Properties.FilterCriteria.Filters;
    expect(JSON.parse(Pattern)).toEqual({
      eventName: ['INSERT', 'MODIFY'],
      dynamodb: { NewImage: { sk: { S: [{ prefix: 'EVENT#' }] }, workKey: { S: [{ prefix: 'EVENT#' }] } } },
    });
  });
});

describe('Work that nobody waits for', () => {
  const unattended = ['start-executions', 'place-waiting', 'sweep', 'note-failed-execution', 'deliver-webhooks'];

  it.each(unattended)('%s sets aside what it cannot do', (name) => {
    const { Properties } = service.toJSON().Resources[functionId(name)];
    expect(Properties.DeadLetterConfig).toEqual({ TargetArn: arnOf(queueId(name)) });
  });

  it('what the bus or the schedule cannot hand over lands in the same queue', () => {
    const targets = [
      ...resourcesOf(service, 'AWS::Events::Rule').flatMap(([, { Properties }]) => Properties.Targets),
      ...resourcesOf(service, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties.Target),
    ];
    const handed = new Map(targets.map((target: Resource) => [target.Arn['Fn::GetAtt'][0], target]));
    for (const name of unattended) {
      const target = handed.get(functionId(name));
      expect(target?.DeadLetterConfig, name).toEqual({ Arn: arnOf(queueId(name)) });
      expect(target?.RetryPolicy.MaximumRetryAttempts, name).toBeLessThan(186);
    }
    expect(handed.size).toBe(unattended.length);
  });

  it('every queue is a dead-letter queue, encrypted, kept for 14 days and closed to plain HTTP', () => {
    const queues = resourcesOf(service, 'AWS::SQS::Queue');
    expect(queues).toHaveLength(unattended.length + 1);
    for (const [id, { Properties }] of queues) {
      expect(Properties, id).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
    }
    for (const [id, { Properties }] of resourcesOf(service, 'AWS::SQS::QueuePolicy')) {
      expect(JSON.stringify(Properties.PolicyDocument), id).toContain('"aws:SecureTransport":"false"');
    }
  });
});

describe('Events', () => {
  const patternFor = (name: string) =>
    theResource(
      service,
      'AWS::Events::Rule',
      ({ Properties }) => Properties.Targets[0].Arn['Fn::GetAtt'][0] === functionId(name),
    ).Properties;

  it('that need an execution reach the function that starts it', () => {
    const { EventPattern, EventBusName } = patternFor('start-executions');
    expect(EventPattern).toEqual({
      source: ['referrals'],
      'detail-type': ['referral.sent.v1', 'allocation.started.v1'],
    });
    expect(JSON.stringify(EventBusName)).toContain('EventsBus');
  });

  it('of executions that ended badly are noted, of our own machines only', () => {
    const { EventPattern, EventBusName } = patternFor('note-failed-execution');
    const machines = Object.keys(service.findResources('AWS::StepFunctions::StateMachine'));
    expect(EventPattern.detail).toEqual({
      status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
      stateMachineArn: machines.map((Ref) => ({ Ref })),
    });
    expect(EventBusName).toBeUndefined();
  });

  it('are told to subscribed systems as they come into their feeds, and what that misses is not retried for long', () => {
    const { Properties } = mappingOf('deliver-webhooks');
    expect(Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      MaximumRecordAgeInSeconds: 300,
      StartingPosition: 'LATEST',
      DestinationConfig: { OnFailure: { Destination: arnOf(queueId('deliver-webhooks')) } },
    });
    const [{ Pattern }] = Properties.FilterCriteria.Filters;
    expect(JSON.parse(Pattern)).toEqual({
      eventName: ['INSERT'],
      dynamodb: { Keys: { pk: { S: [{ prefix: 'FEED#' }] }, sk: { S: [{ prefix: 'EVENT#' }] } } },
    });
  });

  it('the sweeper, and what tells again that was not taken, run every minute', () => {
    const schedules = resourcesOf(service, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);
    expect(schedules.map(({ Target }) => Target.Arn)).toEqual(['sweep', 'deliver-webhooks'].map(functionId).map(arnOf));
    for (const schedule of schedules) {
      expect(schedule).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    }
  });
});

describe('Webhooks', () => {
  const toldOf = (template: typeof service) =>
    resourcesOf(template, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
      const { WEBHOOKS_ON_LOOPBACK: loopback, WEBHOOK_OVERLAP_HOURS: hours } = Properties.Environment.Variables;
      return loopback === undefined ? [] : [{ name: Properties.FunctionName, loopback, hours }];
    });
  const handlers = ['put-webhook', 'rotate-webhook-secret', 'deliver-webhooks'];

  it('lead to this machine on a local stack only, and a former secret signs for a day', () => {
    expect(toldOf(service)).toEqual(
      handlers.map((name) => ({ name: `referrals-${name}`, loopback: 'false', hours: '24' })),
    );
    expect(toldOf(templatesOf(onLocal).service).map(({ loopback }) => loopback)).toEqual(['true', 'true', 'true']);
  });
});

describe('State machines', () => {
  it.each(
    resourcesOf(service, 'AWS::StepFunctions::StateMachine').map(([, { Properties }]) => [
      Properties.StateMachineName,
      Properties,
    ]),
  )('%s logs what happened but never with what, and is encrypted with the customer-managed key', (_, machine) => {
    expect(machine).toMatchObject({
      StateMachineType: 'STANDARD',
      LoggingConfiguration: { IncludeExecutionData: false, Level: 'ALL' },
      TracingConfiguration: { Enabled: true },
      EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' },
    });
    expect(JSON.stringify(machine.DefinitionString)).toContain('JSONata');
  });
});

describe('Functions', () => {
  const functions = resourcesOf(service, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
  const groupsOf = (properties: typeof functions) => properties.map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref);
  const isApi = ({ Description }: (typeof functions)[number]) => Description.startsWith('functions/api/');

  it('run Node 24 on arm64, are traced, and log as JSON into an encrypted group that forgets', () => {
    for (const properties of functions) {
      expect(properties, properties.FunctionName).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON' },
      });
    }
    for (const [id, { Properties }] of resourcesOf(service, 'AWS::Logs::LogGroup')) {
      expect(Properties, id).toMatchObject({ RetentionInDays: 400, KmsKeyId: expect.anything() });
    }
  });

  it('log behind the API into one group, and elsewhere each into its own', () => {
    const shared = new Set(groupsOf(functions.filter(isApi)));
    const own = groupsOf(functions.filter((properties) => !isApi(properties)));
    expect([...shared]).toEqual([groupId('/aws/lambda/referrals-api')]);
    expect(own).toEqual(functions.flatMap((one) => (isApi(one) ? [] : [groupId(`/aws/lambda/${one.FunctionName}`)])));
  });

  it('may write to the group that they log into and to no other', () => {
    for (const { FunctionName, LoggingConfig, Role } of functions) {
      const role = service.toJSON().Resources[Role['Fn::GetAtt'][0]];
      const writing = statementsOf(role).filter(({ Action }) => list(Action).some((one) => /^logs:/.test(String(one))));
      expect(writing, FunctionName).toEqual([
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: arnOf(LoggingConfig.LogGroup.Ref),
        },
      ]);
    }
  });
});
