import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hopsFrom } from '../../shared/domain/area-borders.ts';
import { type AreaId, areaIds } from '../../shared/domain/areas.ts';
import { type AvailableService, judgedServices, whomOf } from '../../shared/domain/matching.ts';
import { matchingWeights, usualWeights } from '../../shared/domain/matching-weights.ts';
import { type Ranking, rankServices } from '../../shared/domain/ranking.ts';
import { needIds } from '../../shared/domain/vocabulary.ts';
import { arbitraryService } from '../builders/arbitrary-service.ts';
import { aNeed, aReferral, today } from '../builders/referral-facts.ts';
import { aService } from '../builders/services.ts';
import { aReferralState, type Story } from '../builders/story.ts';

const woman = () => aReferralState();
const aMan = (person: Parameters<ReturnType<typeof aReferral>['with']>[0]['person'] = {}) =>
  aReferralState(
    aReferral().with({
      person: { sex: 'male', ...person },
      needs: [aNeed('accommodation', { generalServiceReason: null })],
    }),
  );

interface Circumstances {
  tried?: string[];
  weights?: Partial<typeof usualWeights>;
  conflictsOfInterest?: string[];
}

function ranking(
  { world }: Story,
  services: AvailableService[],
  { tried = [], weights = {}, conflictsOfInterest = [] }: Circumstances = {},
): Ranking {
  const { confidential } = world;
  const referral = { ...world.referral, conflictsOfInterest };
  const seeker = {
    referral,
    person: confidential.person,
    whom: whomOf(confidential, today),
    weights: matchingWeights.parse(weights),
  };
  const group = { needs: referral.needs.map(({ need }) => need), tried };
  return rankServices(seeker, group, judgedServices(referral, confidential, services, today));
}
const order = (...from: Parameters<typeof ranking>) => ranking(...from).candidates.map(({ serviceId }) => serviceId);
const filtered = (...from: Parameters<typeof ranking>) =>
  ranking(...from).filtered.map(({ serviceId, reasons }) => [serviceId, ...reasons]);

describe("E6: women's services", () => {
  const womens = aService('womens', { cohort: 'women', free: 1 });
  const general = aService('general', { free: 20 });

  it('rank first for a woman, however many places a general one has', () =>
    expect(order(woman(), [general, womens])).toEqual(['womens', 'general']));

  it('are not for men', () => expect(order(aMan(), [general, womens])).toEqual(['general']));

  it('are the only ones for a woman where the practitioner gives no reason for a general one', () => {
    const facts = aReferral().with({ needs: [aNeed('accommodation', { generalServiceReason: null })] });
    expect(order(aReferralState(facts), [general, womens])).toEqual(['womens']);
    expect(filtered(aReferralState(facts), [general, womens])).toEqual([['general', 'not-for-person']]);
  });

  it("are the only ones for a women's need", () => {
    const facts = aReferral().with({ needs: [aNeed('womens-accommodation')] });
    expect(order(aReferralState(facts), [general, womens])).toEqual(['womens']);
  });
});

