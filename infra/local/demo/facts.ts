import { randomInt } from 'node:crypto';
import type { Catalogue } from '../../../shared/domain/catalogue/schema.ts';
import type { ReferralFacts, ReferredNeed } from '../../../shared/domain/referral-facts.ts';
import type { NeedId } from '../../../shared/domain/vocabulary.ts';

/** Fictional people, with numbers that no earlier run has used: each run is new to the stack that it plays on. */
export class People {
  readonly #catalogue: Catalogue;
  readonly #now: () => Date;
  readonly #letter = 'ABCDEFGHJKLMNPRSTUVWXYZ'[randomInt(23)] as string;
  readonly #block = randomInt(9_999);

  constructor(catalogue: Catalogue, now: () => Date) {
    this.#catalogue = catalogue;
    this.#now = now;
  }

  /** What a case system would send for the person of a story: complete, unless the story leaves something out. */
  referral(story: number, needs: ReferredNeed[], changes: Partial<ReferralFacts> = {}): ReferralFacts {
    const number = `${this.#block}${String(story).padStart(2, '0')}`.padStart(6, '0');
    return {
      crn: `${this.#letter}${number}`,
      externalReference: `DEMO-${this.#letter}${number}`,
      practitioner: { id: 'pp-17', team: 'leeds-2' },
      person: { sex: 'male', dateOfBirth: '1991-11-23', accessibility: [], interpreterLanguage: null },
      area: 'west-yorkshire',
      sentence: this.order(),
      setting: 'community',
      expectedReleaseDate: null,
      risk: { seriousHarm: 'medium' },
      opdPathway: false,
      needs,
      ...changes,
    };
  }

  order(changes: Partial<NonNullable<ReferralFacts['sentence']>> = {}): NonNullable<ReferralFacts['sentence']> {
    return {
      id: `25${this.#block}`.padEnd(7, '0'),
      type: 'community-order',
      requirements: ['rehabilitation-activity'],
      rarDays: 20,
      endDate: this.dayIn(540),
      ...changes,
    };
  }

  /** A need with its first two outcomes, for the service that the story wants first, and with answers to indicators. */
  need(need: NeedId, serviceId?: string, indicators: Record<string, string> = {}): ReferredNeed {
    const outcomes = this.#catalogue.needs.find(({ id }) => id === need)?.outcomes ?? [];
    const preferredService = serviceId ? { id: serviceId, reason: 'Known to the person from an earlier order' } : null;
    return {
      need,
      reason: 'not-met-by-primary',
      followedBy: null,
      desiredOutcomes: outcomes.slice(0, 2).map(({ id }) => id),
      preferredService,
      indicators,
    };
  }

  /** The date so many days from now, or the Monday after where that is a weekend. */
  dayIn(days: number): string {
    const day = new Date(this.#now().getTime() + days * 86_400_000);
    while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
    return day.toISOString().slice(0, 10);
  }
}
