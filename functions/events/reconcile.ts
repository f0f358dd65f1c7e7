import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import { systemClients } from '../../shared/adapters/changes.ts';
import { machines as machinesOf } from '../../shared/adapters/machines.ts';
import { places as placesOf } from '../../shared/adapters/places.ts';
import { reconciliation as reconciliationOf } from '../../shared/adapters/reconciliation.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { Findings } from '../middleware/findings.ts';
import { observe } from '../middleware/observe.ts';
import { Kept, type ReconcilePorts, Reconciler } from '../middleware/reconciler.ts';
import { reconcileMinutes } from '../middleware/settings.ts';

/** What one run came to: how often each kind of drift was healed, and how often raised. */
export interface Reconciled {
  healed: Record<string, number>;
  raised: Record<string, number>;
  failed: number;
  /** What could not be looked at, by what it is: the next run begins with it, but for what Step Functions did not list. */
  left: Record<string, number>;
}

/** A run's walk; what looked wrong is looked at again after it. Together they end before the next run comes. */
const runTime = 40_000;

/**
 * Every minute: holds the record against Step Functions, its own tasks and its places (ADR 25), heals what has come
 * apart, and raises what cannot be healed safely. It walks all that is open, round after round, each begun so many minutes
 * after the last, or as soon as that is through; executions that ended badly are asked for every time. Readings
 * of a round may be stale: what looks wrong is looked at again, and every repair is a command under the referral's lock.
 */
export const reconcile = (ports: ReconcilePorts, metrics: Metrics, minutes: number) => {
  const kept = new Kept();
  return middy<unknown, Reconciled>()
    .use(observe('reconcile'))
    .handler(async () => {
      const findings = new Findings();
      const reconciler = new Reconciler(ports, findings, {
        by: { organisation: 'system', client: systemClients.reconciler },
        minutes,
        kept,
      });
      const roundSeconds = await reconciler.run(ports.elapsed() + runTime);
      const { healed, raised, failed, left } = findings.result;
      const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);
      metrics.addMetric('DriftHealed', MetricUnit.Count, sum(healed));
      metrics.addMetric('DriftRaised', MetricUnit.Count, sum(raised));
      metrics.addMetric('ReconcilerFailures', MetricUnit.Count, failed);
      metrics.addMetric('ReconcilerLeft', MetricUnit.Count, sum(left));
      metrics.addMetric('ReconcilerRoundSeconds', MetricUnit.Seconds, roundSeconds);
      metrics.publishStoredMetrics();
      return findings.result;
    });
};

export const handler = deployed(() => {
  const { db, clock, referrals, executions } = commanding();
  const ports = {
    clock,
    referrals,
    executions,
    allocations: allocationsOf(db),
    places: placesOf(db, clock),
    reconciliation: reconciliationOf(db),
    machines: machinesOf(),
    pause: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
    elapsed: () => performance.now(),
  };
  return reconcile(ports, new Metrics(), reconcileMinutes());
});
