import { judgedServices, whomOf } from '../../shared/domain/matching.ts';
import { usualWeights } from '../../shared/domain/matching-weights.ts';
import { rankServices } from '../../shared/domain/ranking.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { aService } from '../builders/services.ts';
import { aReferralState } from '../builders/story.ts';
import { budget, type Section } from './report.ts';

const few = 10_000;
const many = 100_000;
const limit = 10;
/** For ten times as many services: sorting is n log n, and what fills the caches costs more. Quadratic were 100. */
const nearlyLinear = 20;

/** L3: filtering and ranking, as `make-offers` does it, of a directory in which half fit and none is ruled out early. */
export function measureRanking({ repeats }: { repeats: number }): Section {
  const small = medianOf(few, repeats);
  const large = medianOf(many, repeats);
  return {
    title: 'Ranking services, in process',
    about: [
      'Filter and rank (`shared/domain/ranking.ts`) for a referral with one need; half of the services fit.',
      `Processor time, the median of ${repeats} runs after a warm-up; it only computes, so on an idle machine that is also how long it takes.`,
    ],
    columns: ['What', '>Budget', '>Measured', 'Verdict'],
    rows: [
      [`${few.toLocaleString('en')} services`, `< ${limit} ms`, `${small.toFixed(1)} ms`, budget(small, limit)],
      [
        `${many.toLocaleString('en')} services`,
        `near-linear (≤ ${nearlyLinear}×)`,
        `${large.toFixed(1)} ms, ${(large / small).toFixed(1)}×`,
        budget(large / small, nearlyLinear),
      ],
    ],
  };
}

function medianOf(count: number, repeats: number): number {
  const story = aReferralState(aReferral().with({ person: { sex: 'male' } }));
  const { referral, confidential, now } = story.world;
  const group = { needs: referral.needs.map(({ need }) => need), tried: [] };
  const services = Array.from({ length: count }, (_, at) =>
    aService(`service-${at}`, { free: 1 + (at % 30), areas: [at % 2 === 0 ? 'west-yorkshire' : 'lancashire'] }),
  );
  const once = (): number => {
    const before = process.threadCpuUsage();
    const seeker = { referral, person: confidential.person, whom: whomOf(confidential, now), weights: usualWeights };
    const ranked = rankServices(seeker, group, judgedServices(referral, confidential, services, now)).candidates;
    const { user, system } = process.threadCpuUsage(before);
    if (ranked.length !== count / 2) throw new Error(`${ranked.length} of ${count} services fit`);
    return (user + system) / 1000;
  };
  for (let warm = 0; warm < 3; warm += 1) once();
  return Array.from({ length: repeats }, once).toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0;
}
