import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsOf } from '../../shared/domain/cohorts.ts';
import {
  type AvailableService,
  covers,
  groupNeeds,
  openServices,
  rankCandidates,
  suitableServices,
  whomOf,
} from '../../shared/domain/matching.ts';
import { separate } from '../../shared/domain/referral.ts';
import type { KnownFacts } from '../../shared/domain/referral-facts.ts';
import { cohortIds, type NeedId, needIds, sentenceTypes, settings } from '../../shared/domain/vocabulary.ts';
import { arbitraryFacts } from '../builders/arbitrary-facts.ts';
import { aNeed, aReferral, aReferralThroughTheGate, today } from '../builders/referral-facts.ts';
import { aService } from '../builders/services.ts';
import { aReferralState, type Story } from '../builders/story.ts';

const woman = () => aReferralState();
const man = () =>
  aReferralState(
    aReferral().with({ person: { sex: 'male' }, needs: [aNeed('accommodation', { generalServiceReason: null })] }),
  );

const suitable = ({ world: { referral, confidential } }: Story, services: AvailableService[], now = today) =>
  suitableServices(referral, confidential, services, now).map(({ id }) => id);
const ranked = ({ world: { referral, confidential } }: Story, services: AvailableService[], tried: string[] = []) =>
  rankCandidates(
    referral,
    whomOf(confidential, today),
    { needs: referral.needs.map(({ need }) => need), tried },
    services,
  );
const order = (...from: Parameters<typeof ranked>) => ranked(...from).map(({ serviceId }) => serviceId);

describe('L3: a service is a candidate only where it fits', () => {
  it.each<[string, Partial<AvailableService>]>([
    ['the area', { areas: ['gwent'] }],
    ['the setting', { settings: ['custody'] }],
    ['the sentence', { sentenceTypes: ['licence'] }],
    ['the youngest age', { minimumAge: 40 }],
    ['the oldest age', { maximumAge: 25 }],
    ['its dates: not open yet', { contract: { ...aService('x').contract, opens: '2026-06-16' } }],
    ['its dates: closed', { contract: { ...aService('x').contract, closes: '2026-06-14' } }],
  ])('by %s', (_, changes) => {
    expect(suitable(woman(), [aService('fits'), aService('does-not', changes)])).toEqual(['fits']);
  });

  it('on its last day and at its limits of age, it still does', () =>
    expect(
      suitable(woman(), [
        aService('last-day', { contract: { ...aService('x').contract, closes: '2026-06-15' } }),
        aService('thirty-six', { minimumAge: 36, maximumAge: 36 }),
      ]),
    ).toEqual(['last-day', 'thirty-six']));

  it('by the need', () => expect(order(man(), [aService('other', { needs: ['emotional-wellbeing'] })])).toEqual([]));

  it('in custody, by whether it works there', () =>
    expect(
      suitable(aReferralState(aReferralThroughTheGate()), [
        aService('through-the-gate'),
        aService('outside', { settings: ['community'] }),
      ]),
    ).toEqual(['through-the-gate']));

  it('by places: none left, or fewer than none, is no candidate', () =>
    expect(order(man(), [aService('full', { free: 0 }), aService('over', { free: -2 })])).toEqual([]));

  it('once: who was tried is not asked again', () =>
    expect(order(man(), [aService('a'), aService('b')], ['a'])).toEqual(['b']));
});

describe("E6: women's services", () => {
  const womens = aService('womens', { cohort: 'women', free: 1 });
  const general = aService('general', { free: 20 });

  it('rank first for a woman, however many places a general one has', () =>
    expect(order(woman(), [general, womens])).toEqual(['womens', 'general']));

  it('are not for men', () => {
    expect(suitable(man(), [general, womens])).toEqual(['general']);
    expect(order(man(), [general])).toEqual(['general']);
  });

  it('are the only ones for a woman where the practitioner gives no reason for a general one', () => {
    const facts = aReferral().with({ needs: [aNeed('accommodation', { generalServiceReason: null })] });
    expect(order(aReferralState(facts), [general, womens])).toEqual(['womens']);
  });

  it("are the only ones for a women's need", () => {
    const facts = aReferral().with({ needs: [aNeed('womens-accommodation')] });
    expect(order(aReferralState(facts), [general, womens])).toEqual(['womens']);
  });
});