describe('L3: a service that is for the needs and is no candidate says why', () => {
  const contract = (changes: Partial<AvailableService['contract']>) => ({
    contract: { ...aService('x').contract, ...changes },
  });

  it.each<[string, Partial<AvailableService>, Circumstances]>([
    ['full', { free: 0 }, {}],
    ['full', { free: -2 }, {}],
    ['tried', {}, { tried: ['other'] }],
    ['conflict-of-interest', {}, { conflictsOfInterest: ['provider-of-other'] }],
    ['setting', { settings: ['custody'] }, {}],
    ['not-open-yet', contract({ opens: '2026-06-16' }), {}],
    ['closed', contract({ closes: '2026-06-14' }), {}],
    ['not-for-person', { minimumAge: 40 }, {}],
    ['not-for-person', { cohort: 'women' }, {}],
    ['not-for-person', { sexes: ['female'] }, {}],
    ['not-for-person', { sentenceTypes: ['licence'] }, {}],
  ])('%s', (code, changes, circumstances) => {
    const services = [aService('fits'), aService('other', changes)];
    expect(order(aMan(), services, circumstances)).toEqual(['fits']);
    expect(filtered(aMan(), services, circumstances)).toEqual([['other', code]]);
  });

  it('with every reason, each once, those first that were nearest to being a candidate', () =>
    expect(
      filtered(
        aMan(),
        [
          aService('far-off', { cohort: 'women', minimumAge: 40, settings: ['custody'], free: 0 }),
          aService('nearest', { free: 0 }),
        ],
        { tried: ['far-off'] },
      ),
    ).toEqual([
      ['nearest', 'full'],
      ['far-off', 'not-for-person', 'setting', 'tried', 'full'],
    ]));

  it('and nothing is said of services elsewhere or for other needs', () =>
    expect(
      filtered(aMan(), [
        aService('elsewhere', { areas: ['gwent'] }),
        aService('minds', { needs: ['emotional-wellbeing'] }),
      ]),
    ).toEqual([]));

  it('V: which of the person’s own facts was against it is not told, and no more than twenty are', () => {
    const services = Array.from({ length: 30 }, (_, n) => aService(`s${n}`, { minimumAge: 40 }));
    const found = filtered(aMan(), services);
    expect(found).toHaveLength(20);
    expect(new Set(found.map(([, ...reasons]) => reasons.join()))).toEqual(new Set(['not-for-person']));
  });
});

