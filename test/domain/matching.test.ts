import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AvailableService, covers, judgedServices, openServices, whomOf } from '../../shared/domain/matching.ts';
import { separate } from '../../shared/domain/referral.ts';
import type { KnownFacts } from '../../shared/domain/referral-facts.ts';
import { arbitraryFacts } from '../builders/arbitrary-facts.ts';
import { arbitraryService } from '../builders/arbitrary-service.ts';
import { aNeed, aReferral, aReferralThroughTheGate, today } from '../builders/referral-facts.ts';
import { aService } from '../builders/services.ts';
import { aReferralState, type Story } from '../builders/story.ts';

const woman = () => aReferralState();
const suitable = ({ world: { referral, confidential } }: Story, services: AvailableService[], now = today) =>
  judgedServices(referral, confidential, services, now).flatMap(({ service, obstacles }) =>
    obstacles.length === 0 ? [service.id] : [],
  );

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

  it('in custody, by whether it works there', () =>
    expect(
      suitable(aReferralState(aReferralThroughTheGate()), [
        aService('through-the-gate'),
        aService('outside', { settings: ['community'] }),
      ]),
    ).toEqual(['through-the-gate']));
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
    ['sex', { sexes: ['female'] }, 'It is for women only.'],
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

  it('keeps a service for men for men, and does not exclude whose sex is not known', () => {
    const mens = aService('mens', { sexes: ['male'] });
    expect(asked({ needs, person: { sex: 'male' } }, [mens]).open).toEqual(['mens']);
    expect(asked({ needs, person: { sex: null } }, [mens]).open).toEqual(['mens']);
    const { notOpen } = openServices(aReferral(), 0, [mens], today);
    expect(notOpen.map(({ reasons }) => reasons)).toEqual([[{ code: 'sex', detail: 'It is for men only.' }]]);
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
        const matched = judgedServices(referral, confidential, inArea, today).flatMap(({ service, obstacles }) =>
          obstacles.length === 0 && covers(service, need.need, whomOf(confidential, today)) ? [service] : [],
        );
        const { open, notOpen } = openServices({ ...facts, area: null }, 0, inArea, today);
        const inThatArea = open.filter(({ areas }) => !area || areas.includes(area));
        expect(inThatArea.map(({ id }) => id).sort()).toEqual(matched.map(({ id }) => id).sort());
        for (const { reasons } of notOpen) expect(reasons.length).toBeGreaterThan(0);
      }),
    ));
});
