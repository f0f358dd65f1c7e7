import type { EventData } from '../events.ts';
import { openServices } from '../matching.ts';
import { type FilterCode, filterCodeOf } from '../ranked.ts';
import type { KnownFacts } from '../referral-facts.ts';
import type { Service } from '../service.ts';
import type { NeedId } from '../vocabulary.ts';

interface Ranked {
  sequence: number;
  occurredAt: string;
  data: EventData<'candidates.ranked.v1'>;
}

/**
 * L3: a ranking with the names of its services and its reasons in plain English. Where the person's facts are given, as
 * to their own practitioner, so are the particulars that the event must not tell.
 */
export function rankingView(
  { sequence, occurredAt, data }: Ranked,
  services: ReadonlyMap<string, Service>,
  facts?: KnownFacts,
) {
  const { groupId, needs, candidates, filtered } = data;
  const named = (id: string, name: string | undefined) => ({ id, ...(name ? { name } : {}) });
  return {
    sequence,
    rankedAt: occurredAt,
    groupId,
    needs,
    candidates: candidates.map(({ serviceId, providerId, score, parts }) => ({
      service: named(serviceId, services.get(serviceId)?.name),
      provider: named(providerId, services.get(serviceId)?.provider.name),
      score,
      parts,
    })),
    filtered: filtered.map(({ serviceId, reasons }) => {
      const service = services.get(serviceId);
      const particulars = service && facts ? particularsOf(facts, needs, service, new Date(occurredAt)) : [];
      return {
        service: named(serviceId, service?.name),
        ...(service ? { provider: service.provider } : {}),
        reasons: reasons.flatMap((code) => {
          const own = particulars.filter((one) => one.code === code);
          return own.length > 0 ? own : [{ code, detail: words[code] }];
        }),
      };
    }),
  };
}

/**
 * By the facts and the service as they stand now, either of which may have changed since. Only a reason that the ranking
 * gave is explained; one that they no longer bear out is told in general words.
 */
function particularsOf(facts: KnownFacts, needs: readonly NeedId[], service: Service, at: Date) {
  const found = facts.needs.flatMap(({ need }, index) =>
    needs.includes(need) ? openServices(facts, index, [service], at).notOpen.flatMap(({ reasons }) => reasons) : [],
  );
  const details = new Map(found.map(({ code, detail }) => [detail, filterCodeOf(code)]));
  return [...details].map(([detail, code]) => ({ code, detail }));
}

const words: Record<FilterCode, string> = {
  'not-for-person':
    'It does not take this person: by age, sex or sentence, or because services of their own cohort come first.',
  setting: 'It did not work where the person was: in custody, or in the community.',
  'not-open-yet': 'It was not open yet.',
  closed: 'It had closed.',
  'conflict-of-interest':
    'Its provider has declared a conflict of interest, and is asked for nothing in this referral.',
  tried: 'It was asked before and declined, or no answer came in time.',
  full: 'It had no place free.',
};
