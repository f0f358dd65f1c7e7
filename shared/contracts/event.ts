import * as z from 'zod';
import { type EventType, eventData, eventTypes } from '../domain/events.ts';
import { crn } from '../domain/referral-facts.ts';
import { traceparent } from './headers.ts';
import { readable } from './json-schema.ts';

/** Events of the directory: about a service, which their data names, and about nobody. */
export const directoryEventTypes = [
  'service.published.v1',
  'service.changed.v1',
  'service.closed.v1',
  'capacity.stated.v1',
  'capacity.planned.v1',
  'capacity.repaired.v1',
] as const satisfies EventType[];

/** Events of a provider's group session, which their data name: of nobody who attends. */
export const groupSessionEventTypes = [
  'group-session.planned.v1',
  'group-session.rescheduled.v1',
  'group-session.changed.v1',
  'group-session.cancelled.v1',
] as const satisfies EventType[];

const isGroupSessionEvent = (type: EventType): boolean =>
  (groupSessionEventTypes as readonly EventType[]).includes(type);
const isDirectoryEvent = (type: EventType): boolean => (directoryEventTypes as readonly EventType[]).includes(type);

const envelope = {
  id: z.uuid().describe('The same when an event arrives again'),
  occurredAt: z.iso.datetime(),
  sequence: z
    .int()
    .min(1)
    .describe('Gapless per referral, group session or service: tells order, and that nothing is missing'),
  traceparent: traceparent.nullable(),
};
const ofReferral = {
  ...envelope,
  referralId: z.uuid(),
  crn,
  link: z
    .string()
    .regex(/^\/v1\/referrals\//)
    .describe('Where to read on'),
};
const ofNobody = (path: RegExp) => ({
  ...envelope,
  referralId: z.null(),
  crn: z.null(),
  link: z.string().regex(path).describe('Where to read on'),
});
const ofDirectory = ofNobody(/^\/v1\/services\//);
const ofGroupSession = ofNobody(/^\/v1\/group-sessions\//);

/** Of a referral of which nobody knows any more whose it was. */
const ofRemoved = { ...ofReferral, crn: z.null() };

const envelopeOf = (type: EventType) => {
  if (isDirectoryEvent(type)) return ofDirectory;
  if (isGroupSessionEvent(type)) return ofGroupSession;
  return type === 'record.removed.v1' ? ofRemoved : ofReferral;
};

/** V: the event of one type as it stands on the bus (`detail`): ids, codes and times, nothing else. */
export const eventSchema = <T extends EventType>(type: T) =>
  z.strictObject({
    type: z.literal(type),
    ...envelopeOf(type),
    data: eventData[type],
  });

/** Refuses data that an event's type does not allow. */
export const dataFitsType = (
  context: z.core.ParsePayload<{ type: EventType; data: Record<string, unknown> }>,
): void => {
  const parsed = eventData[context.value.type].safeParse(context.value.data);
  for (const issue of parsed.error?.issues ?? []) {
    context.issues.push({ ...issue, path: ['data', ...issue.path], input: context.value.data } as z.core.$ZodRawIssue);
  }
};

/** An event as `/v1/events` answers it: as on the bus, save that a provider is not told the CRN before it accepts. */
export const eventView = z
  .strictObject({
    ...envelope,
    type: z.enum(eventTypes),
    referralId: z.uuid().nullable(),
    crn: crn.nullable(),
    link: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .check(dataFitsType)
  .meta({ id: 'Event' });
export type EventView = z.infer<typeof eventView>;

/** JSON Schema (2020-12) of an event on the bus. */
export const eventJsonSchema = (type: EventType): Record<string, unknown> => {
  const { $schema, ...schema } = z.toJSONSchema(eventSchema(type), {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ jsonSchema }) => readable(jsonSchema),
  });
  return { $schema, title: type, ...schema };
};
