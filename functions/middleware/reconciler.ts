import { noteFailure } from '../../shared/domain/commands/operate.ts';
import { raiseUnattended, repairTask, takeOver } from '../../shared/domain/commands/repair.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import type { ExecutionDrift } from '../../shared/domain/drift.ts';
import type { Actor } from '../../shared/domain/events.ts';
import { outlivesReferral } from '../../shared/domain/task-types.ts';
import { isUnattended } from '../../shared/domain/waits.ts';
import type {
  BadEnd,
  Circuit,
  MachineStatus,
  Machines,
  OpenExecution,
  Progress,
  Reconciliation,
  Surroundings,
} from '../../shared/ports/reconciliation.ts';
import { circuits } from '../../shared/ports/reconciliation.ts';
import type { CommandOptions, Page, Ports } from '../../shared/ports.ts';
import { endOf, lookOf } from './execution-drift.ts';
import type { Findings } from './findings.ts';

export interface ReconcilePorts extends Pick<Ports, 'clock' | 'referrals' | 'executions'> {
  allocations: Pick<Ports['allocations'], 'find'>;
  places: Pick<Ports['places'], 'reconcile'>;
  reconciliation: Reconciliation;
  machines: Machines;
  /** Lets as many milliseconds pass. */
  pause: (milliseconds: number) => Promise<void>;
  /** Milliseconds since some beginning. */
  elapsed: () => number;
}

/** A schedule is not exact: a round that is due within so long begins (milliseconds). */
const leeway = 10_000;
/** What looks wrong is looked at again after so long: an execution on its way has arrived by then (milliseconds). */
const settling = 5_000;
/** Executions that one run asks Step Functions about: London allows ten a second, for everybody. */
const mostAsked = 250;
/** Of these, about how many in turn, whose executions look as they should. */
const askedInTurn = 100;
/** After the walk, what looked wrong is looked at again for so long, the settling included (milliseconds). */
const againTime = 10_000;

/**
 * What one run leaves to the next in a warm function. If it is lost, everything is looked at once more: that takes
 * time, and nothing else.
 */
export class Kept {
  /** Bad ends that a later segment has left behind, by name: nothing will ever come of them. */
  readonly settled = new Set<string>();
  /** Bad ends that have been looked at, the longest ago first: what is raised stands there until it is redriven. */
  readonly lookedAt = new Set<string>();
  /** What looked wrong, or had its turn, and has not been asked about: by execution, the longest ago first. */
  readonly suspects = new Map<string, Pick<Surroundings, 'work'> & Pick<OpenExecution, 'segment' | 'turn'>>();
  /** Since when each run has left something. */
  leftSince: Date | undefined;
}

/** One run of the reconciler. */
export class Reconciler {
  readonly #ports: ReconcilePorts;
  readonly #findings: Findings;
  readonly #by: Pick<CommandOptions, 'by'>;
  readonly #roundEvery: number;
  readonly #kept: Kept;
  #asked = 0;
  /** When the walk ends. */
  #until = 0;

  /** `minutes`: from the beginning of a round to that of the next. */
  constructor(
    ports: ReconcilePorts,
    findings: Findings,
    { by, minutes, kept }: { by: Actor; minutes: number; kept: Kept },
  ) {
    this.#ports = ports;
    this.#findings = findings;
    this.#by = { by };
    this.#kept = kept;
    this.#roundEvery = minutes * 60_000 - leeway;
  }

