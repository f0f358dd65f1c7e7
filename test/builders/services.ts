import { needsOf } from '../../shared/domain/cohorts.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import type { ServiceDescription } from '../../shared/domain/service.ts';
import { needIds } from '../../shared/domain/vocabulary.ts';

/** A service for everyone in West Yorkshire, with ten places free; a women's one covers the women's needs too. */
export function aService(id: string, changes: Partial<AvailableService> = {}): AvailableService {
  const { cohort = 'general' } = changes;
  return {
    id,
    name: `Service ${id}`,
    provider: { id: `provider-of-${id}`, name: `Provider of ${id}` },
    subcontractors: [],
    needs: cohort === 'women' ? [...needIds] : needsOf('general'),
    cohort,
    sexes: cohort === 'women' ? ['female'] : ['female', 'male'],
    areas: ['west-yorkshire'],
    sites: [],
    catchment: '',
    minimumAge: 18,
    maximumAge: null,
    sentenceTypes: ['community-order', 'suspended-sentence-order', 'licence', 'post-sentence-supervision'],
    settings: ['community', 'custody'],
    suitability: 'Anyone who needs it',
    deliveryModes: ['in-person'],
    languages: ['en'],
    accessibility: [],
    waitingList: true,
    serviceLevels: {},
    contract: {
      reference: 'C-1',
      opens: '2025-04-01',
      closes: null,
      sessionsPerLevel: { low: 2, medium: 4, high: 8 },
    },
    planned: [],
    version: 1,
    sequence: 1,
    free: 10,
    ...changes,
  };
}

/** The services that a provider runs under its own name. */
export const serviceOf = (provider: string, changes: Partial<AvailableService> = {}): AvailableService =>
  aService(`service-of-${provider}`, { provider: { id: provider, name: provider }, ...changes });

/** What operations answer who choose it by hand. */
export const choiceOf = (service: AvailableService, reason = 'Agreed by telephone') => ({
  answer: { serviceId: service.id, reason },
  service,
});

/** A service that somebody names, as the directory knows it. */
export const named = (service: AvailableService) => ({ serviceId: service.id, service });

/** What a contract manager says of it. */
export function descriptionOf(service: AvailableService): ServiceDescription {
  const { id: _id, version: _version, sequence: _sequence, planned: _planned, free: _free, ...description } = service;
  return description;
}
