import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarm.ts';
import {
  driftHealed,
  driftRaised,
  noticesSetAside,
  oldestWebhookFailing,
  reconcilerFailures,
  reconcilerRound,
  sweeperMetric,
  webhooksDisabled,
  webhooksJustDisabled,
} from './metrics.ts';
import type { Watched } from './watched.ts';

/** The way of an event from the record to the bus and to who is told, and of the sweeper, which sees to what got lost. */
export function eventAlarms(watched: Pick<Watched, 'functionNamed'>): AlarmSpec[] {
  return [...recordAlarms(watched), ...driftAlarms, ...webhookAlarms];
}

function recordAlarms({ functionNamed }: Pick<Watched, 'functionNamed'>): AlarmSpec[] {
  const publisher = functionNamed('publish-events');
  const fiveMinutes = Duration.minutes(5);
  return [
    {
      name: 'events-unpublished',
      impact:
        'Case systems and providers do not hear of changes: the oldest event has waited for more than five minutes.',
      action: 'See why publish-events fails, mend it, then POST /v1/operations/republish.',
      metric: sweeperMetric('OldestUnpublishedEventSeconds'),
      threshold: 300,
      periods: 2,
    },
    {
      name: 'publisher-behind',
      impact: 'Events leave more than five minutes late, and a stream forgets after 24 hours.',
      action: 'Look for errors and throttling of publish-events; republish what the stream no longer holds.',
      metric: publisher.metric('IteratorAge', { period: fiveMinutes, statistic: Stats.MAXIMUM }),
      threshold: 300_000,
    },
    {
      name: 'waits-unredeemed',
      impact: 'Referrals stand still: their execution was not started, or not told of a decision, within two minutes.',
      action: 'See whether the sweeper runs and what it is refused, then POST /v1/operations/redrive for what remains.',
      metric: sweeperMetric('OldestUnredeemedWaitSeconds'),
      threshold: 120,
      periods: 3,
    },
    {
      name: 'deadlines-unkept',
      impact:
        'A reminder or a lapse is more than five minutes late: an offer that nobody answers holds up its referral.',
      action: 'Look in the log of sweep for the task that it cannot handle; redrive its referral once that is mended.',
      metric: sweeperMetric('OldestDueTaskSeconds'),
      threshold: 300,
      periods: 3,
    },
    {
      name: 'sweep-failures',
      impact: 'Something that fell due cannot be done, for the same reason every minute.',
      action: 'Look in the log of sweep for what fails and why; redrive its referral once that is mended.',
      metric: sweeperMetric('SweepFailures'),
      threshold: 0,
      periods: 3,
    },
    {
      name: 'sweeper-not-running',
      impact: 'Nothing is reminded or lapses, and nothing repairs what a crash left: deadlines pass unseen.',
      action: 'Check the schedule, then the log and throttling of the sweep function.',
      metric: functionNamed('sweep').metricInvocations({ period: fiveMinutes }),
      threshold: 3,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      missingData: TreatMissingData.BREACHING,
    },
  ];
}

/** What came apart, and the reconciler that looks for it (ADR 25). */
const driftAlarms: AlarmSpec[] = [
  {
    name: 'drift-raised',
    impact: 'A referral does not go on, or a task cannot be answered, for a reason that is not healed by itself.',
    action: 'Read “drift raised” in the log of reconcile: its kind and its ids; GET /v1/referrals?attention=true.',
    metric: driftRaised,
    threshold: 0,
  },
  {
    name: 'drift-goes-on',
    impact: 'None yet: what comes apart is healed within minutes. But it keeps coming, so something breaks it.',
    action: 'Read “drift healed” in the log of reconcile: which kind, since when, and what was released before.',
    metric: driftHealed,
    threshold: 0,
    periods: 3,
  },
  {
    name: 'reconciler-behind',
    impact: 'What has come apart is found later than five minutes, or not at all.',
    action: 'See whether reconcile runs and what it is refused, or how much there is to look at.',
    metric: reconcilerRound,
    threshold: 300,
    periods: 5,
    missingData: TreatMissingData.BREACHING,
  },
  {
    name: 'reconciler-failures',
    impact: 'Something that the reconciler looks at cannot be read or healed: it may stand still.',
    action: 'Read “reconciling one failed” in the log of reconcile: which, and by which error.',
    metric: reconcilerFailures,
    threshold: 0,
    periods: 2,
  },
];

/** Other people's systems that are to be told: theirs to mend, and ours to say so. */
const webhookAlarms: AlarmSpec[] = [
  {
    name: 'webhook-failing',
    impact: 'A case system or provider has not been told of its events for a day: its receiver does not take them.',
    action: 'GET /v1/webhooks says whose and why; tell its owner, before it is disabled after three days.',
    metric: oldestWebhookFailing,
    threshold: 24 * 3600,
    periods: 2,
  },
  {
    name: 'notices-set-aside',
    impact:
      'A case system or provider was not told of an event within an hour, and has been told of later ones or may be.',
    action:
      'GET /v1/webhooks says whose last failure it was, GET /v1/webhook/dead-letters which events; tell its owner if they stay there.',
    metric: noticesSetAside,
    threshold: 0,
  },
  {
    name: 'webhook-just-disabled',
    impact: 'One more case system or provider is no longer told of its events.',
    action:
      'GET /v1/webhooks says whose: the latest disabledAt; its owner mends the receiver and puts the webhook again.',
    metric: webhooksJustDisabled,
    threshold: 0,
  },
  {
    name: 'webhooks-disabled',
    impact: 'A case system or provider is no longer told of its events: its receiver is gone, or has failed for days.',
    action:
      'GET /v1/webhooks says whose and since when; its owner mends the receiver and puts the webhook again, or removes it.',
    metric: webhooksDisabled,
    threshold: 0,
    periods: 2,
  },
];
