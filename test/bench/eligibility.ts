import { currentCatalogue, needIn } from '../../shared/domain/catalogue/index.ts';
import { needsOf } from '../../shared/domain/cohorts.ts';
import { recommend } from '../../shared/domain/complexity.ts';
import { checkEligibility, contradictions } from '../../shared/domain/eligibility/index.ts';
import type { NeedId } from '../../shared/domain/vocabulary.ts';
import { aNeed, aReferral, today } from '../builders/referral-facts.ts';
import { budget, type Section } from './report.ts';

const limit = 2;
const decisionsPerRun = 200;

const entryOf = (need: NeedId) => needIn(currentCatalogue(today), need);
/** The worst answer to every indicator but one, so that every criterion is looked at. */
const answersTo = (need: NeedId) =>
  Object.fromEntries(
    entryOf(need)
      .indicators.slice(1)
      .map(({ id, values }) => [id, values.at(-1) ?? '']),
  );

/** In London every need is open, so each rule is put to each need and none ends early. */
const facts = aReferral().with({
  person: { sex: 'male' },
  area: 'metropolitan-police',
  needs: needsOf('general').map((need) => aNeed(need, { indicators: answersTo(need) })),
});

const recommendedAll = (): boolean =>
  facts.needs.every(({ need, indicators }) => recommend(entryOf(need), indicators ?? {}).level !== null);

/** What is decided when a referral is sent, each with what shows that it was. */
const decisions: { name: string; decide: () => boolean }[] = [
  { name: 'Eligibility (E1 to E6)', decide: () => checkEligibility(facts, today).result === 'eligible' },
  { name: 'Contradictions (L1)', decide: () => contradictions(facts, today).length === 0 },
  { name: 'Recommended complexity (L2)', decide: recommendedAll },
];

/** How long the decisions about a new referral take, with as many needs as one cohort has. */
export function measureDecisions({ repeats }: { repeats: number }): Section {
  const measured = decisions.map(({ name, decide }) => ({ name, milliseconds: medianOf(decide, repeats) }));
  const total = measured.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return {
    title: 'Deciding about a new referral, in process',
    about: [
      `What is decided of a referral with ${facts.needs.length} needs when it is sent.`,
      `Processor time of one decision, the median of ${repeats} runs of ${decisionsPerRun} after a warm-up.`,
    ],
    columns: ['What', '>Budget', '>Measured', 'Verdict'],
    rows: [
      ...measured.map(({ name, milliseconds }) => [name, '', shown(milliseconds), '']),
      ['All together', `< ${limit} ms`, shown(total), budget(total, limit)],
    ],
  };
}

const shown = (milliseconds: number): string => `${milliseconds.toFixed(3)} ms`;

function medianOf(decide: () => boolean, repeats: number): number {
  const run = (): number => {
    const before = process.threadCpuUsage();
    for (let time = 0; time < decisionsPerRun; time += 1) {
      if (!decide()) throw new Error('the referral of the benchmark was not decided as it should be');
    }
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000 / decisionsPerRun;
  };
  for (let warm = 0; warm < 3; warm += 1) run();
  return Array.from({ length: repeats }, run).toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0;
}
