import * as z from 'zod';
import { endReasons } from '../domain/vocabulary.ts';
import { freeText } from './common.ts';

const told = endReasons.filter((reason) => reason !== 'other');

/** L6: why it ends, with the codes that a route adds. `other` says nothing by itself, so it needs its text. */
export const endingReason = <const More extends string = never>(...more: More[]) =>
  z.discriminatedUnion('reason', [
    z.strictObject({ reason: z.enum([...more, ...told]), text: freeText.optional() }),
    z.strictObject({ reason: z.literal('other'), text: freeText }),
  ]);
