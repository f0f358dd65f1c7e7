import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE, SERVICE_NAME } from '../constructs/functions.ts';

const minutes = (count: number) => Duration.minutes(count);

const ours = { namespace: METRICS_NAMESPACE, dimensionsMap: { service: SERVICE_NAME } };

/** A number that a function reports every minute, by the name under which it publishes it. */
const reported = (metricName: string): IMetric =>
  new Metric({ ...ours, metricName, statistic: Stats.MAXIMUM, period: minutes(1) });

/** Something that a function counts as it happens. */
const counted = (metricName: string): IMetric =>
  new Metric({ ...ours, metricName, statistic: Stats.SUM, period: minutes(5) });

type SweeperMetric =
  | 'OldestUnpublishedEventSeconds'
  | 'OldestUnredeemedWaitSeconds'
  | 'OldestDueTaskSeconds'
  | 'SweepFailures';

/** What the sweeper reports. */
export const sweeperMetric = (metricName: SweeperMetric): IMetric => reported(metricName);

/** What the reconciler counts, and for how long its present round, or its leaving something, has been going on. */
export const driftHealed: IMetric = counted('DriftHealed');
export const driftRaised: IMetric = counted('DriftRaised');
export const reconcilerFailures: IMetric = counted('ReconcilerFailures');
export const reconcilerRound: IMetric = reported('ReconcilerRoundSeconds');

/** Webhooks to which nothing is sent any more, as the function that delivers counts them. */
export const webhooksDisabled: IMetric = reported('WebhooksDisabled');

/** For how long the receiver that has failed longest has not taken what waits for it. */
export const oldestWebhookFailing: IMetric = reported('OldestWebhookFailingSeconds');

/** Records that one of the hourly runs should have removed and could not. */
export const removalFailures: IMetric = counted('RemovalFailures');

export const webhooksJustDisabled: IMetric = counted('WebhooksJustDisabled');
export const noticesSetAside: IMetric = counted('NoticesSetAside');

/** Throttled reads and writes of a table; its indexes count on their own names. */
export const throttleMetric = (tableName: string, kind: 'Read' | 'Write'): IMetric =>
  new Metric({
    namespace: 'AWS/DynamoDB',
    metricName: `${kind}ThrottleEvents`,
    dimensionsMap: { TableName: tableName },
    statistic: Stats.SUM,
    period: minutes(5),
  });

/** Invocations that Lambda refused, of the whole account: that is where the limit stands. */
export const lambdaThrottles: IMetric = new Metric({
  namespace: 'AWS/Lambda',
  metricName: 'Throttles',
  statistic: Stats.SUM,
  period: minutes(5),
});
