import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../constructs/functions.ts';
import { type AlarmSpec, alarmDescription } from './alarm.ts';
import { operationsDashboard } from './dashboard.ts';
import { eventAlarms } from './event-alarms.ts';
import { executionAlarms } from './execution-alarms.ts';
import { failureAlarms } from './failure-alarms.ts';
import { requestAlarms } from './request-alarms.ts';
import type { Watched } from './watched.ts';

export interface MonitoringProps {
  watched: Watched;
  key: IKey;
  email: string | undefined;
  /** The local AWS refuses alarms that are computed from several metrics. */
  local: boolean;
}

/** One topic that tells people, an alarm for everything that needs them, and a page that shows how things are. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, { watched, key, email, local }: MonitoringProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', {
      displayName: 'Referrals: something needs you',
      masterKey: key,
      enforceSSL: true,
    });
    // The topic's own policy replaces the default one, under which CloudWatch could have published.
    topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (email) topic.addSubscription(new EmailSubscription(email));

    const specs = [
      ...eventAlarms(watched),
      ...failureAlarms(watched),
      ...executionAlarms(watched),
      ...requestAlarms({ ...watched, refused: this.#refusedRequests(watched) }),
    ].filter(({ computed }) => !(computed && local));
    const tell = new SnsAction(topic);
    const alarms = specs.map((spec) => {
      const alarm = this.#alarm(spec);
      alarm.addAlarmAction(tell);
      alarm.addOkAction(tell);
      return alarm;
    });
    operationsDashboard(this, 'Dashboard', watched, alarms);
  }

  #alarm(spec: AlarmSpec): Alarm {
    return new Alarm(this, spec.name, {
      alarmName: `referrals-${spec.name}`,
      alarmDescription: alarmDescription(spec),
      metric: spec.metric,
      threshold: spec.threshold,
      evaluationPeriods: spec.periods ?? 1,
      comparisonOperator: spec.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: spec.missingData ?? TreatMissingData.NOT_BREACHING,
    });
  }

  /** API Gateway counts what it throttles among all other 4xx, so it is counted from the access log. */
  #refusedRequests({ accessLog }: Watched): IMetric {
    return accessLog
      .addMetricFilter('Refused', {
        filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
        metricNamespace: METRICS_NAMESPACE,
        metricName: 'RequestsThrottled',
        metricValue: '1',
      })
      .metric({ statistic: 'Sum' });
  }
}
