import { type EventType, eventTypes } from '../domain/events.ts';
import { eventJsonSchema } from './event.ts';

const description = `Every change, as one thin event: ids, codes, times and a link to read on; no free text, and nothing of a person
but the CRN. Delivered at least once: tell a repeat by \`id\`, order and gaps by \`sequence\` per \`referralId\` (directory
events: per \`data.serviceId\`, of group sessions: per \`data.groupId\`). An organisation's own events are also at \`/v1/events\` and in signed webhooks.`;

const byType = <T>(of: (type: EventType) => T): Record<string, T> =>
  Object.fromEntries(eventTypes.map((type) => [type, of(type)]));

/** The events as AsyncAPI 3.0: the same document, always. */
export const asyncApiDocument = () => ({
  asyncapi: '3.0.0',
  info: { title: 'Referrals: events', version: '1.0.0', description, license: { name: 'MIT' } },
  defaultContentType: 'application/json',
  channels: {
    events: {
      address: 'referrals',
      title: 'Event bus',
      description: 'Amazon EventBridge: `source` is "referrals", `detail-type` the type, `detail` the payload.',
      messages: byType((type) => ({ $ref: `#/components/messages/${type}` })),
    },
  },
  operations: {
    publishEvents: {
      action: 'send',
      summary: 'Each change, after it was committed',
      channel: { $ref: '#/channels/events' },
    },
  },
  components: {
    messages: byType((type) => ({ name: type, title: type, payload: { $ref: `#/components/schemas/${type}` } })),
    schemas: byType((type) => {
      const { $schema: _dialect, ...schema } = eventJsonSchema(type);
      return schema;
    }),
  },
});
