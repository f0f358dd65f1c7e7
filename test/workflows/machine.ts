import jsonata from 'jsonata';
import { type Definition, releaseOf, type State } from './definitions.ts';

export interface Input {
  referralId: string;
  executionId: string;
  segment: number;
}

/** Runs a task's function; what it throws is told apart by its name, as Step Functions does. */
export type Invoke = (functionName: string, payload: Record<string, unknown>) => Promise<unknown>;

interface Parked {
  token: string;
  since: Date;
  state: State;
  id: string;
}

/**
 * An execution of a definition as it is deployed: its states, its JSONata and its error names are Step Functions', time
 * is the test's. It counts what AWS bills (transitions) and limits (events of the history).
 */
export class Execution {
  readonly path: string[] = [];
  status: 'running' | 'succeeded' | 'failed' = 'running';
  parked: Parked | undefined;
  /** `ExecutionStarted` is the first. */
  historyEvents = 1;

  readonly name: string;
  readonly input: Input;
  readonly startedAt: Date;
  endedAt: Date | undefined;
  readonly #definition: Definition;
  readonly #invoke: Invoke;
  readonly #now: () => Date;
  #variables: Record<string, unknown> = {};

  constructor(definition: Definition, input: Input, invoke: Invoke, now: () => Date) {
    this.name = `${input.executionId}-${input.segment}`;
    this.#definition = definition;
    this.input = input;
    this.#invoke = invoke;
    this.#now = now;
    this.startedAt = now();
  }

  /** The release of the definition that it runs, as that says itself. */
  get release(): number {
    return releaseOf(this.#definition);
  }

  /** Billed: one for each state that is entered. */
  get transitions(): number {
    return this.path.length;
  }

  start(): Promise<void> {
    return this.#enter(this.#definition.StartAt);
  }

  /** Somebody gave the token back. Given back twice, or too late: nothing happens. */
  async redeem(token: string): Promise<void> {
    if (this.parked?.token !== token) return;
    const { state } = this.parked;
    this.parked = undefined;
    await this.#leave(state, {});
  }

  async timeOut(): Promise<void> {
    if (!this.parked) return;
    const { state } = this.parked;
    this.parked = undefined;
    await this.#fail(state, 'States.Timeout');
  }

  /** It is gone, as when somebody stops it. */
  abort(): void {
    this.parked = undefined;
    if (this.status === 'running') this.status = 'failed';
  }

  async #enter(id: string | undefined): Promise<void> {
    const state = this.#definition.States[id ?? ''];
    if (!state || id === undefined) throw new Error(`there is no state ${id}`);
    this.path.push(id);
    this.historyEvents += 1;
    if (state.Type === 'Succeed') return this.#end('succeeded');
    if (state.Type === 'Choice') return this.#choose(state);
    await this.#do(id, state);
  }

  async #choose({ Choices = [], Default }: State): Promise<void> {
    this.historyEvents += 1;
    for (const { Condition, Next } of Choices) {
      if (await this.#evaluate(Condition)) return this.#enter(Next);
    }
    await this.#enter(Default);
  }

  async #do(id: string, state: State): Promise<void> {
    const { Arguments: asked, Resource = '' } = state;
    const waits = Resource.endsWith('.waitForTaskToken');
    for (let retries = 0; ; retries += 1) {
      const token = `${this.name}/${this.path.length}/${retries}`;
      const payload: Record<string, unknown> = {};
      for (const [key, value] of Object.entries(asked?.Payload ?? {})) {
        payload[key] = await this.#evaluate(value, { token, retries });
      }
      // It parks before its function has returned: the answer may come while that still runs.
      if (waits) this.parked = { token, since: this.#now(), state, id };
      this.historyEvents += waits ? 3 : 2;
      try {
        const result = await this.#invoke(asked?.FunctionName ?? '', payload);
        if (!waits) await this.#leave(state, result);
        return;
      } catch (error) {
        if (waits) this.parked = undefined;
        this.historyEvents += 1;
        const { name } = error as Error;
        const retry = state.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes(name));
        if (!retry || retries >= (retry.MaxAttempts ?? 3)) return this.#fail(state, name);
      }
    }
  }

  /** The task has succeeded, and its state is left. */
  async #leave(state: State, payload: unknown): Promise<void> {
    this.historyEvents += 2;
    const assigned: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(state.Assign ?? {})) {
      assigned[name] = await this.#evaluate(value, { result: { Payload: payload } });
    }
    this.#variables = { ...this.#variables, ...assigned };
    await this.#enter(state.Next);
  }

  async #fail({ Catch = [] }: State, name: string): Promise<void> {
    this.historyEvents += 2;
    const caught = Catch.find(({ ErrorEquals }) => ErrorEquals.includes(name));
    if (caught) return this.#enter(caught.Next);
    this.#end('failed');
  }

  #end(status: 'succeeded' | 'failed'): void {
    this.historyEvents += 2;
    this.status = status;
    this.endedAt = this.#now();
  }

  async #evaluate(value: unknown, at: { token?: string; retries?: number; result?: unknown } = {}): Promise<unknown> {
    const expression = typeof value === 'string' ? /^\{%(.*)%\}$/s.exec(value)?.[1] : undefined;
    if (expression === undefined) return value;
    const enteredAt = this.#now().toISOString();
    const context = {
      Execution: { Input: this.input, StartTime: enteredAt, Name: this.name },
      State: { EnteredTime: enteredAt, RetryCount: at.retries },
      Task: { Token: at.token },
    };
    const states = { context, input: this.input, result: at.result };
    const found = await compiled(expression).evaluate({}, { ...this.#variables, states });
    if (found === undefined) throw new Error(`${expression} is nothing: Step Functions would fail here`);
    return found;
  }
}

/** Reading an expression costs more than working it out, and each is worked out thousands of times. */
const expressions = new Map<string, ReturnType<typeof jsonata>>();
function compiled(text: string): ReturnType<typeof jsonata> {
  const expression = expressions.get(text) ?? jsonata(text);
  expressions.set(text, expression);
  return expression;
}
