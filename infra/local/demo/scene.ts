import { getCatalogue } from '../../../shared/contracts/routes/catalogue.ts';
import type { RankingView } from '../../../shared/contracts/views/ranking.ts';
import type { ReferralView } from '../../../shared/contracts/views/referral.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import { Court, Operations, Practitioner, Provider } from '../actors.ts';
import { sampleProviders } from '../sample-directory.ts';
import type { Stack } from '../stack-file.ts';
import { People } from './facts.ts';
import type { SharedClock } from './shared-clock.ts';

/** What a story has to play with: people with a token each, their facts, the clock, and someone to tell. */
export interface Scene {
  practitioner: Practitioner;
  court: Court;
  operations: Operations;
  northern: Provider;
  thames: Provider;
  cambrian: Provider;
  people: People;
  clock: SharedClock;
  /** Sends the story's referral. */
  send(facts: ReferralFacts): Promise<ReferralView>;
  /** Notes by which rules it was refused at the door. */
  refused(rules: readonly string[]): void;
  /** L3: keeps how matching came to ask whom, to be shown at the end. */
  ranked(rankings: readonly RankingView[]): void;
  /** Says what has just happened, and what belongs to it below. */
  tell(step: string, notes?: readonly Note[]): void;
}

export interface Note {
  mark: string;
  text: string;
}

/** The name that people know a provider by. */
export const nameOf = ({ id }: Provider): string => sampleProviders.find((known) => known.id === id)?.name ?? id;

/** What all stories have in common. */
export type Setting = Omit<Scene, 'send' | 'refused' | 'ranked' | 'tell'>;

export async function setting(stack: Stack, clock: SharedClock): Promise<Setting> {
  const practitioner = new Practitioner(stack);
  const { body: catalogue } = await practitioner.api.must(getCatalogue, {});
  return {
    practitioner,
    court: new Court(stack),
    operations: new Operations(stack),
    northern: new Provider(stack, 'northern-pathways'),
    thames: new Provider(stack, 'thames-futures'),
    cambrian: new Provider(stack, 'cambrian-support'),
    people: new People(catalogue, () => clock.now()),
    clock,
  };
}
