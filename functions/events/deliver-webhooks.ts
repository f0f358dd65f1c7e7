import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import * as z from 'zod';
import { clock as clockOf } from '../../shared/adapters/clock.ts';
import { dynamo } from '../../shared/adapters/dynamo.ts';
import { readerOf } from '../../shared/adapters/keys.ts';
import { noticeSender } from '../../shared/adapters/notices.ts';
import { noticeDelivery } from '../../shared/adapters/webhook-delivery.ts';
import { failingFor, isDue, type Webhook } from '../../shared/domain/webhook.ts';
import { deployed } from '../middleware/compose.ts';
import { type DeliveryPorts, deliverTo, type Told } from '../middleware/deliver.ts';
import { logger, note, observe } from '../middleware/observe.ts';
import { webhooksOnLoopback } from '../middleware/settings.ts';

/** A run ends before the next minute's comes; one that the stream waits for ends sooner, and leaves the rest to that. */
const runTime = { everyone: 40_000, prompted: 10_000 } as const;
const pageSize = 100;

/** New places in feeds, as the record's stream brings them; what the schedule sends is none. */
const newPlaces = z.object({
  Records: z.array(z.object({ dynamodb: z.object({ Keys: z.object({ pk: z.object({ S: z.string() }) }) }) })),
});

/** Somebody's notices could not be worked on at all: not a receiver's fault but ours. */
class NoticesNotDelivered extends Error {
  override readonly name = 'NoticesNotDelivered';
}

/**
 * V: notices to subscribed systems. What comes new into a feed is told at once; every minute everyone is looked at,
 * which is what retries and what makes up for whatever the first way missed. Both read the same feed from the same
 * place, so it does not matter which comes first, or that both do.
 */
export const deliverWebhooks = (ports: DeliveryPorts, metrics: Metrics) =>
  middy<unknown, Told>()
    .use(observe('deliver-webhooks'))
    .handler(async (event) => {
      const prompted = newPlaces.safeParse(event).data?.Records;
      const until = performance.now() + runTime[prompted ? 'prompted' : 'everyone'];
      const feeds = prompted?.map(({ dynamodb }) => dynamodb.Keys.pk.S);
      const webhooks = feeds ? await webhooksOf(ports, [...new Set(feeds)]) : await allWebhooks(ports);
      const now = await ports.clock.now();
      const due = webhooks.filter((webhook) => isDue(webhook, now));
      const outcomes = await Promise.allSettled(due.map((webhook) => deliverIfAny(ports, webhook, until)));
      const told = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
      const sum = sumOf(told);
      note({ ...sum });
      report(metrics, { NoticesSetAside: sum.setAside, WebhooksJustDisabled: sum.disabled });
      if (!prompted) reportAll(metrics, webhooks, now);
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') logger.error('notices failed', { errorName: String(outcome.reason?.name) });
      }
      if (told.length < outcomes.length) throw new NoticesNotDelivered(`of ${outcomes.length - told.length} webhooks`);
      return sum;
    });

/** Only where there is something to tell is the lease taken, which is a write. */
async function deliverIfAny(ports: DeliveryPorts, webhook: Webhook, until: number): Promise<Told> {
  const isIdle = !webhook.replay && (await ports.delivery.next(webhook, 1)).length === 0;
  return isIdle ? nothing : deliverTo(ports, webhook.organisation, until);
}

async function webhooksOf({ delivery }: DeliveryPorts, feeds: string[]): Promise<Webhook[]> {
  const found = await Promise.all(feeds.map((feed) => delivery.find(readerOf(feed))));
  return found.flatMap((webhook) => webhook ?? []);
}

async function allWebhooks({ delivery }: DeliveryPorts): Promise<Webhook[]> {
  const found: Webhook[] = [];
  let cursor: string | undefined;
  do {
    const page = await delivery.all({ limit: pageSize, cursor });
    found.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor);
  return found;
}

/** What happened in one run; of nothing, nothing is said. */
function report(metrics: Metrics, happened: Record<'NoticesSetAside' | 'WebhooksJustDisabled', number>): void {
  for (const [name, count] of Object.entries(happened)) {
    if (count > 0) metrics.addMetric(name, MetricUnit.Count, count);
  }
}

/** How everyone stood as the minute began. */
function reportAll(metrics: Metrics, webhooks: Webhook[], now: Date): void {
  const disabled = webhooks.filter((webhook) => webhook.disabled !== null).length;
  const failing = webhooks.map((webhook) => failingFor(webhook, now));
  metrics.addMetric('WebhooksDisabled', MetricUnit.Count, disabled);
  metrics.addMetric('OldestWebhookFailingSeconds', MetricUnit.Seconds, Math.max(0, ...failing) / 1000);
}

const nothing: Told = { delivered: 0, failed: 0, setAside: 0, disabled: 0 };
const sumOf = (all: Told[]): Told =>
  all.reduce(
    (sum, { delivered, failed, setAside, disabled }) => ({
      delivered: sum.delivered + delivered,
      failed: sum.failed + failed,
      setAside: sum.setAside + setAside,
      disabled: sum.disabled + disabled,
    }),
    nothing,
  );

export const handler = deployed(() => {
  const db = dynamo();
  const clock = clockOf(db);
  const notices = noticeSender({ local: webhooksOnLoopback() });
  return deliverWebhooks({ clock, delivery: noticeDelivery(db, clock), notices, random: Math.random }, new Metrics());
});
