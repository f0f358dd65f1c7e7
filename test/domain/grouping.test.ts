import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsOf } from '../../shared/domain/cohorts.ts';
import { groupNeeds } from '../../shared/domain/grouping.ts';
import { whomOf } from '../../shared/domain/matching.ts';
import { tieBreak } from '../../shared/domain/tie-break.ts';
import { type NeedId, needIds } from '../../shared/domain/vocabulary.ts';
import { aReferral, today } from '../builders/referral-facts.ts';
import { aService } from '../builders/services.ts';
import { aReferralState } from '../builders/story.ts';

const { confidential } = aReferralState(aReferral().with({ person: { sex: 'male' } })).world;
const whom = whomOf(confidential, today);
const directoryOf = (...services: NeedId[][]) =>
  services.map((own, index) => aService(`service-${index}`, { needs: own }));
const grouped = (
  needs: readonly NeedId[],
  services: ReturnType<typeof directoryOf>,
  { preferred = [], seed = 'a-referral' }: { preferred?: [NeedId, string][]; seed?: string } = {},
) => groupNeeds(needs, services, { whom, preferred: new Map(preferred), tie: tieBreak(seed) });

const [homes, work, minds, ties, family, money, recovery] = needsOf('general');
if (!(homes && work && minds && ties && family && money && recovery)) throw new Error('there are seven general needs');

describe('L3: needs are grouped into the fewest allocations that the directory allows', () => {
  it('one where one service covers all', () =>
    expect(grouped([homes, minds], directoryOf([homes], [homes, minds]))).toEqual([[homes, minds]]));

  it('the most first, then what is left', () =>
    expect(grouped([homes, minds, ties], directoryOf([homes], [minds, ties]))).toEqual([[minds, ties], [homes]]));

  it('two where taking the largest first would make three', () =>
    expect(
      grouped(
        [homes, work, minds, ties, family, money],
        directoryOf([work, minds, ties, family], [homes, work, minds], [ties, family, money]),
      ),
    ).toEqual([
      [homes, work, minds],
      [ties, family, money],
    ]));

  it('a need that nobody covers stands alone', () =>
    expect(grouped([homes, minds, money], directoryOf([homes, money]))).toEqual([[homes, money], [minds]]));

  it('a need for which the practitioner prefers a service goes there, with whatever else that one takes', () => {
    const services = directoryOf([homes, minds, money], [homes, money]);
    expect(grouped([homes, minds, money], services)).toEqual([[homes, minds, money]]);
    expect(grouped([homes, minds, money], services, { preferred: [[money, 'service-1']] })).toEqual([
      [homes, minds],
      [money],
    ]);
  });

  it('a preferred service that is not there, or does not take the need, changes nothing', () => {
    const services = directoryOf([homes, minds], [minds]);
    for (const id of ['elsewhere', 'service-1']) {
      expect(grouped([homes, minds], services, { preferred: [[homes, id]] })).toEqual([[homes, minds]]);
    }
  });

  it('of equally few and large groups, now one is chosen and now the other, so that no provider starves', () => {
    const services = directoryOf([homes, minds], [minds, money]);
    const choices = Array.from({ length: 200 }, (_, n) => grouped([homes, minds, money], services, { seed: `${n}` }));
    const first = choices.filter(([group = []]) => group.includes(homes));
    expect(Math.abs(first.length - 100)).toBeLessThan(30);
  });
});

describe('L3: grouping, whatever the directory', () => {
  const anyNeeds = fc.uniqueArray(fc.constantFrom(...needIds), { minLength: 1 });
  const anyDirectory = fc
    .array(fc.uniqueArray(fc.constantFrom(...needIds), { minLength: 1, maxLength: 6 }), { maxLength: 9 })
    .map((services) => directoryOf(...services));

  /** The smallest number of services that together take whatever any of them takes, by trying every choice of them. */
  function fewestByTrying(needs: readonly NeedId[], services: ReturnType<typeof directoryOf>): number {
    const covers = services.map((service) => needs.filter((need) => service.needs.includes(need)));
    const coverable = new Set(covers.flat()).size;
    let fewest = services.length;
    for (let choice = 0; choice < 2 ** services.length; choice += 1) {
      const chosen = covers.filter((_, at) => choice & (1 << at));
      if (new Set(chosen.flat()).size === coverable) fewest = Math.min(fewest, chosen.length);
    }
    return fewest + needs.length - coverable;
  }

  it('makes exactly as few groups as trying every choice of services does, each of which somebody takes whole', () =>
    fc.assert(
      fc.property(anyNeeds, anyDirectory, (needs, services) => {
        const groups = grouped(needs, services);
        expect(groups).toHaveLength(fewestByTrying(needs, services));
        expect(groups.flat().sort()).toEqual([...needs].sort());
        for (const group of groups) {
          const taken = services.some((service) => group.every((need) => service.needs.includes(need)));
          expect(taken || group.length === 1).toBe(true);
        }
      }),
    ));

  it('is the same in whatever order the services come', () =>
    fc.assert(
      fc.property(
        anyNeeds,
        anyDirectory.chain((services) =>
          fc.tuple(fc.constant(services), fc.shuffledSubarray(services, { minLength: services.length })),
        ),
        (needs, [services, shuffled]) => {
          expect(grouped(needs, shuffled)).toEqual(grouped(needs, services));
        },
      ),
    ));

  it('is bounded: all fourteen needs and every service of seven of them take less than two seconds', () => {
    const seven = Array.from({ length: 2 ** 14 }, (_, bits) => needIds.filter((_, at) => bits & (1 << at)));
    const services = directoryOf(...seven.filter((own) => own.length === 7));
    const startedAt = performance.now();
    expect(grouped(needIds, services)).toHaveLength(2);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