describe('L3: the ranking', () => {
  const preferring = (id: string) =>
    aReferralState(
      aReferral().with({ needs: [aNeed('accommodation', { preferredService: { id, reason: 'Near her' } })] }),
    );

  it('puts what the practitioner prefers first, and explains each place by its score', () => {
    const found = ranked(preferring('near'), [
      aService('near', { free: 1 }),
      aService('womens', { cohort: 'women', free: 20 }),
    ]);
    expect(found).toEqual([
      { serviceId: 'near', providerId: 'provider-of-near', score: 100.5 },
      { serviceId: 'womens', providerId: 'provider-of-womens', score: 30 },
    ]);
  });

  it('does not offer what is preferred where it does not fit', () =>
    expect(order(preferring('full'), [aService('full', { free: 0 }), aService('other')])).toEqual(['other']));

  it('prefers who has more places free', () =>
    expect(order(man(), [aService('few', { free: 2 }), aService('many', { free: 12 })])).toEqual(['many', 'few']));

  it('is the same each time, and breaks ties differently for different people, so that no provider starves', () => {
    const services = ['a', 'b', 'c', 'd'].map((id) => aService(id));
    expect(order(man(), services)).toEqual(order(man(), [...services].reverse()));
    const { world } = man();
    const firsts = Array.from({ length: 400 }, (_, n) => {
      const referral = { ...world.referral, id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` };
      const group = { needs: referral.needs.map(({ need }) => need), tried: [] };
      return rankCandidates(referral, whomOf(world.confidential, today), group, services)[0]?.serviceId;
    });
    for (const { id } of services) {
      expect(Math.abs(firsts.filter((first) => first === id).length - 100)).toBeLessThan(30);
    }
  });
});

describe('L3: needs are grouped into as few allocations as the directory allows', () => {
  const { confidential } = man().world;
  const grouped = (needs: NeedId[], ...services: NeedId[][]) =>
    groupNeeds(
      needs,
      services.map((own, index) => aService(`s${index}`, { needs: own })),
      whomOf(confidential, today),
    );

  it('one where one service covers all', () =>
    expect(
      grouped(['accommodation', 'emotional-wellbeing'], ['accommodation'], ['accommodation', 'emotional-wellbeing']),
    ).toEqual([['accommodation', 'emotional-wellbeing']]));

  it('the most first, then what is left', () =>
    expect(
      grouped(
        ['accommodation', 'emotional-wellbeing', 'lifestyle-associates'],
        ['accommodation'],
        ['emotional-wellbeing', 'lifestyle-associates'],
      ),
    ).toEqual([['emotional-wellbeing', 'lifestyle-associates'], ['accommodation']]));

  it('a need that nobody covers stands alone', () =>
    expect(grouped(['accommodation', 'emotional-wellbeing'], ['accommodation'])).toEqual([
      ['accommodation'],
      ['emotional-wellbeing'],
    ]));

  it('and whatever the directory, each need is in exactly one group', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...needsOf('general')), { minLength: 1 }),
        fc.array(fc.uniqueArray(fc.constantFrom(...needsOf('general')), { minLength: 1 })),
        (needs, services) => {
          expect(
            grouped(needs, ...services)
              .flat()
              .sort(),
          ).toEqual([...needs].sort());
        },
      ),
    ));
});

describe('O3: what would be open by what is known so far', () => {
  const services = [aService('here'), aService('full', { free: 0 }), aService('womens', { cohort: 'women' })];
  const asked = (facts: KnownFacts, from: AvailableService[] = services) => {
    const { open, notOpen } = openServices(facts, 0, from, today);
    return {
      open: open.map(({ id }) => id),
      notOpen: notOpen.map(({ service, reasons }) => [service.id, ...reasons.map(({ code }) => code)]),
    };
  };
  const needs = [{ need: 'accommodation' as const }];
  const contract = (changes: Partial<AvailableService['contract']>) => ({
    contract: { ...aService('x').contract, ...changes },
  });

  it('excludes nothing for what is not known, but for a women’s service (E6)', () =>
    expect(asked({ needs })).toEqual({ open: ['here', 'full'], notOpen: [['womens', 'cohort']] }));

  it('narrows with every fact', () => {
    expect(asked({ needs, person: { sex: 'male' } }).notOpen).toEqual([['womens', 'cohort']]);
    expect(asked({ needs: [{ need: 'womens-accommodation' }], person: { sex: 'female' } })).toEqual({
      open: ['womens'],
      notOpen: [],
    });
  });

  it('E6: puts the women’s services first for a woman, and opens a general one where there is a reason', () => {
    expect(asked({ needs, person: { sex: 'female' } })).toEqual({
      open: ['womens'],
      notOpen: [
        ['here', 'cohort-first'],
        ['full', 'cohort-first'],
      ],
    });
    expect(asked({ needs: [aNeed()], person: { sex: 'female' } }).open).toEqual(['womens', 'here', 'full']);
  });

  it('E6: counts a women’s service that only has the women’s counterpart of the need', () => {
    const womens = aService('womens', { cohort: 'women', needs: ['womens-accommodation'] });
    expect(asked({ needs, person: { sex: 'female' } }, [womens]).open).toEqual(['womens']);
    expect(asked({ needs, person: { sex: 'male' } }, [womens])).toEqual({ open: [], notOpen: [] });
  });

  it('says nothing of services that are for other needs', () =>
    expect(asked({ needs }, [aService('minds', { needs: ['emotional-wellbeing'] })])).toEqual({
      open: [],
      notOpen: [],
    }));

  it.each<[string, Partial<AvailableService>, string]>([
    ['age', { minimumAge: 40 }, 'It takes people from 40; the person is 36.'],
    ['age', { minimumAge: 18, maximumAge: 25 }, 'It takes people from 18 up to 25; the person is 36.'],
    ['age', { minimumAge: null, maximumAge: 25 }, 'It takes people up to 25; the person is 36.'],
    ['setting', { settings: ['custody'] }, 'It works with people in custody only; the person is in the community.'],
    [
      'sentence',
      { sentenceTypes: ['licence', 'post-sentence-supervision'] },
      'It takes people under a licence or post-sentence supervision, not under a community order.',
    ],
    ['cohort', { cohort: 'women' }, 'It is for women only.'],
    ['not-open-yet', contract({ opens: '2026-06-16' }), 'It opens on 2026-06-16.'],
    ['closed', contract({ closes: '2026-06-14' }), 'Its last day was 2026-06-14.'],
  ])('says why not, in plain English: %s', (code, changes, detail) => {
    const { notOpen } = openServices(
      aReferral().with({ person: { sex: 'male' } }),
      0,
      [aService('other', changes)],
      today,
    );
    expect(notOpen.map(({ reasons }) => reasons)).toEqual([[{ code, detail }]]);
  });

  it('names every reason', () => {
    const other = { minimumAge: 40, settings: ['custody' as const], ...contract({ closes: '2026-06-14' }) };
    expect(asked(aReferral().with({ needs }), [aService('other', other)]).notOpen).toEqual([
      ['other', 'age', 'setting', 'closed', 'cohort-first'],
    ]);
  });

  it('judges a proposed sentence as served in the community, wherever the person is now (E1)', () => {
    const outside = aService('outside', { settings: ['community'] });
    const inCustody = aReferral().with({ setting: 'custody', sentence: { proposed: true } });
    expect(asked(inCustody, [outside]).open).toEqual(['outside']);
    expect(asked(inCustody.with({ sentence: { proposed: false } }), [outside]).open).toEqual([]);
  });

  it('is what matching would take: a service is open exactly where it is suitable and covers the need', () =>
    fc.assert(
      fc.property(arbitraryFacts, fc.array(arbitraryService, { maxLength: 8 }), (facts, inArea) => {
        const { area, sentence, setting, person } = facts;
        const [need] = facts.needs;
        fc.pre(need !== undefined);
        const { recorded, confidential } = separate({ crn: 'X320741', area, sentence, setting, person, needs: [need] });
        const referral = { ...aReferralState().referral, facts: recorded };
        const matched = suitableServices(referral, confidential, inArea, today).filter((service) =>
          covers(service, need.need, whomOf(confidential, today)),
        );
        const { open, notOpen } = openServices({ ...facts, area: null }, 0, inArea, today);
        const inThatArea = open.filter(({ areas }) => !area || areas.includes(area));
        expect(inThatArea.map(({ id }) => id).sort()).toEqual(matched.map(({ id }) => id).sort());
        for (const { reasons } of notOpen) expect(reasons.length).toBeGreaterThan(0);
      }),
    ));
});

describe('Ranking is quick', () => {
  it('10,000 services in less than a second, even on a machine that is busy', () => {
    const services = Array.from({ length: 10_000 }, (_, index) =>
      aService(`s${index}`, { free: index % 30, needs: [...needIds] }),
    );
    const story = man();
    const startedAt = performance.now();
    expect(order(story, services).length).toBeGreaterThan(9_000);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

const arbitraryService = fc
  .record({
    id: fc.uuid(),
    cohort: fc.constantFrom(...cohortIds),
    needs: fc.uniqueArray(fc.constantFrom(...needIds), { minLength: 1 }),
    minimumAge: fc.constantFrom(null, 18, 40),
    maximumAge: fc.constantFrom(null, 25, 60),
    sentenceTypes: fc.uniqueArray(fc.constantFrom(...sentenceTypes), { minLength: 1 }),
    settings: fc.uniqueArray(fc.constantFrom(...settings), { minLength: 1 }),
    opens: fc.constantFrom('2025-04-01', '2026-06-16'),
    closes: fc.constantFrom(null, '2026-06-14'),
  })
  .map(({ id, opens, closes, ...rest }) => {
    const { contract } = aService(id);
    return aService(id, { ...rest, contract: { ...contract, opens, closes } });
  });
