import type { KnownFacts } from '../referral-facts.ts';

/** Where the person is, as far as it counts. Before sentence it does not: a proposal is for what comes after. */
export const settingOf = ({ sentence, setting }: Pick<KnownFacts, 'sentence' | 'setting'>): KnownFacts['setting'] =>
  sentence?.proposed ? 'community' : setting;
