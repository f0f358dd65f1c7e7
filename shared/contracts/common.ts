import * as z from 'zod';
import { code, crn, freeText, person, written } from '../domain/referral-facts.ts';
import { complexityLevels, needIds, roles } from '../domain/vocabulary.ts';

export { code, crn, freeText };

export const uuid = z.uuid();
export const time = z.iso.datetime();
/** A short line that a person wrote: a name, a place. */
export const label = written(200);
export const need = z.enum(needIds);
export const level = z.enum(complexityLevels);
export const role = z.enum(roles);
export const needWithLevel = z.strictObject({ need, level });
/** An organisation or a service; named where the name is at hand. */
export const reference = z.strictObject({ id: code, name: z.string().optional() });
/** Who did it: an organisation's client, and the person that it named, if it named one. */
export const actor = z.strictObject({ organisation: code, client: z.string(), person: code.optional() });
/** ISO 639, for example `pl`. */
export const language = person.shape.interpreterLanguage.unwrap().unwrap();

/** A moment that a caller names, in UTC. Kept as JavaScript writes it, so equal moments are equal strings. */
export const sentTime = z.iso
  .datetime({ abort: true })
  .refine((value) => value.startsWith('20'), 'a time of this century')
  .meta({ pattern: '^20.*Z$' })
  .transform((value) => new Date(value).toISOString());

/** A command that says all in its path: no body, or an empty object. */
export const emptyBody = z.strictObject({}).optional();

/** What a true or false query parameter looks like on the wire. */
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const limit = z.coerce.number<number | string>().int().min(1).max(100).default(50);
const cursor = z.string().min(1).max(2000);

export const pageQuery = { limit, cursor: cursor.optional() };

/** A feed goes on: the cursor of its last page is where to ask again later, and then for nothing new it is the same. */
export const feedPage = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item).describe('Empty: nothing new yet'),
    cursor: cursor
      .nullable()
      .describe(
        'Pass it to read on, also after the last page: what comes later follows it; null: nothing was ever here',
      ),
  });

/** Every list: its items, and the cursor of what follows them. */
export const page = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    cursor: cursor.nullable().describe('Pass it to read on; null: there is no more'),
  });
