import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarm.ts';
import { lambdaThrottles, removalFailures } from './metrics.ts';
import type { Watched } from './watched.ts';

/** Functions that nobody waits for, and the queues that keep what they could not do. */
export const failureAlarms = ({ functionNamed, background, deadLetters }: Watched): AlarmSpec[] => [
  ...Object.entries(deadLetters).map(
    ([name, queue]): AlarmSpec => ({
      name: `dead-letters-${name}`,
      impact: deadLetterImpact[name] ?? `Work of ${name} was set aside and is not done.`,
      action: 'Read a message and the function’s log, mend the cause, then do the work again as the runbook says.',
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: Stats.MAXIMUM }),
      threshold: 0,
    }),
  ),
  ...background.map(
    (name): AlarmSpec => ({
      name: `errors-${name}`,
      impact: `The function ${name} fails again and again: what it does for referrals is late or not done.`,
      action: 'Read its log by the error’s name; most often a dependency refuses or a release broke it.',
      metric: functionNamed(name).metricErrors({ period: Duration.minutes(5) }),
      threshold: 3,
      periods: 2,
    }),
  ),
  {
    name: 'removal-failures',
    impact: 'What is held on some people stays beyond its period, for the same reason every hour.',
    action: 'Look in the log of remove-records for what fails and why; the next hour does what it can.',
    metric: removalFailures,
    threshold: 0,
  },
  {
    name: 'functions-throttled',
    impact: 'Requests are refused with 503 and background work is late: the account runs no more functions at once.',
    action: 'Find what takes the concurrency on the dashboard; ask AWS for more, or lower the API’s rate limit.',
    metric: lambdaThrottles,
    threshold: 0,
    periods: 2,
  },
];

const deadLetterImpact: Record<string, string> = {
  'publish-events': 'Events were not published after ten tries: subscribers miss them until they are republished.',
  'start-executions': 'An execution was not started from its event; the sweeper starts it unless it fails too.',
  'place-waiting': 'A place came free and nobody in line was offered it; the sweeper offers it unless it fails too.',
  sweep: 'A minute’s sweep was lost; the next one makes up for it unless it fails too.',
  reconcile: 'A minute’s reconciliation was lost; the next one makes up for it unless it fails too.',
  'remove-records': 'An hour’s removal of what is held on people was lost; the next one makes up for it.',
  'deliver-webhooks':
    'A run that tells subscribed systems was lost; the next minute’s makes up for it unless it fails too.',
  'follow-group-sessions':
    'Appointments did not follow their group session, or a pause; the next minute makes up for it unless that fails too.',
  'note-failed-execution': 'An execution failed and its referral does not say so: operations do not see it.',
};
