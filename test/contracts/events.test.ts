import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import {
  directoryEventTypes,
  eventJsonSchema,
  eventSchema,
  eventView,
  groupSessionEventTypes,
} from '../../shared/contracts/event.ts';
import { type EventType, eventTypes } from '../../shared/domain/events.ts';
import { exampleOf, parts, type Schema } from './json-schema.ts';

type Event = Record<string, unknown> & { type: EventType; data: Record<string, unknown> };

const ajv = new Ajv2020({ strict: true });
formats.default(ajv);
const words = 'He said that he sleeps in his car';

/** One type under both judges: the schema that the service checks by, and the published one. */
function contractOf(type: EventType) {
  const published = ajv.compile(eventJsonSchema(type));
  const own = eventSchema(type);
  const example = exampleOf(eventJsonSchema(type)) as Event;
  const verdict = (event: unknown) => ({ own: own.safeParse(event).success, published: published(event) });
  return { example, verdict, data: (eventJsonSchema(type) as Schema).properties?.data ?? {} };
}

const taken = { own: true, published: true };
const refused = { own: false, published: false };

describe.each(eventTypes)('V: %s', (type) => {
  const { example, verdict, data } = contractOf(type);

  it('has a valid example', () => {
    expect(verdict(example)).toEqual(taken);
    expect(eventView.safeParse(example).error).toBeUndefined();
  });

  it('refuses free text and personal details', () => {
    expect(verdict({ ...example, data: { ...example.data, text: words } })).toEqual(refused);
    expect(verdict({ ...example, name: 'Ann Example' })).toEqual(refused);
    expect(verdict({ ...example, data: { ...example.data, dateOfBirth: '1990-04-02' } })).toEqual(refused);
    expect(eventView.safeParse({ ...example, data: { ...example.data, text: words } }).success).toBe(false);
  });

  it('refuses another type, and a value of the wrong type in any place', () => {
    expect(verdict({ ...example, type: 'referral.imagined.v1' })).toEqual(refused);
    for (const field of Object.keys(example)) {
      expect(verdict({ ...example, [field]: { words } }), field).toEqual(refused);
    }
    for (const field of Object.keys(example.data)) {
      expect(verdict({ ...example, data: { ...example.data, [field]: { words } } }), field).toEqual(refused);
    }
  });

  it('refuses data with a required field missing', () => {
    for (const field of data.required ?? []) {
      const { [field]: _left, ...rest } = example.data;
      expect(verdict({ ...example, data: rest }), field).toEqual(refused);
    }
  });

  it('is about a referral, whose person it names unless their record was removed, or about a service or a group session and nobody', () => {
    const isDirectory = (directoryEventTypes as readonly string[]).includes(type);
    const isOfGroup = (groupSessionEventTypes as readonly string[]).includes(type);
    expect(example.crn === null).toBe(isDirectory || isOfGroup || type === 'record.removed.v1');
    expect(example.referralId === null).toBe(isDirectory || isOfGroup);
    expect('groupId' in example.data || !isOfGroup).toBe(true);
    expect('serviceId' in example.data || !isDirectory).toBe(true);
  });
});

/** Strings that only the service itself writes, from its own vocabulary: pointers, rules, fields, versions. */
const writtenByTheService = /\/(referenceNumber|catalogueVersion|missing|supplied|rule|fields|clock)(\/\*)?$/;

it('V: no event has a place where what somebody wrote would fit', () => {
  const open = eventTypes.flatMap((type) =>
    [...parts(eventJsonSchema(type) as Schema)]
      .filter(([, part]) => part.type === 'string' && !part.enum && !part.format && !part.pattern && !('const' in part))
      .map(([at]) => `${type}${at}`)
      .filter((at) => !writtenByTheService.test(at)),
  );
  expect(open).toEqual([]);
});
