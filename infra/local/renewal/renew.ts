import { setTimeout as pause } from 'node:timers/promises';
import { inParallel } from '../in-parallel.ts';

/** A running execution, as the record knows it. */
export interface RunningExecution {
  name: string;
  /** Null until it has looked for the first time, and then it is a fresh one. */
  definition: number | null;
}

/** What the renewal needs of the service; all of it through the API, as operations. */
export interface Renewable {
  referrals(cursor: string | undefined): Promise<{ ids: string[]; cursor: string | null }>;
  /** None once the referral has concluded. */
  running(referralId: string): Promise<RunningExecution[] | 'concluded'>;
  /** Makes the executions of a referral look at the record: one of an older definition then hands over. */
  release(referralId: string): Promise<'released' | 'concluded'>;
}

export interface RenewalOptions {
  /** The release of the definitions that everything is to run. */
  release: number;
  /** Executions that are renewed in a second, at most. */
  rate: number;
  dryRun?: boolean;
  /** Milliseconds until an execution that has been asked must have moved. */
  patience?: number;
  progress?: (soFar: Renewal) => void;
  clock?: PacingClock;
}

/** What was found and done, in executions; `failed` names those that did not move, with why. */
export interface Renewal {
  referrals: number;
  current: number;
  outdated: number;
  moved: number;
  concluded: number;
  failed: { name: string; why: string }[];
}

/** So many that were asked and have not moved, and none that has: then nothing will. */
const hopeless = 10;

type PacingClock = { now(): number; sleep(milliseconds: number): Promise<unknown> };
const realClock: PacingClock = { now: () => performance.now(), sleep: (milliseconds: number) => pause(milliseconds) };

/**
 * Has every execution of an older definition continue in a fresh one (architecture rule 5). It keeps nothing of its own:
 * what has moved says so in the record, so that it may be ended anywhere, repeated, and run twice at once.
 */
export async function renewAll(service: Renewable, options: RenewalOptions): Promise<Renewal> {
  const { release, rate, dryRun = false, patience = 60_000, progress = () => undefined, clock = realClock } = options;
  const found: Renewal = { referrals: 0, current: 0, outdated: 0, moved: 0, concluded: 0, failed: [] };
  const turn = paced(rate, clock);
  // Enough at once that the rate, and not the wait for each, is what limits.
  const atOnce = Math.min(100, Math.max(4, 2 * rate));

  let isDeployed = false;
  const isHopeless = (): boolean => !isDeployed && found.moved === 0 && found.failed.length >= hopeless;

  const outdatedOf = (running: RunningExecution[]): RunningExecution[] =>
    running.filter(({ definition }) => definition !== null && definition < release);

  async function renewed(referralId: string): Promise<void> {
    found.referrals += 1;
    const running = await service.running(referralId);
    if (running === 'concluded') return;
    const outdated = outdatedOf(running);
    isDeployed ||= running.some(({ definition }) => definition !== null && definition >= release);
    found.current += running.length - outdated.length;
    found.outdated += outdated.length;
    if (dryRun || outdated.length === 0) return;
    await turn(outdated.length);
    if (isHopeless()) return;
    if ((await service.release(referralId)) === 'concluded') {
      found.concluded += outdated.length;
      return;
    }
    await settled(referralId, outdated);
  }

  /** Waits until each has moved, or is over. */
  async function settled(referralId: string, asked: RunningExecution[]): Promise<void> {
    const until = clock.now() + patience;
    let left = asked.map(({ name }) => executionOf(name));
    for (let wait = 200; left.length > 0; wait = Math.min(2_000, wait * 2)) {
      const running = await service.running(referralId);
      const still = running === 'concluded' ? [] : running;
      const behind = outdatedOf(still).map(({ name }) => executionOf(name));
      const over = left.filter((id) => !still.some(({ name }) => executionOf(name) === id));
      found.concluded += over.length;
      found.moved += left.filter((id) => !behind.includes(id) && !over.includes(id)).length;
      left = left.filter((id) => behind.includes(id));
      if (left.length === 0) return;
      if (clock.now() >= until) break;
      await clock.sleep(wait);
    }
    for (const name of left) found.failed.push({ name, why: `has not moved within ${patience / 1000} s` });
  }

  let cursor: string | undefined;
  do {
    let page: Awaited<ReturnType<typeof service.referrals>>;
    try {
      page = await service.referrals(cursor);
    } catch (error) {
      found.failed.push({ name: 'the list of referrals', why: (error as Error).message });
      return found;
    }
    await inParallel(page.ids, atOnce, (id) =>
      renewed(id).catch((error: Error) => void found.failed.push({ name: id, why: error.message })),
    );
    progress(found);
    if (isHopeless()) {
      const why = `was not asked: none of ${found.failed.length} has moved. Is definition ${release} deployed here?`;
      found.failed.push({ name: 'the rest', why });
      return found;
    }
    cursor = page.cursor ?? undefined;
  } while (cursor);
  return found;
}

/** Lets so many through in a second, evenly, however many ask at once. */
export function paced(rate: number, clock = realClock): (count: number) => Promise<void> {
  let next = 0;
  return async (count) => {
    const at = Math.max(clock.now(), next);
    next = at + (1000 * count) / rate;
    if (at > clock.now()) await clock.sleep(at - clock.now());
  };
}

/** Without its segment, which moves. */
const executionOf = (name: string): string => name.slice(0, name.lastIndexOf('-'));
