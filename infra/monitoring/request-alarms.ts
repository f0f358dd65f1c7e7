import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarm.ts';
import { throttleMetric } from './metrics.ts';
import type { Watched } from './watched.ts';

const period = Duration.minutes(5);

/** What callers notice. */
export const requestAlarms = ({ api, tables, refused }: Watched & { refused: IMetric }): AlarmSpec[] => [
  {
    name: 'api-errors',
    impact: 'Callers get 5xx: practitioners cannot send and providers cannot answer.',
    action: 'Find the route and the request ids in the access log, then the function’s log.',
    metric: api.metricServerError({ period, statistic: Stats.SUM }),
    threshold: 0,
    periods: 2,
  },
  {
    name: 'api-slow',
    impact: 'One call in a hundred takes longer than two seconds.',
    action: 'Find the slow routes in the access log; compare with cold starts and with the tables’ throttling.',
    metric: api.metricLatency({ period, statistic: Stats.percentile(99) }),
    threshold: 2000,
    periods: 3,
  },
  {
    name: 'api-throttled',
    impact: 'Callers get 429: together they ask more often than the stage allows.',
    action: 'Find the client in the access log. If it is real demand, raise REFERRALS_RATE_LIMIT and deploy.',
    metric: refused,
    threshold: 0,
    periods: 2,
  },
  {
    name: 'api-client-errors',
    impact: 'Callers get many 4xx: a client is broken or someone is trying tokens.',
    action: 'Find the client and the statuses in the access log; talk to its owner or take its registration away.',
    metric: api.metricClientError({ period, statistic: Stats.SUM }),
    threshold: 500,
    periods: 3,
  },
  ...tables.flatMap(({ name, table }) =>
    (['Read', 'Write'] as const).map(
      (kind): AlarmSpec => ({
        name: `${name}-table-${kind.toLowerCase()}s-throttled`,
        impact: `Commands are retried and slow, or refused: DynamoDB throttles ${kind.toLowerCase()}s of the ${name} table.`,
        action:
          'Look for a hot partition (Contributor Insights) and for an import; on-demand capacity grows by itself.',
        metric: throttleMetric(table.tableName, kind),
        threshold: 0,
        periods: 2,
      }),
    ),
  ),
];