describe('L3: the ranking', () => {
  const preferring = (id: string) =>
    aReferralState(
      aReferral().with({ needs: [aNeed('accommodation', { preferredService: { id, reason: 'Near her' } })] }),
    );

  it('puts what the practitioner prefers first, and explains each place by the parts of its score', () =>
    expect(
      ranking(preferring('near'), [
        aService('near', { free: 1 }),
        aService('womens', { cohort: 'women', free: 20, areas: ['west-yorkshire', 'gwent'] }),
      ]).candidates,
    ).toEqual([
      {
        serviceId: 'near',
        providerId: 'provider-of-near',
        score: 241,
        parts: { preference: 200, cohort: 0, coverage: 20, availability: 1, locality: 10, speed: 10, fit: 0 },
      },
      {
        serviceId: 'womens',
        providerId: 'provider-of-womens',
        score: 156,
        parts: { preference: 0, cohort: 100, coverage: 20, availability: 20, locality: 6, speed: 10, fit: 0 },
      },
    ]));

  it('does not offer what is preferred where it does not fit', () =>
    expect(order(preferring('full'), [aService('full', { free: 0 }), aService('other')])).toEqual(['other']));

  it('prefers who has more places free', () =>
    expect(order(aMan(), [aService('few', { free: 2 }), aService('many', { free: 12 })])).toEqual(['many', 'few']));

  it('prefers who could take more of the referral’s needs', () => {
    const story = aReferralState(
      aReferral().with({ person: { sex: 'male' }, needs: [aNeed(), aNeed('emotional-wellbeing')] }),
    );
    const { referral, confidential } = story.world;
    const seeker = { referral, person: confidential.person, whom: whomOf(confidential, today), weights: usualWeights };
    const services = [aService('homes', { needs: ['accommodation'] }), aService('both')];
    const { candidates } = rankServices(
      seeker,
      { needs: ['accommodation'], tried: [] },
      judgedServices(referral, confidential, services, today),
    );
    expect(candidates.map(({ serviceId, parts }) => [serviceId, parts.coverage])).toEqual([
      ['both', 20],
      ['homes', 10],
    ]);
  });

  it('prefers who works in the area alone, then in the next one too, then further afield', () => {
    const { candidates } = ranking(aMan(), [
      aService('afield', { areas: ['west-yorkshire', 'gwent'] }),
      aService('next', { areas: ['west-yorkshire', 'derbyshire'] }),
      aService('here'),
    ]);
    expect(candidates.map(({ serviceId, parts }) => [serviceId, parts.locality])).toEqual([
      ['here', 10],
      ['next', 7.5],
      ['afield', 6],
    ]);
  });

  it('goes by the nearest site, where there are sites: however far a service spreads, one next door is near', () => {
    const areas: AreaId[] = ['west-yorkshire', 'derbyshire', 'gwent'];
    const site = (area: AreaId) => ({ id: `site-${area}`, name: area, area });
    const { candidates } = ranking(aMan(), [
      aService('far', { areas, sites: [site('gwent')] }),
      aService('next', { areas, sites: [site('gwent'), site('derbyshire')] }),
      aService('here', { areas, sites: [site('derbyshire'), site('west-yorkshire')] }),
    ]);
    expect(candidates.map(({ serviceId, parts }) => [serviceId, parts.locality])).toEqual([
      ['here', 10],
      ['next', 5],
      ['far', 2],
    ]);
  });

  it('prefers who accepted quickly so far', () => {
    const { candidates } = ranking(aMan(), [
      aService('slow', { answers: 45, answerTime: 45_000 }),
      aService('middling', { answers: 45, answerTime: 20_000 }),
      aService('quick', { answers: 45, answerTime: 1_000 }),
    ]);
    expect(candidates.map(({ serviceId, parts }) => [serviceId, parts.speed])).toEqual([
      ['quick', 10],
      ['middling', 6],
      ['slow', 1],
    ]);
  });

  it('prefers who speaks the person’s language and meets their access needs, and says only how far it fits', () => {
    const story = aMan({ interpreterLanguage: 'cy', accessibility: ['step-free-access'] });
    const { candidates } = ranking(story, [
      aService('neither'),
      aService('language', { languages: ['en', 'cy'] }),
      aService('both', { languages: ['cy'], accessibility: ['step-free-access'] }),
    ]);
    expect(candidates.map(({ serviceId, parts }) => [serviceId, parts.fit])).toEqual([
      ['both', 30],
      ['language', 15],
      ['neither', 0],
    ]);
    expect(JSON.stringify(candidates)).not.toMatch(/"cy"|step-free/);
  });

  it('goes by the weights of the deployment', () => {
    const services = [
      aService('here', { free: 1 }),
      aService('free', { free: 20, areas: ['west-yorkshire', 'gwent'] }),
    ];
    expect(order(aMan(), services)).toEqual(['free', 'here']);
    expect(order(aMan(), services, { weights: { availability: 2 } })).toEqual(['here', 'free']);
  });

  /** Who comes first for each of four hundred people. */
  function firsts(services: AvailableService[]): (string | undefined)[] {
    const { world } = aMan();
    return Array.from({ length: 400 }, (_, n) => {
      const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
      const referral = { ...world.referral, id };
      const seeker = {
        referral,
        person: world.confidential.person,
        whom: whomOf(world.confidential, today),
        weights: usualWeights,
      };
      const group = { needs: referral.needs.map(({ need }) => need), tried: [] };
      const judged = judgedServices(referral, world.confidential, services, today);
      return rankServices(seeker, group, judged).candidates[0]?.serviceId;
    });
  }
  const share = (services: AvailableService[], id: string): number =>
    firsts(services).filter((first) => first === id).length / 400;

  it('is the same each time, and breaks ties differently for different people, so that no provider starves', () => {
    const services = ['a', 'b', 'c', 'd'].map((id) => aService(id));
    for (const { id } of services) expect(Math.abs(share(services, id) - 0.25)).toBeLessThan(0.08);
  });

  it('lets nobody starve who is new beside those who are known to be quick', () => {
    const quick = ['a', 'b', 'c'].map((id) => aService(id, { answers: 80, answerTime: 2_000 }));
    expect(share([...quick, aService('new')], 'new')).toBeGreaterThan(0.15);
  });
});

