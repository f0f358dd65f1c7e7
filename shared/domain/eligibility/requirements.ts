import type { KnownFacts } from '../referral-facts.ts';
import type { NeedId, Requirement, SentenceType } from '../vocabulary.ts';

/** The sentences that are made of requirements; on any other there are none unless stated. */
export const isOrder = (type: SentenceType): boolean =>
  type === 'community-order' || type === 'suspended-sentence-order';

/** E8: the sentences that nobody is released under, since they are served in the community. */
export const hasNoRelease = (type: SentenceType): boolean =>
  isOrder(type) || type === 'fine' || type === 'conditional-discharge';

/** The requirements of the sentence, each once; undefined while they are not known. */
export function requirementsOf({ sentence }: Pick<KnownFacts, 'sentence'>): ReadonlySet<Requirement> | undefined {
  if (sentence?.requirements) return new Set(sentence.requirements);
  return sentence?.type && !isOrder(sentence.type) ? new Set() : undefined;
}

const ete: readonly NeedId[] = ['education-training-employment', 'womens-education-training-employment'];

/**
 * E2: unpaid work with skills or employment activity in it opens education, training and employment, and only that,
 * without a RAR. Further requirements beside it do not take that away: the source lets such services be delivered as
 * part of unpaid work, stand-alone or not.
 */
export const opensThroughUnpaidWork = (need: NeedId, requirements: ReadonlySet<Requirement>): boolean =>
  ete.includes(need) && requirements.has('unpaid-work-with-ete');
