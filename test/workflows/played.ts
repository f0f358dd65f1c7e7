import { look } from '../../functions/tasks/look.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { park } from '../../functions/tasks/park.ts';
import { recommendComplexity } from '../../functions/tasks/recommend-complexity.ts';
import { renew } from '../../functions/tasks/renew.ts';
import { definitionRelease } from '../../shared/contracts/workflow.ts';
import { keepClocks, nextLook } from '../../shared/domain/commands/keep-clocks.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import type { OpenTask, Referral } from '../../shared/domain/referral.ts';
import type { ReferralFacts } from '../../shared/domain/referral-facts.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import type { ExecutionRecord, Machine } from '../../shared/ports.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { type Scope, sender } from '../builders/story.ts';
import { type Definition, definitionOf, releaseOf } from './definitions.ts';
import { Execution, type Invoke } from './machine.ts';

const longestWait = 30 * 24 * 60 * 60 * 1000;
export type Definitions = Record<Machine, Definition>;
export const currentDefinitions: Definitions = {
  'referral-lifecycle': definitionOf('referral-lifecycle').definition,
  'allocation-delivery': definitionOf('allocation-delivery').definition,
};

interface Scene {
  services: AvailableService[];
  mostPasses?: number;
  /** What is deployed when it begins. */
  definitions?: Definitions;
}

/**
 * A referral as it runs: the deployed definitions, the real task functions and the real hand-shake over a record in
 * memory, with time that skips. Only AWS is left out.
 */
export class Played {
  readonly memory = new Memory();
  readonly executions: Execution[] = [];
  referralId = '';
  /** What the machines have asked of their functions, in order, and what they were told. */
  readonly invocations: { name: string; payload: Record<string, unknown>; answer: unknown }[] = [];
  readonly invoke: Invoke;
  readonly #policy = { mostPasses: 400, release: definitionRelease };
  #definitions: Definitions;
  readonly #agenda: (() => Promise<void>)[] = [];

  constructor({ services, mostPasses, definitions = currentDefinitions }: Scene) {
    const { memory } = this;
    this.#definitions = definitions;
    if (mostPasses) this.#policy.mostPasses = mostPasses;
    for (const service of services) memory.offer(service);
    const functions: Record<string, (event: unknown, context: typeof lambdaContext) => Promise<unknown>> = {
      'referrals-look': (event, context) => look(memory, this.#policy)(event, context),
      'referrals-park': park(memory),
      'referrals-make-offers': makeOffers(memory),
      'referrals-recommend-complexity': recommendComplexity(memory),
      'referrals-renew': renew(memory),
    };
    this.invoke = async (name, payload) => {
      const answer = await functions[name]?.(payload, lambdaContext);
      this.invocations.push({ name, payload, answer });
      return answer;
    };
    memory.machines = {
      start: (execution) => this.#start(execution),
      redeem: (token) => {
        this.#agenda.push(() => this.#redeem(token));
        return this.executions.some(({ parked }) => parked?.token === token);
      },
    };
  }

  #start({ executionId, referralId, segment, machine }: ExecutionRecord): void {
    const name = `${executionId}-${segment}`;
    if (this.executions.some((one) => one.name === name)) return;
    const input = { referralId, executionId, segment };
    const execution = new Execution(this.#definitions[machine], input, this.invoke, () => this.memory.now);
    this.executions.push(execution);
    this.#agenda.push(() => execution.start());
  }

  /** Other definitions from now on, and functions that know of them: what runs keeps the one it started with. */
  deploy(definitions: Definitions): void {
    this.#definitions = definitions;
    this.#policy.release = releaseOf(definitions['referral-lifecycle']);
  }

  async #redeem(token: string): Promise<void> {
    for (const execution of this.executions) await execution.redeem(token);
  }

  /** Everything that can happen without anybody, happens. */
  async settle(): Promise<void> {
    for (;;) {
      for (const { executionId, referralId, startedSegment, segment } of this.memory.records.values()) {
        if (startedSegment < segment) await this.memory.executions.advance({ executionId, referralId });
      }
      const next = this.#agenda.shift();
      if (!next) return;
      await next();
    }
  }

  get referral(): Referral {
    const root = this.memory.roots.get(this.referralId);
    if (!root) throw new Error('nothing was sent yet');
    return root.referral;
  }

  /** How long both machines have been, in what AWS bills. */
  get transitions(): number {
    return this.executions.reduce((sum, { transitions }) => sum + transitions, 0);
  }

  /** Where each running execution waits. */
  get waits(): string[] {
    return this.executions.flatMap(({ parked }) => (parked ? [parked.id] : []));
  }

  async send(facts: ReferralFacts): Promise<this> {
    const command = { referenceNumber: 'BCDF1234', facts: { ...facts }, catalogueVersion: '1', possibleDuplicates: [] };
    const outcome = await this.memory.referrals.create(
      (context) => sendReferral({ ...command, id: context.newId() }, context),
      { by: sender },
    );
    if (isRefusal(outcome)) throw new Error(outcome.refused);
    this.referralId = outcome.state.referral.id;
    await this.settle();
    return this;
  }

  /** A command that somebody gives; it must not be refused. */
  async does<Command>(decide: Decide<Command>, command: Command, scope: Scope = {}): Promise<this> {
    const whole = { ...scope, confidential: true };
    const outcome = await this.memory.referrals.execute(
      this.referralId,
      whole,
      (state, context) => decide(state, command, context),
      { by: sender },
    );
    if (isRefusal(outcome)) throw new Error(`${outcome.refused}: ${outcome.detail}`);
    await this.settle();
    return this;
  }

  task(type: TaskType): OpenTask {
    const [only, ...others] = this.referral.openTasks.filter((task) => task.type === type);
    if (!only || others.length > 0) throw new Error(`not one open task of type ${type}: ${this.waits.join(', ')}`);
    return only;
  }

  /** Time passes: clocks run out and waits end as they come, and nothing else happens. */
  async until(then: Date): Promise<this> {
    for (let next = this.#next(); next && next.at <= then; next = this.#next()) {
      if (next.at > this.memory.now) this.memory.now = next.at;
      await next.happens();
      await this.settle();
    }
    if (then > this.memory.now) this.memory.now = then;
    return this;
  }

  #next(): { at: Date; happens: () => Promise<unknown> } | undefined {
    const { openTasks, paused } = this.referral;
    const clocks = openTasks.flatMap((task) => {
      const look = nextLook(task, paused !== null);
      // A deadline has passed a moment after it.
      const at = look && new Date(Date.parse(look) + (look === task.dueAt ? 1 : 0));
      return at ? [{ at, happens: () => this.does(keepClocks, { taskId: task.id }) }] : [];
    });
    const waits = this.executions.flatMap((execution) => {
      const at = execution.parked && new Date(execution.parked.since.getTime() + longestWait);
      return at ? [{ at, happens: () => execution.timeOut() }] : [];
    });
    return [...clocks, ...waits].sort((a, b) => a.at.getTime() - b.at.getTime())[0];
  }
}
