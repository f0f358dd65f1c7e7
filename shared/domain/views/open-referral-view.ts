import { areaName } from '../areas.ts';
import { type Capacity, isRunning, type Service } from '../service.ts';
import { londonDate } from '../working-days.ts';
import { availabilityView } from './service-view.ts';

/**
 * O3: a service in the names and shape of Open Referral UK, which is HSDS 3 (docs/open-referral.md). What that standard
 * has no field for is an attribute; what we do not know is left out.
 */
export function openReferralView({ capacity, ...service }: Service & { capacity: Capacity }, now: Date) {
  const { id, provider, contract, minimumAge, maximumAge, catchment } = service;
  const within = (part: string): string => `${id}/${part}`;
  const { places, free } = availabilityView(capacity);
  return {
    id,
    name: service.name,
    status: statusOf(service, londonDate(now)),
    eligibility_description: service.suitability,
    ...(minimumAge === null ? {} : { minimum_age: minimumAge }),
    ...(maximumAge === null ? {} : { maximum_age: maximumAge }),
    organization: { ...provider, description: 'Provider of commissioned rehabilitative services' },
    service_areas: service.areas.map((area) => ({
      id: within(`areas/${area}`),
      name: areaName(area),
      ...(catchment ? { description: catchment } : {}),
    })),
    service_at_locations: service.sites.map((site) => ({
      id: within(`sites/${site.id}`),
      location: {
        // A site's own id is one only within its service.
        id: within(site.id),
        location_type: 'physical' as const,
        name: site.name,
        description: areaName(site.area),
        accessibility: service.accessibility.map((description) => ({
          id: within(`sites/${site.id}/accessibility/${description}`),
          description,
        })),
      },
    })),
    schedules: [
      {
        id: within('schedule'),
        valid_from: contract.opens,
        ...(contract.closes === null ? {} : { valid_to: contract.closes }),
        attending_type: service.deliveryModes.join(', '),
      },
    ],
    languages: service.languages.map((code) => ({ id: within(`languages/${code}`), code })),
    capacities: [
      {
        id: within('capacity'),
        unit: { id: 'place', name: 'Place' },
        available: free,
        maximum: places,
        updated: now.toISOString(),
      },
    ],
    attributes: attributesOf(service).map(([type, value]) => ({
      id: within(`${type}/${value}`),
      link_entity: 'service' as const,
      link_type: type,
      value,
    })),
  };
}

const statusOf = (service: Service, today: string): 'active' | 'inactive' | 'defunct' => {
  if (isRunning(service, today)) return 'active';
  return service.contract.opens > today ? 'inactive' : 'defunct';
};

function attributesOf(service: Service): [type: string, value: string][] {
  const { contract, serviceLevels, waitingList } = service;
  const each = (type: string, values: readonly string[]) => values.map((value): [string, string] => [type, value]);
  const numbers = (type: string, values: Record<string, number | undefined>) =>
    Object.entries(values).map(([key, value]): [string, string] => [`${type}-${key}`, String(value)]);
  return [
    ...each('need', service.needs),
    ...each('cohort', [service.cohort]),
    ...each('sex', service.sexes),
    ...each('sentence-type', service.sentenceTypes),
    ...each('setting', service.settings),
    ...each('delivery-mode', service.deliveryModes),
    ...each('accessibility', service.accessibility),
    ...each('subcontractor', service.subcontractors),
    ...each('contract', [contract.reference]),
    ...numbers('sessions', contract.sessionsPerLevel),
    ...numbers('service-level', serviceLevels),
    ...each('waiting-list', [waitingList ? 'yes' : 'no']),
  ];
}
