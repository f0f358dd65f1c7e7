import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import { systemClients } from '../../shared/adapters/changes.ts';
import { legalHolds } from '../../shared/adapters/legal-holds.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import { removals as removalsOf } from '../../shared/adapters/removals.ts';
import { wholeRecords } from '../../shared/adapters/whole-records.ts';
import { removeRecord } from '../../shared/domain/commands/records.ts';
import { referralOf } from '../../shared/domain/record-export/kinds.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { concludedBy, nextLook, retentionOf } from '../../shared/domain/retention.ts';
import type { LegalHolds, Removals, WholeRecords } from '../../shared/ports/records.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { logger, observe } from '../middleware/observe.ts';
import { retentionMonths } from '../middleware/settings.ts';

export interface RemovalPorts extends Pick<Ports, 'clock'> {
  referrals: Pick<Ports['referrals'], 'execute'>;
  records: Pick<WholeRecords, 'onCrn' | 'referral'>;
  holds: Pick<LegalHolds, 'find'>;
  removals: Removals;
}

/** What one run did, in referrals. `more`: its time was up before all was done; the next run goes on. */
export interface Removed {
  removed: number;
  kept: number;
  failed: number;
  more: boolean;
}

/** A run ends in time for its function (milliseconds), and each page is so many referrals. */
const runTime = 40_000;
const pageSize = 25;

const byRetention = { organisation: 'system', client: systemClients.retention };

/**
 * Every hour: what is held on a person whose referrals concluded longer ago than the period goes, unless a legal hold
 * stands (ADR 24). One failure never holds up the rest.
 */
export const removeRecords = (ports: RemovalPorts, periodMonths: number, metrics: Metrics) =>
  middy<unknown, Removed>()
    .use(observe('remove-records'))
    .handler(async () => {
      const until = performance.now() + runTime;
      const now = await ports.clock.now();
      const run: Removed = { removed: 0, kept: 0, failed: 0, more: false };
      let cursor: string | null | undefined;
      do {
        const page = await ports.removals.due(concludedBy(now, periodMonths), {
          limit: pageSize,
          cursor: cursor ?? undefined,
        });
        for (const { referralId } of page.items) {
          if (performance.now() >= until) break;
          try {
            const isGone = await removedOrKept(ports, referralId, periodMonths, now);
            run[isGone ? 'removed' : 'kept'] += 1;
          } catch (error) {
            run.failed += 1;
            logger.error('removing one failed', { errorName: (error as Error).name, referralId });
          }
        }
        cursor = page.cursor;
      } while (cursor && performance.now() < until);
      run.more = performance.now() >= until || Boolean(cursor);
      metrics.addMetric('RecordsRemoved', MetricUnit.Count, run.removed);
      metrics.addMetric('RemovalFailures', MetricUnit.Count, run.failed);
      metrics.publishStoredMetrics();
      return run;
    });

async function removedOrKept(ports: RemovalPorts, referralId: string, periodMonths: number, now: Date) {
  const referral = await ports.records.referral(referralId);
  if (!referral) throw new Error('a mark without a referral');
  const { removals } = ports;
  /** As far in the past as it would have to have concluded to be due then. */
  const lookAt = (time: Date) => removals.lookAgain(referralId, concludedBy(time, periodMonths));
  if (!referral.removedAt) {
    let until = nextLook(now);
    const outcome = await ports.referrals.execute(
      referralId,
      {},
      // Decided as late as can be, on all that stands there then; the transaction looks for a hold once more.
      async (state, context) => {
        const isHeld = Boolean(await ports.holds.find(referral.crn));
        const decision = retentionOf(await ofPerson(ports, referral), isHeld, periodMonths, now);
        if (decision.keep) until = decision.until;
        return decision.keep ? [] : removeRecord(state, { periodMonths, concludedAt: decision.concludedAt }, context);
      },
      { by: byRetention },
    );
    if (!('events' in outcome) || outcome.events.length === 0) return lookAt(until).then(() => false);
  }
  const isGone = await removals.finish(referral);
  if (!isGone) await lookAt(nextLook(now));
  return isGone;
}

/** All referrals of the person, whoever sent them: what is kept of each stands under the CRN, strongly consistent. */
async function ofPerson({ records }: RemovalPorts, own: Referral): Promise<Referral[]> {
  const { items } = await records.onCrn(own.crn);
  const ids = new Set([own.id, ...items.flatMap(({ key }) => referralOf(key) ?? [])]);
  const found = await Promise.all([...ids].map((id) => records.referral(id)));
  return found.filter((one) => one !== undefined);
}

export const handler = deployed(() => {
  const { db, clock } = basics();
  // Nothing waits for a referral that concluded long ago, so there is nothing to wake.
  const referrals = referralsOf({ client: db, clock });
  const ports = { clock, referrals, records: wholeRecords(db), holds: legalHolds(db), removals: removalsOf(db) };
  return removeRecords(ports, retentionMonths(), new Metrics());
});
