import type { ServiceInput } from '../../shared/contracts/views/service.ts';

/** The organisations that answer offers in a local start. */
export const sampleProviders = [
  { id: 'northern-pathways', name: 'Northern Pathways' },
  { id: 'thames-futures', name: 'Thames Futures' },
  { id: 'cambrian-support', name: 'Cambrian Support' },
] as const;

type ProviderId = (typeof sampleProviders)[number]['id'];
type Sample = Pick<ServiceInput, 'name' | 'needs' | 'areas' | 'suitability'> & {
  id: string;
  provider: ProviderId;
  places: number;
};

/** Enough to try things on for a long while. */
const manyPlaces = 500;

const areas: ServiceInput['areas'] = ['west-yorkshire', 'lancashire', 'metropolitan-police', 'gwent'];
/** E5 leaves these out of the areas above for the two needs that it limits. */
const financeAreas: ServiceInput['areas'] = ['metropolitan-police', 'gwent'];
const recoveryAreas: ServiceInput['areas'] = ['west-yorkshire', 'metropolitan-police'];

const wellbeing: ServiceInput['needs'] = ['emotional-wellbeing', 'lifestyle-associates', 'family-significant-others'];
const womens: ServiceInput['needs'] = [
  'womens-accommodation',
  'womens-education-training-employment',
  'womens-emotional-wellbeing',
  'womens-lifestyle-associates',
  'womens-family-significant-others',
  'womens-finance-benefit-debt',
  'womens-dependency-recovery',
];

/** Each need by two providers in every area where it is open. */
const samples: Sample[] = [
  sample('northern-accommodation', 'Housing advice and tenancy support', 'northern-pathways', ['accommodation'], areas),
  sample('thames-accommodation', 'A place to live', 'thames-futures', ['accommodation'], areas),
  sample('northern-employment', 'Skills and work', 'northern-pathways', ['education-training-employment'], areas),
  sample('cambrian-employment', 'Routes into work', 'cambrian-support', ['education-training-employment'], areas),
  sample('northern-wellbeing', 'Personal wellbeing', 'northern-pathways', wellbeing, areas),
  sample('thames-wellbeing', 'Living well', 'thames-futures', wellbeing, areas),
  sample('thames-finance', 'Money matters', 'thames-futures', ['finance-benefit-debt'], financeAreas),
  sample('cambrian-finance', 'Debt and benefits advice', 'cambrian-support', ['finance-benefit-debt'], financeAreas),
  sample('northern-recovery', 'Staying in recovery', 'northern-pathways', ['dependency-recovery'], recoveryAreas),
  sample('thames-recovery', 'Recovery together', 'thames-futures', ['dependency-recovery'], recoveryAreas),
  sample('cambrian-womens-centre', "Women's centre", 'cambrian-support', womens, areas),
  sample('thames-womens-hub', "Women's hub", 'thames-futures', womens, areas),
  // The only one in its area, so that whoever comes second waits.
  sample('cambrian-tenancies', 'One supported tenancy', 'cambrian-support', ['accommodation'], ['dyfed-powys'], 1),
];

function sample(
  id: string,
  name: string,
  provider: ProviderId,
  needs: ServiceInput['needs'],
  where: ServiceInput['areas'],
  places = manyPlaces,
): Sample {
  return { id, name, provider, needs, areas: where, places, suitability: 'Adults who are willing to take part.' };
}

const nameOf = (id: ProviderId): string => sampleProviders.find((provider) => provider.id === id)?.name ?? id;

/** The directory of a local start: as the contract manager puts it, and whose places each provider states. */
export const sampleServices: readonly { id: string; provider: ProviderId; places: number; service: ServiceInput }[] =
  samples.map(({ id, provider, places, ...described }) => ({
    id,
    provider,
    places,
    service: {
      ...described,
      provider: { id: provider, name: nameOf(provider) },
      cohort: described.needs === womens ? 'women' : 'general',
      minimumAge: 18,
      maximumAge: null,
      sentenceTypes: ['community-order', 'suspended-sentence-order', 'licence', 'post-sentence-supervision'],
      settings: ['community', 'custody'],
      deliveryModes: ['in-person', 'phone', 'video'],
      languages: ['en', 'cy', 'pl'],
      accessibility: ['step-free-access', 'hearing-loop'],
      contract: {
        reference: `SAMPLE-${id}`,
        opens: '2024-01-01',
        closes: null,
        sessionsPerLevel: { low: 4, medium: 8, high: 12 },
      },
    },
  }));