  /** Says for how many seconds what takes longest has been going on: a round, or a run's leaving something. */
  async run(until: number): Promise<number> {
    this.#until = until;
    const now = await this.#ports.clock.now();
    // Each has its share of what is left of the time, the last all of it.
    const share = (among: number): number => this.#ports.elapsed() + (until - this.#ports.elapsed()) / among;
    await this.#findings.past(() => this.#lookAtBadEnds(share(circuits.length + 1)), { step: 'bad ends' });
    const ages: number[] = [];
    for (const [index, of] of circuits.entries())
      ages.push(await this.#goRound(of, now, share(circuits.length - index)));
    await this.#lookAgain(until + againTime);
    const kept = this.#kept;
    const hasLeft = kept.suspects.size > 0 || this.#findings.result.left['bad-ends'] !== undefined;
    kept.leftSince = hasLeft ? (kept.leftSince ?? now) : undefined;
    return Math.max(...ages, kept.leftSince ? (now.getTime() - kept.leftSince.getTime()) / 1000 : 0);
  }

  // ---- rounds

  async #goRound(of: Circuit, now: Date, until: number): Promise<number> {
    const { reconciliation } = this.#ports;
    const before = await reconciliation.progress(of);
    const age = ({ startedAt }: Progress): number => now.getTime() - Date.parse(startedAt);
    const isThrough = ({ left }: Progress): boolean => left.length === 0;
    if (before && isThrough(before) && Math.abs(age(before)) < this.#roundEvery) return 0;
    const at = before && !isThrough(before) ? before : nextRound(before, reconciliation.partitions(of), now);
    const isTurn = (id: string): boolean => numberOf(id) % at.turns === at.turn % at.turns;
    let { seen } = at;
    // Side by side, so that one reads while another compares.
    const lanes = at.left.map(async ({ partition, cursor: from }) => {
      let cursor = from;
      do {
        const page = await this.#lookAtPage(of, partition, cursor, isTurn);
        seen += page.seen;
        if (!page.next) return [];
        cursor = page.next;
      } while (this.#ports.elapsed() < until);
      return [{ partition, cursor }];
    });
    const after = { ...at, left: (await Promise.all(lanes)).flat(), seen, runs: at.runs + 1 };
    await reconciliation.keepProgress(of, after);
    return isThrough(after) ? 0 : age(after) / 1000;
  }

  /** Gives where the next page begins, null where there is none, and how many were on this one. */
  async #lookAtPage(
    of: Circuit,
    partition: number,
    cursor: string | null,
    isTurn: (executionId: string) => boolean,
  ): Promise<{ next: string | null; seen: number }> {
    const { reconciliation } = this.#ports;
    const look = async <T>(found: Page<T>, work: (items: T[]) => Promise<void>) => {
      // One that cannot be read does not hide those beside it.
      await work(found.items).catch(async () => {
        for (const item of found.items) await this.#findings.past(() => work([item]), { step: of });
      });
      return { next: found.cursor, seen: found.items.length };
    };
    switch (of) {
      case 'open':
        return look(await reconciliation.open(partition, cursor), async (work) => {
          for (const one of await reconciliation.surroundings(work, false)) await this.#lookAtOne(one, isTurn);
        });
      case 'tasks':
        return look(await reconciliation.openTasks(partition, cursor), (ids) => this.#lookAtTasks(ids));
      case 'services':
        return look(await reconciliation.services(cursor), (ids) => this.#lookAtServices(ids));
    }
  }

  async #lookAtOne(found: Surroundings, isTurn: (executionId: string) => boolean): Promise<void> {
    const { referral, work } = found;
    if (!referral) return;
    const isWhole = work.executionId === null || work.executionId === referral.id;
    await this.#findings.past(async () => {
      if (found.lostTasks.length > 0) await this.#restoreTasks(found);
      if (found.lostPlaces.length > 0) await this.#restorePlaces(found);
      if (isWhole) await this.#lookAtWaits(found);
    }, ids(found));
    const look = lookOf(found, await this.#ports.clock.now());
    if (look === 'in-hand') return;
    if (look !== 'at-work' && look !== 'over') return this.#suspect(found);
    // What is over is asked about until it has ended; the rest in turn. Whoever looks wrong has what is left.
    const isKept = look === 'at-work' || (isWhole && referral.openTasks.length > 0);
    if (isKept && !isTurn(work.executionId ?? '')) return;
    if (this.#asked >= (isKept ? 1.25 : 1.75) * askedInTurn || this.#ports.elapsed() >= this.#until) {
      // What is over is come to in the next round, what has its turn in a whole cycle.
      return isKept ? this.#suspect(found) : undefined;
    }
    await this.#findings.past(() => this.#askAbout(found, look), ids(found));
  }

  // ---- tasks, waits and places

  async #restoreTasks({ work }: Surroundings): Promise<void> {
    const [sure] = await this.#ports.reconciliation.surroundings([work], true);
    for (const task of sure?.lostTasks ?? []) {
      const command = { task, drift: 'lost' as const, sequence: sure?.referral?.sequence ?? 0 };
      if (await this.#does(work.referralId, repairTask, command))
        this.#findings.healed('task-lost', { ...idsOf(work), taskId: task.id });
    }
  }

  async #restorePlaces({ work, lostPlaces }: Surroundings): Promise<void> {
    const restored = await this.#ports.reconciliation.restorePlaces(work.referralId);
    if (restored === 0) return;
    this.#findings.healed('place-lost', idsOf(work));
    await this.#lookAtServices([...new Set(lostPlaces)]);
  }

