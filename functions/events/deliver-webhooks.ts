import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import * as z from 'zod';
import { clock as clockOf } from '../../shared/adapters/clock.ts';
import { dynamo } from '../../shared/adapters/dynamo.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { noticeSender } from '../../shared/adapters/notices.ts';
import { noticeDelivery } from '../../shared/adapters/webhook-delivery.ts';
import { isDue, type Webhook } from '../../shared/domain/webhook.ts';
import { deployed } from '../middleware/compose.ts';
import { type DeliveryPorts, deliverTo, type Told } from '../middleware/deliver.ts';
import { logger, note, observe } from '../middleware/observe.ts';
import { webhooksOnLoopback } from '../middleware/settings.ts';

/** A run ends before the next minute's comes. */
const runTime = 40_000;
/** The bus is told before the feeds; this long is waited for them, and then the next minute's run does it. */
const feedPatience = { times: 5, milliseconds: 200 } as const;
const pageSize = 100;

/** An event of the bus; what the schedule sends is none. */
const published = z.object({
  detail: z.object({
    referralId: z.uuid().nullable(),
    sequence: z.int(),
    data: z.object({ serviceId: z.string().optional() }),
  }),
});
type Published = z.infer<typeof published>['detail'];

/** Somebody's notices could not be worked on at all: not a receiver's fault but ours. */
class NoticesNotDelivered extends Error {
  override readonly name = 'NoticesNotDelivered';
}

/**
 * V: notices to subscribed systems. An event of the bus is told at once to those who may know of it; every minute
 * everyone is looked at, which is what retries and what makes up for whatever the first way missed. Both read the same
 * feed from the same place, so it does not matter which comes first, or that both do.
 */
export const deliverWebhooks = (ports: DeliveryPorts, metrics: Metrics) =>
  middy<unknown, Told>()
    .use(observe('deliver-webhooks'))
    .handler(async (event) => {
      const until = performance.now() + runTime;
      const prompted = published.safeParse(event).data?.detail;
      const webhooks = prompted ? await webhooksToldOf(ports, prompted) : await allWebhooks(ports);
      const now = await ports.clock.now();
      const due = webhooks.filter((webhook) => isDue(webhook, now));
      const outcomes = await Promise.allSettled(due.map((webhook) => deliverIfAny(ports, webhook, until)));
      const told = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
      const sum = sumOf(told);
      note({ ...sum });
      if (!prompted) {
        const disabled = webhooks.filter((webhook) => webhook.disabled !== null).length;
        metrics.addMetric('WebhooksDisabled', MetricUnit.Count, disabled);
        metrics.publishStoredMetrics();
      }
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

async function webhooksToldOf({ delivery }: DeliveryPorts, event: Published): Promise<Webhook[]> {
  const { pk } = event.referralId ? keys.referral(event.referralId) : keys.service(event.data.serviceId ?? '');
  for (let time = 0; time < feedPatience.times; time += 1) {
    const readers = await delivery.readersOf({ pk, sequence: event.sequence });
    if (readers) {
      const found = await Promise.all(readers.map((organisation) => delivery.find(organisation)));
      return found.flatMap((webhook) => webhook ?? []);
    }
    await new Promise((resolve) => setTimeout(resolve, feedPatience.milliseconds));
  }
  return [];
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

const nothing: Told = { delivered: 0, failed: 0, setAside: 0 };
const sumOf = (all: Told[]): Told =>
  all.reduce(
    (sum, { delivered, failed, setAside }) => ({
      delivered: sum.delivered + delivered,
      failed: sum.failed + failed,
      setAside: sum.setAside + setAside,
    }),
    nothing,
  );

export const handler = deployed(() => {
  const db = dynamo();
  const clock = clockOf(db);
  const notices = noticeSender({ local: webhooksOnLoopback() });
  return deliverWebhooks({ clock, delivery: noticeDelivery(db, clock), notices, random: Math.random }, new Metrics());
});