describe('L3: the ranking, whatever the directory', () => {
  const directory = fc.uniqueArray(arbitraryService, { maxLength: 12, selector: ({ id }) => id });
  const shuffled = directory.chain((services) =>
    fc.tuple(fc.constant(services), fc.shuffledSubarray(services, { minLength: services.length })),
  );

  it('does not depend on the order in which services come', () =>
    fc.assert(
      fc.property(shuffled, ([services, others]) => {
        expect(ranking(woman(), others)).toEqual(ranking(woman(), services));
      }),
    ));

  it('asks only who has a place, scores by the sum of the parts, and loses no service without a reason', () =>
    fc.assert(
      fc.property(directory, (services) => {
        const { candidates, filtered: others } = ranking(woman(), services);
        const free = new Map(services.map((service) => [service.id, service.free]));
        for (const { serviceId, score, parts } of candidates) {
          expect(free.get(serviceId)).toBeGreaterThan(0);
          expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 6);
        }
        const explained = new Set([...candidates, ...others].map(({ serviceId }) => serviceId));
        const meant = services.filter(({ needs }) => needs.includes('accommodation'));
        expect(meant.every(({ id }) => explained.has(id))).toBe(true);
      }),
    ));

  it('E6: whatever weights a deployment may set, a woman’s own services come first', () =>
    fc.assert(
      fc.property(
        directory,
        fc.record({
          coverage: fc.nat(100),
          availability: fc.nat(100),
          locality: fc.nat(100),
          speed: fc.nat(100),
          fit: fc.nat(100),
        }),
        (services, weights) => {
          const { candidates } = ranking(woman(), services, { weights: { ...weights, cohort: 501, preference: 1100 } });
          const own = candidates.map(({ parts }) => parts.cohort > 0);
          expect(own).toEqual([...own].sort((a, b) => Number(b) - Number(a)));
        },
      ),
    ));
});

describe('L3: the ranking of two services that differ in one thing', () => {
  const parts = (changes: Partial<AvailableService>) => {
    const [only] = ranking(aMan(), [aService('only', changes)]).candidates;
    if (!only) throw new Error('it was no candidate');
    return only;
  };
  const area = fc.constantFrom(...areaIds);
  const past = fc
    .integer({ min: 0, max: 300 })
    .chain((answers) => fc.tuple(fc.constant(answers), fc.nat(1000 * answers), fc.nat(1000 * answers)));

  it('never favours the one whose offers took longer', () =>
    fc.assert(
      fc.property(past, ([answers, one, other]) => {
        const [quick, slow] = [Math.min(one, other), Math.max(one, other)];
        const scoreOf = (answerTime: number) => parts({ answers, answerTime }).score;
        expect(scoreOf(quick)).toBeGreaterThanOrEqual(scoreOf(slow));
      }),
    ));

  it('never favours the one that is further away: by its sites, or by its areas', () =>
    fc.assert(
      fc.property(area, area, fc.uniqueArray(area), (one, other, others) => {
        const hops = hopsFrom('west-yorkshire');
        const [near, far] = hops[one] <= hops[other] ? [one, other] : [other, one];
        const at = (where: AreaId) => [...others, where].map((a, n) => ({ id: `s${n}`, name: a, area: a }));
        expect(parts({ sites: at(near) }).score).toBeGreaterThanOrEqual(parts({ sites: at(far) }).score);
        const across = (where: AreaId): AreaId[] => ['west-yorkshire', ...others, where];
        expect(parts({ areas: across(near) }).score).toBeGreaterThanOrEqual(parts({ areas: across(far) }).score);
      }),
    ));
});

describe('L3: the weights of matching', () => {
  it('may be set one by one; the others stay as they are', () =>
    expect(matchingWeights.parse({ availability: 5 })).toEqual({ ...usualWeights, availability: 5 }));

  it('may not let anything outweigh a cohort of the person’s own (E6), or what the practitioner prefers', () => {
    const faults = (weights: object) => matchingWeights.safeParse(weights).error?.issues.map(({ path }) => path.join());
    expect(faults({ availability: 80 })).toEqual(['cohort', 'preference']);
    expect(faults({ preference: 100 })).toEqual(['preference']);
  });

  it('have no others, and none below zero', () => {
    expect(matchingWeights.safeParse({ price: 1 }).success).toBe(false);
    expect(matchingWeights.safeParse({ fit: -1 }).success).toBe(false);
  });
});

describe('Ranking is quick', () => {
  it('10,000 services in less than a second, even on a machine that is busy', () => {
    const services = Array.from({ length: 10_000 }, (_, index) =>
      aService(`s${index}`, { free: index % 30, needs: [...needIds] }),
    );
    const story = aMan();
    const startedAt = performance.now();
    expect(order(story, services).length).toBeGreaterThan(9_000);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
