import * as z from 'zod';
import { isoDate } from './referral-facts.ts';
import { needIds, onwardKinds } from './vocabulary.ts';

const time = z.iso.datetime();

/**
 * O6: a service of the community that the person was pointed to, or taken to, and what became of it. Which one, and what
 * came of it, are private; the record keeps of what kind, for which need, and when it is and was followed up.
 */
export const onwardLink = z.object({
  id: z.string(),
  allocationId: z.string(),
  version: z.int(),
  kind: z.enum(onwardKinds),
  need: z.enum(needIds),
  followUpOn: isoDate,
  madeAt: time,
  /** When it was last followed up, if it was. */
  followedUpAt: time.nullable(),
  followUps: z.int(),
});
export type OnwardLink = z.infer<typeof onwardLink>;

/** Under which keys the private table has where a link leads, and what each follow-up found. */
export const onwardLinkKey = (id: string): string => `ONWARD-LINK#${id}`;
export const followUpKey = ({ id, followUps }: Pick<OnwardLink, 'id' | 'followUps'>): string =>
  `ONWARD-LINK#${id}#RESULT#${followUps}`;