  async #lookAtWaits({ referral, work }: Surroundings): Promise<void> {
    if (!referral) return;
    const outlived = referral.conclusion ? referral.openTasks.filter((task) => !outlivesReferral(task)) : [];
    for (const task of outlived) {
      if (await this.#does(referral.id, repairTask, { task, drift: 'outlived' as const }))
        this.#findings.healed('task-outlived', { ...idsOf(work), taskId: task.id });
    }
    if (isUnattended(referral) && (await this.#does(referral.id, raiseUnattended, {})))
      this.#findings.raised('wait-unattended', idsOf(work));
  }

  async #lookAtTasks(taskIds: string[]): Promise<void> {
    for (const { isOrphan, ...task } of await this.#ports.reconciliation.unlisted(taskIds)) {
      const { id: taskId, referralId } = task;
      // Nothing could ever answer it: whoever put it there must take it away.
      if (isOrphan) this.#findings.raised('task-of-nothing', { taskId, referralId });
      else
        await this.#findings.past(
          async () => {
            const seen = { ...task, allocationId: task.allocationId ?? undefined };
            if (await this.#does(referralId, repairTask, { task: seen, drift: 'unlisted' as const }))
              this.#findings.healed('task-unlisted', { taskId, referralId });
          },
          { taskId, referralId },
        );
    }
  }

  async #lookAtServices(serviceIds: string[]): Promise<void> {
    for (const serviceId of await this.#ports.reconciliation.miscounted(serviceIds)) {
      await this.#findings.past(
        async () => {
          if (await this.#ports.places.reconcile(serviceId, this.#by.by))
            this.#findings.healed('capacity-wrong', { serviceId });
        },
        { serviceId },
      );
    }
  }

  // ---- executions

  /** Killed or failed, and nobody was told: status changes are told at best. */
  async #lookAtBadEnds(until: number): Promise<void> {
    const { settled, lookedAt } = this.#kept;
    const { ended, cut } = await this.#ports.machines.endedBadly();
    // What started before is asked about in its turn only.
    if (cut > 0) this.#findings.left('lists-of-bad-ends', cut);
    const all = new Map(ended.map((one) => [`${one.executionId}-${one.segment}`, one]));
    for (const names of [settled, lookedAt]) for (const name of names) if (!all.has(name)) names.delete(name);
    const fresh = [...all.keys()].filter((name) => !settled.has(name) && !lookedAt.has(name));
    let left = fresh.length;
    for (const name of [...fresh, ...lookedAt]) {
      if (this.#ports.elapsed() >= until) break;
      left -= 1;
      lookedAt.delete(name);
      lookedAt.add(name);
      const one = all.get(name);
      if (one) await this.#findings.past(() => this.#lookAtBadEnd(one, name), { executionId: one.executionId });
    }
    if (left > 0) this.#findings.left('bad-ends', left);
  }

  async #lookAtBadEnd({ executionId, segment, status, isDelivery }: BadEnd, name: string): Promise<void> {
    const referralId = isDelivery ? (await this.#ports.allocations.find(executionId))?.referralId : executionId;
    const [found] = referralId
      ? await this.#ports.reconciliation.surroundings([{ referralId, executionId }], true)
      : [];
    if (found?.execution?.segment === segment) return this.#replace(found, found.execution, status);
    this.#kept.lookedAt.delete(name);
    this.#kept.settled.add(name);
  }

