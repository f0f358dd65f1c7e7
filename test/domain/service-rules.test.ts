import { describe, expect, it } from 'vitest';
import { type ServiceDescription, service, serviceDescription } from '../../shared/domain/service.ts';
import { closingOf, completed, contradictionsIn } from '../../shared/domain/service-rules.ts';
import { aService } from '../builders/services.ts';

const pointersOf = (changes: Parameters<typeof aService>[1]) =>
  contradictionsIn(aService('a', changes)).map(({ pointer }) => pointer);

describe('O3: what a service says of itself', () => {
  it('is understood where it was written before a field existed', () => {
    const { subcontractors, sites, catchment, waitingList, serviceLevels, sexes, planned, free, ...before } =
      aService('a');
    expect(service.parse(before)).toEqual({
      ...before,
      subcontractors: [],
      sites: [],
      catchment: '',
      waitingList: true,
      serviceLevels: {},
      sexes: ['female', 'male'],
      planned: [],
    });
  });

  it('has a site in an area and no address, and working days for the clocks of its contract (T1–T6)', () => {
    const levels = serviceDescription.shape.serviceLevels;
    expect(levels.safeParse({ T1: 3, T6: 10 }).success).toBe(true);
    for (const wrong of [{ T1: 0 }, { T2: 1.5 }, { T7: 5 }]) expect(levels.safeParse(wrong).success).toBe(false);
    const site = { id: 'hub', name: 'The hub', area: 'gwent' };
    expect(serviceDescription.shape.sites.safeParse([site]).success).toBe(true);
    expect(serviceDescription.shape.sites.safeParse([{ ...site, address: '1 High Street' }]).success).toBe(false);
  });

  it('contradicts itself in every place that is named', () => {
    const hub = { id: 'hub', name: 'The hub', area: 'gwent' } as const;
    const { contract } = aService('a');
    expect(pointersOf({})).toEqual([]);
    expect(
      pointersOf({
        needs: ['accommodation', 'womens-accommodation'],
        sites: [hub, { ...hub, name: 'Another' }],
        minimumAge: 26,
        maximumAge: 25,
        contract: { ...contract, closes: '2020-01-01' },
      }),
    ).toEqual(['/needs/1', '/sites/1/id', '/maximumAge', '/contract/closes']);
  });
});

describe('O3: a list of a service', () => {
  it.each<[string, Partial<ServiceDescription>]>([
    ['needs', { needs: ['accommodation', 'emotional-wellbeing', 'accommodation'] }],
    ['areas', { areas: ['gwent', 'kent', 'gwent'] }],
    ['sentenceTypes', { sentenceTypes: ['licence', 'community-order', 'licence'] }],
    ['subcontractors', { subcontractors: ['a', 'b', 'a'] }],
    ['deliveryModes', { deliveryModes: ['phone', 'video', 'phone'] }],
    ['languages', { languages: ['en', 'cy', 'en'] }],
    ['accessibility', { accessibility: ['lift', 'hearing-loop', 'lift'] }],
  ])('has nothing twice in %s', (field, changes) => {
    expect(contradictionsIn({ ...aService('a'), ...changes })).toEqual([
      { pointer: `/${field}/2`, detail: expect.stringContaining('stands there twice') },
    ]);
  });

  it('has nothing twice where it has only two values either', () => {
    expect(pointersOf({ settings: ['custody', 'custody'] })).toEqual(['/settings/1']);
    expect(contradictionsIn(completed({ ...aService('a'), sexes: ['male', 'male'] }))).toMatchObject([
      { pointer: '/sexes/1', detail: 'male stands there twice' },
    ]);
  });
});

describe('E6: whom a contract is for', () => {
  it('is everyone, or the women of a women’s service, unless it says men or women only', () => {
    expect(completed({ cohort: 'general' }).sexes).toEqual(['female', 'male']);
    expect(completed({ cohort: 'women' }).sexes).toEqual(['female']);
    expect(completed({ cohort: 'general', sexes: ['male', 'female'] }).sexes).toEqual(['female', 'male']);
    expect(completed({ cohort: 'general', sexes: ['male'] }).sexes).toEqual(['male']);
  });

  it('cannot be men where it is a women’s service', () => {
    expect(pointersOf({ cohort: 'women', sexes: ['male'] })).toEqual(['/sexes']);
    expect(pointersOf({ cohort: 'women', sexes: ['female', 'male'] })).toEqual(['/sexes']);
    expect(pointersOf({ cohort: 'women', sexes: ['female'] })).toEqual([]);
    expect(pointersOf({ sexes: ['male'] })).toEqual([]);
  });
});

describe('O4: the end of a service', () => {
  const today = '2026-11-24';
  it.each([
    ['an end that it did not have', { closes: null }, '2027-03-31', '2027-03-31'],
    ['an earlier end', { closes: '2027-03-31' }, '2026-11-01', '2026-11-01'],
    ['the same end', { closes: '2027-03-31' }, '2027-03-31', undefined],
    ['a later end', { closes: '2027-03-31' }, '2028-03-31', undefined],
    ['no end any more', { closes: '2027-03-31' }, null, undefined],
    ['an end that has passed, of a new service', undefined, '2026-11-23', '2026-11-23'],
    ['an end to come, of a new service', undefined, '2026-11-24', undefined],
  ])('is told when a change gives it %s', (_, before, closes, expected) => {
    expect(closingOf(before, { closes }, today)).toBe(expected);
  });
});
