import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarm.ts';
import type { Watched } from './watched.ts';

const period = Duration.minutes(5);

/** Executions that end badly, and those that never begin. */
export const executionAlarms = ({ machines, starts }: Watched): AlarmSpec[] => [
  ...machines.flatMap(({ name, machine }): AlarmSpec[] => [
    {
      name: `${name}-failed`,
      impact: 'A referral stands still: its execution failed.',
      action: 'Find it under GET /v1/referrals?attention=true, mend the cause, then POST /v1/operations/redrive.',
      metric: machine.metricFailed({ period }),
      threshold: 0,
    },
    {
      name: `${name}-timed-out`,
      impact: 'A referral stands still: its execution ran for longer than any may.',
      action: 'Find out which wait did not lead back to a look, then POST /v1/operations/redrive.',
      metric: machine.metricTimedOut({ period }),
      threshold: 0,
    },
    {
      name: `${name}-aborted`,
      impact: 'A referral stands still: someone stopped its execution.',
      action: 'Ask who stopped it and why (CloudTrail, StopExecution), then POST /v1/operations/redrive.',
      metric: machine.metricAborted({ period }),
      threshold: 0,
    },
    {
      name: `${name}-throttled`,
      impact: 'Referrals go on later than they could: Step Functions delays their steps.',
      action: 'See what starts so many executions; ask AWS for a larger state transition quota if it is real demand.',
      metric: machine.metricThrottled({ period }),
      threshold: 0,
      periods: 3,
    },
  ]),
  {
    name: 'too-few-started',
    impact: 'Referrals are sent and allocations begin, but fewer than half of their executions start.',
    action: 'Check start-executions, its rule and its dead letters; the sweeper should be starting the rest.',
    metric: startedTooFew(machines, starts),
    threshold: 0,
    computed: true,
  },
  {
    name: 'open-executions',
    impact: 'None yet. At the quota no new referral or allocation starts; those that are open go on.',
    action: 'Ask AWS for a larger quota of open executions now; it takes days.',
    metric: openOfQuota(),
    threshold: 70,
    computed: true,
  },
];

/** Open executions, in percent of what the account may have in this region. */
function openOfQuota(): IMetric {
  const hour = Duration.hours(1);
  const counted = (metricName: string) =>
    new Metric({ namespace: 'AWS/States', metricName, statistic: Stats.MAXIMUM, period: hour });
  return new MathExpression({
    expression: '100 * open / quota',
    usingMetrics: { open: counted('OpenExecutionCount'), quota: counted('OpenExecutionLimit') },
    label: 'Open executions, % of the quota',
    period: hour,
  });
}

/** 1 while fewer than half as many executions start as events ask for; a handful of events proves nothing. */
function startedTooFew(machines: Watched['machines'], starts: Watched['starts']): IMetric {
  const quarterHour = Duration.minutes(15);
  const asked = new Metric({
    namespace: 'AWS/Events',
    metricName: 'MatchedEvents',
    dimensionsMap: { EventBusName: starts.eventBusName, RuleName: starts.ruleName },
    statistic: Stats.SUM,
    period: quarterHour,
  });
  const started = machines.map(({ machine }) => machine.metricStarted({ period: quarterHour }));
  const sum = started.map((_, index) => `FILL(started${index}, 0)`).join(' + ');
  return new MathExpression({
    expression: `IF(asked >= 4 AND (${sum}) < asked / 2, 1, 0)`,
    usingMetrics: { asked, ...Object.fromEntries(started.map((metric, index) => [`started${index}`, metric])) },
    label: 'Too few executions started',
    period: quarterHour,
  });
}
