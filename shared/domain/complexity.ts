import type { CatalogueNeed, Criterion, Indicator } from './catalogue/schema.ts';
import type { ComplexityLevel, certainties } from './vocabulary.ts';

/** What is known of a person by the indicators of one need: each answer by its indicator. */
export type Answers = Readonly<Record<string, string>>;

/** A criterion that is met, and the answers that met it. */
export interface Reason {
  level: ComplexityLevel;
  criterion: string;
  because: string;
  indicators: Record<string, string>;
}

/** L2: which level the answers lead to, why, and how sure that is. */
export interface Recommendation {
  /** Null while nothing is answered. */
  level: ComplexityLevel | null;
  /** `certain`: no answer that is still missing could change the level. */
  certainty: (typeof certainties)[number];
  /** The highest level that the missing answers could still lead to. */
  atMost: ComplexityLevel;
  /** The criteria of this level that are met; none where the answers reach not even the lowest, which is then the level. */
  reasons: Reason[];
  /** Indicators without an answer that could raise the level. */
  missing: string[];
}

/**
 * L2, C2: the level of one need, from its indicators: the highest of which a criterion is met by what is known. It is a
 * function of the answers and the catalogue's version alone, so the same input gives the same answer for ever; and as a
 * criterion asks for *this bad or worse*, a worse answer never lowers the level. Answers that the need does not know are
 * passed over: `contradictions` refuses them before they are kept.
 */
export function recommend(need: CatalogueNeed, answers: Answers): Recommendation {
  const reading = new Map(need.indicators.map((indicator) => [indicator.id, severityOf(indicator, answers)]));
  const read: Reading = (id, value) => {
    const severity = reading.get(id);
    if (severity === undefined || severity === null) return 'open';
    return severity >= placeOf(need, id, value) ? 'met' : 'unmet';
  };
  const levels = need.complexityLevels.map(({ level, criteria }) => ({
    level,
    met: criteria.filter((criterion) => stateOf(criterion, read) === 'met'),
    open: criteria.filter((criterion) => stateOf(criterion, read) === 'open'),
  }));
  const [lowest] = need.complexityLevels;
  if (!lowest) throw new Error(`${need.id} has no levels`);

  const reached = levels.findLast(({ met }) => met.length > 0);
  const level = reached?.level ?? lowest.level;
  const above = levels.slice(levels.findIndex((entry) => entry.level === level) + 1);
  const missing = missingOf(
    need,
    above.flatMap(({ open }) => open),
    read,
  );
  const atMost = above.findLast(({ open }) => open.length > 0)?.level ?? level;
  const isAnswered = [...reading.values()].some((severity) => severity !== null);
  return {
    level: isAnswered ? level : null,
    certainty: isAnswered && atMost === level ? 'certain' : 'provisional',
    atMost,
    reasons: (reached?.met ?? []).map((criterion) => reasonOf(level, criterion, answers, read)),
    missing,
  };
}

type Reading = (indicator: string, from: string) => 'met' | 'open' | 'unmet';

/** How bad an answer is: its place among the values. Null: not answered. */
function severityOf({ id, values }: Indicator, answers: Answers): number | null {
  const place = values.indexOf(answers[id] ?? '');
  return place < 0 ? null : place;
}

const placeOf = (need: CatalogueNeed, id: string, value: string): number =>
  need.indicators.find((indicator) => indicator.id === id)?.values.indexOf(value) ?? 0;

/** Whether a criterion is met by what is known, could still be, or cannot. */
function stateOf({ all, any, atLeast }: Criterion, read: Reading): ReturnType<Reading> {
  const everyOne = Object.entries(all).map(([id, value]) => read(id, value));
  const some = Object.entries(any).map(([id, value]) => read(id, value));
  const wanted = some.length > 0 ? atLeast : 0;
  const met = some.filter((state) => state === 'met').length;
  const possible = some.filter((state) => state !== 'unmet').length;
  if (everyOne.includes('unmet') || possible < wanted) return 'unmet';
  return everyOne.includes('open') || met < wanted ? 'open' : 'met';
}

function reasonOf(level: ComplexityLevel, criterion: Criterion, answers: Answers, read: Reading): Reason {
  const { id, because, all, any } = criterion;
  const decisive = [...Object.entries(all), ...Object.entries(any)].filter(
    ([name, value]) => read(name, value) === 'met',
  );
  return {
    level,
    criterion: id,
    because,
    indicators: Object.fromEntries(decisive.map(([name]) => [name, answers[name] ?? ''])),
  };
}

/** The unanswered indicators that could still meet an open criterion, in the order of the need's questions. */
function missingOf(need: CatalogueNeed, open: Criterion[], read: Reading): string[] {
  const wanted = new Set(
    open.flatMap(({ all, any, atLeast }) => {
      const isShort = Object.entries(any).filter(([id, value]) => read(id, value) === 'met').length < atLeast;
      return [...Object.entries(all), ...(isShort ? Object.entries(any) : [])]
        .filter(([id, value]) => read(id, value) === 'open')
        .map(([id]) => id);
    }),
  );
  return need.indicators.map(({ id }) => id).filter((id) => wanted.has(id));
}
