import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { lambdaThrottles, sweeperMetric, throttleMetric } from './metrics.ts';
import type { Watched } from './watched.ts';

const period = Duration.minutes(5);

/** From what people notice, at the top, down to what causes it. */
export function operationsDashboard(scope: Construct, id: string, watched: Watched, alarms: IAlarm[]): Dashboard {
  const { api, machines, functionNamed, background, tables, deadLetters } = watched;
  const sum = { period, statistic: Stats.SUM };
  return new Dashboard(scope, id, {
    dashboardName: 'referrals',
    defaultInterval: Duration.hours(12),
    widgets: [
      [new AlarmStatusWidget({ title: 'What needs someone', alarms, width: 24, height: 5 })],
      [
        graph('Requests', [api.metricCount(sum), api.metricClientError(sum), api.metricServerError(sum)]),
        graph('Latency', [
          api.metricLatency({ period, statistic: Stats.percentile(50) }),
          api.metricLatency({ period, statistic: Stats.percentile(99) }),
        ]),
        graph('Promises to subscribers and referrals (seconds)', [
          sweeperMetric('OldestUnpublishedEventSeconds'),
          sweeperMetric('OldestUnredeemedWaitSeconds'),
        ]),
      ],
      machines.map(({ name, machine }) =>
        graph(
          name,
          [
            machine.metricStarted({ period }),
            machine.metricSucceeded({ period }),
            machine.metricFailed({ period }),
            machine.metricTimedOut({ period }),
            machine.metricAborted({ period }),
          ],
          12,
        ),
      ),
      [
        graph(
          'Work set aside',
          Object.values(deadLetters).map((queue) => queue.metricApproximateNumberOfMessagesVisible({ period })),
        ),
        graph(
          'Errors of background functions',
          background.map((name) => functionNamed(name).metricErrors({ period })),
        ),
        graph('Throttling', [
          lambdaThrottles,
          ...tables.flatMap(({ table: { tableName } }) => [
            throttleMetric(tableName, 'Read'),
            throttleMetric(tableName, 'Write'),
          ]),
        ]),
      ],
    ],
  });
}

const graph = (title: string, left: IMetric[], width = 8) => new GraphWidget({ title, left, width, height: 6 });
