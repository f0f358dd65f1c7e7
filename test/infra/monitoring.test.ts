import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resourcesOf, templatesOf, theResource } from './synthesised.ts';

const { service } = templatesOf();
const alarms = resourcesOf(service, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const named = (name: string) => alarms.find(({ AlarmName }) => AlarmName === `referrals-${name}`);
const entries = new Map(
  readFileSync('docs/runbook.md', 'utf8')
    .split(/^### /m)
    .slice(1)
    .map((entry) => [entry.slice(0, entry.indexOf('\n')).trim(), entry]),
);

describe('Every alarm', () => {
  it('says what it does to people, what to do, and where the runbook goes on', () => {
    expect(alarms.length).toBeGreaterThan(30);
    for (const { AlarmName, AlarmDescription } of alarms) {
      const name = AlarmName.replace('referrals-', '');
      expect(AlarmDescription).toMatch(/^Impact: .+\. Action: .+\. Runbook: docs\/runbook\.md#/);
      expect(AlarmDescription.endsWith(`#${name}`), name).toBe(true);
      expect(AlarmDescription.length, name).toBeLessThan(1024);
    }
  });

  it('has its entry in the runbook, with what to look at and what to run; and no entry is of an alarm that is gone', () => {
    const names = alarms.map(({ AlarmName }) => AlarmName.replace('referrals-', ''));
    expect([...entries.keys()].sort()).toEqual(names.sort());
    for (const [name, entry] of entries) {
      for (const part of ['**Impact**', '**Look at**', '**Do**']) expect(entry, name).toContain(part);
    }
  });

  it('is looked into in logs that exist: a group of its own, or the one of the API', () => {
    const groups = resourcesOf(service, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties.LogGroupName);
    const asked = [...entries.values()].flatMap((entry) =>
      [...entry.matchAll(/`log ([a-z-]+)/g)].map(([, name]) => name),
    );
    expect(asked.length).toBeGreaterThan(20);
    for (const name of asked) expect(groups).toContain(`/aws/lambda/referrals-${name}`);
  });

  it('tells someone, through an encrypted topic, when it begins and when it ends', () => {
    const [topic] = Object.keys(service.findResources('AWS::SNS::Topic'));
    for (const { AlarmName, AlarmActions, OKActions } of alarms) {
      expect([AlarmActions, OKActions], AlarmName).toEqual([[{ Ref: topic }], [{ Ref: topic }]]);
    }
    expect(theResource(service, 'AWS::SNS::Topic').Properties.KmsMasterKeyId).toBeDefined();
  });
});

describe('There is an alarm', () => {
  it('for every dead-letter queue, at its first message', () => {
    const watched = alarms.filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible');
    const queues = Object.keys(service.findResources('AWS::SQS::Queue'));
    expect(new Set(watched.map(({ Dimensions }) => Dimensions[0].Value['Fn::GetAtt'][0]))).toEqual(new Set(queues));
    for (const alarm of watched) expect(alarm).toMatchObject({ Threshold: 0, EvaluationPeriods: 1 });
  });

  it('for events that wait longer than five minutes, and for waits that no one redeems', () => {
    expect(named('events-unpublished')).toMatchObject({
      Namespace: 'Referrals',
      MetricName: 'OldestUnpublishedEventSeconds',
      Threshold: 300,
    });
    expect(named('waits-unredeemed')).toMatchObject({
      Namespace: 'Referrals',
      MetricName: 'OldestUnredeemedWaitSeconds',
      Threshold: 120,
    });
  });

  it('for receivers that fail for a day, for what is set aside, and for each webhook that is disabled', () => {
    expect(named('webhook-failing')).toMatchObject({
      MetricName: 'OldestWebhookFailingSeconds',
      Statistic: 'Maximum',
      Threshold: 24 * 3600,
    });
    for (const [name, MetricName] of [
      ['notices-set-aside', 'NoticesSetAside'],
      ['webhook-just-disabled', 'WebhooksJustDisabled'],
    ] as const) {
      expect(named(name)).toMatchObject({ MetricName, Statistic: 'Sum', Threshold: 0, EvaluationPeriods: 1 });
    }
  });

  it('only on numbers of ours that something reports', () => {
    const reporters = ['sweep', 'deliver-webhooks'].map((name) => `functions/events/${name}.ts`);
    const reported = reporters.map((file) => readFileSync(file, 'utf8')).join();
    const counted = resourcesOf(service, 'AWS::Logs::MetricFilter').map(
      ([, { Properties }]) => Properties.MetricTransformations[0].MetricName,
    );
    for (const { Namespace, MetricName, Dimensions } of alarms.filter((alarm) => alarm.Namespace === 'Referrals')) {
      if (counted.includes(MetricName)) continue;
      expect(reported, `${Namespace} ${MetricName}`).toContain(`'${MetricName}'`);
      expect(Dimensions).toEqual([{ Name: 'service', Value: 'referrals' }]);
    }
  });

  it('for a sweeper that does not run: no data is the worst of it', () => {
    expect(named('sweeper-not-running')).toMatchObject({
      TreatMissingData: 'breaching',
      ComparisonOperator: 'LessThanThreshold',
    });
  });

  it('for each way in which an execution of each machine can end badly, and for too few that begin', () => {
    const machines = Object.keys(service.findResources('AWS::StepFunctions::StateMachine'));
    for (const MetricName of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted', 'ExecutionThrottled']) {
      const watched = alarms
        .filter((alarm) => alarm.MetricName === MetricName)
        .map(({ Dimensions }) => Dimensions[0].Value.Ref);
      expect(watched.sort(), MetricName).toEqual(machines.sort());
    }
    expect(
      named('too-few-started')
        .Metrics.map(({ Expression }: { Expression?: string }) => Expression)
        .filter(Boolean),
    ).toEqual(['IF(asked >= 4 AND (FILL(started0, 0) + FILL(started1, 0)) < asked / 2, 1, 0)']);
  });

  it('for open executions that come near what the account may have, long before no more can start', () => {
    const { Metrics, Threshold } = named('open-executions');
    const shown = Metrics.map(
      ({ Expression, MetricStat }: { Expression?: string; MetricStat?: { Metric: object } }) =>
        Expression ?? MetricStat?.Metric,
    );
    expect(shown).toEqual([
      '100 * open / quota',
      { Namespace: 'AWS/States', MetricName: 'OpenExecutionCount' },
      { Namespace: 'AWS/States', MetricName: 'OpenExecutionLimit' },
    ]);
    expect(Threshold).toBe(70);
  });

  it('for requests that the stage refuses, counted from the access log', () => {
    const { Properties } = theResource(service, 'AWS::Logs::MetricFilter');
    expect(Properties.FilterPattern).toBe('{ $.status = "429" }');
    expect(named('api-throttled')).toMatchObject({
      MetricName: Properties.MetricTransformations[0].MetricName,
      Namespace: 'Referrals',
    });
  });
});

it('The dashboard shows every alarm', () => {
  const body = JSON.stringify(theResource(service, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody);
  for (const id of Object.keys(service.findResources('AWS::CloudWatch::Alarm'))) expect(body).toContain(id);
});

it('Links within the runbook lead somewhere', () => {
  for (const [, target] of readFileSync('docs/runbook.md', 'utf8').matchAll(/\]\(#([a-z-]+)\)/g)) {
    expect([...entries.keys()]).toContain(target);
  }
});