  #suspect({ work, execution }: Surroundings): void {
    if (execution)
      this.#kept.suspects.set(execution.executionId, { work, segment: execution.segment, turn: execution.turn });
  }

  /** What looked wrong and still does: first what has been left from before. */
  async #lookAgain(until: number): Promise<void> {
    const { suspects } = this.#kept;
    if (suspects.size === 0) return;
    await this.#ports.pause(settling);
    const now = await this.#ports.clock.now();
    for (const [executionId, { work, ...was }] of suspects) {
      if (this.#asked >= mostAsked || this.#ports.elapsed() >= until) break;
      suspects.delete(executionId);
      await this.#findings.past(async () => {
        const [found] = await this.#ports.reconciliation.surroundings([work], true);
        const hasMoved = found?.execution?.segment !== was.segment || found.execution.turn !== was.turn;
        if (found && !hasMoved) await this.#askAbout(found, lookOf(found, now));
      }, idsOf(work));
    }
    if (suspects.size > 0) this.#findings.left('suspects', suspects.size);
  }

  async #askAbout(found: Surroundings, look: ReturnType<typeof lookOf>): Promise<void> {
    const { execution, referral, work } = found;
    if (!execution || !referral || look === 'in-hand') return;
    if (look === 'unstarted') {
      await this.#ports.executions.advance(execution);
      return this.#findings.healed('start-lost', ids(found));
    }
    this.#asked += 1;
    const status = await this.#ports.machines.status(execution);
    if (look === 'over') return this.#finish(found, execution, status);
    // What was read may be stale: it is read strongly before anything is done.
    const [sure] = await this.#ports.reconciliation.surroundings([work], true);
    if (!sure?.execution || sure.execution.segment !== execution.segment || sure.execution.isMarked) return;
    if (status !== 'RUNNING') return this.#replace(sure, sure.execution, status);
    if (look === 'behind' && (await this.#ports.executions.wake(execution)))
      return this.#findings.healed('wake-lost', ids(found));
    if (look === 'behind' || look === 'unparked') await this.#takeOver(sure, sure.execution, 'token-lost');
  }

  /** It is over by the record: then it ends, too, and is looked at no more. */
  async #finish(found: Surroundings, execution: OpenExecution, status: MachineStatus): Promise<void> {
    const { work, parkedTurn } = found;
    if (status === 'RUNNING') {
      const isBehind = parkedTurn !== undefined && parkedTurn < execution.turn;
      if (!(isBehind && (await this.#ports.executions.wake(execution)))) await this.#ports.machines.stop(execution);
      return this.#findings.healed('execution-left-open', ids(found));
    }
    const [sure] = await this.#ports.reconciliation.surroundings([work], true);
    if (!sure?.execution || sure.execution.segment !== execution.segment) return;
    const isAnother = work.executionId !== sure.referral?.id;
    if (isAnother || sure.referral?.openTasks.length === 0) await this.#ports.reconciliation.leave(sure.execution);
  }

  /** It does not run, though the record counts on it. */
  async #replace(found: Surroundings, execution: OpenExecution, status: MachineStatus): Promise<void> {
    const why = endOf(status);
    const look = lookOf(found, await this.#ports.clock.now());
    if (look === 'over') return;
    if (why !== 'failed') return this.#takeOver(found, execution, why);
    const attention = found.referral?.attention;
    // A fault that a fresh one would meet again: operations redrive it once that is mended.
    if (attention && attention.taskId === undefined) return;
    const { executionId } = execution;
    if (await this.#does(execution.referralId, noteFailure, { executionId, status: 'FAILED' }))
      this.#findings.raised('execution-failed', ids(found));
  }

  async #takeOver(found: Surroundings, execution: OpenExecution, because: ExecutionDrift): Promise<void> {
    const { referralId, executionId, segment } = execution;
    const options = { takeOver: { referralId, executionId, segment } };
    if (!(await this.#does(referralId, takeOver, { executionId, because }, options))) return;
    // Nobody holds its token: it would wait for a month, and then find that it is superseded.
    if (because === 'token-lost') await this.#ports.machines.stop(execution);
    this.#findings.healed(`execution-${because}`, ids(found));
  }

  /** Says whether anything came of it. */
  async #does<Command>(
    referralId: string,
    decide: Decide<Command>,
    command: Command,
    options: Partial<CommandOptions> = {},
  ): Promise<boolean> {
    const outcome = await this.#ports.referrals.execute(
      referralId,
      {},
      (state, context) => decide(state, command, context),
      { ...this.#by, ...options },
    );
    return !isRefusal(outcome) && outcome.events.length > 0;
  }
}

/** Everybody is asked about once in so many rounds as it takes at this rate. */
const nextRound = (before: Progress | undefined, partitions: number, now: Date): Progress => {
  const turns = before ? Math.max(1, Math.ceil(before.seen / (askedInTurn * before.runs))) : 1;
  const left = Array.from({ length: partitions }, (_, partition) => ({ partition, cursor: null }));
  return {
    startedAt: now.toISOString(),
    left,
    seen: 0,
    runs: 0,
    turns,
    turn: ((before?.turn ?? -1) + 1) % Number.MAX_SAFE_INTEGER,
  };
};

/** Ids are random: their last digits spread them evenly. */
const numberOf = (id: string): number => Number.parseInt(id.slice(-7), 16) || 0;

const idsOf = ({ referralId, executionId }: Surroundings['work']) => ({
  referralId,
  executionId: executionId ?? undefined,
});
const ids = ({ work }: Surroundings) => idsOf(work);
