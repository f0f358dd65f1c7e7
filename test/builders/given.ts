import { expect } from 'vitest';
import type { Decide, RefusalCode } from '../../shared/domain/decision.ts';
import { isRefusal, type Refusal } from '../../shared/domain/decision.ts';
import { type DomainEvent, type EventType, eventData } from '../../shared/domain/events.ts';
import { stageOf, statusOf } from '../../shared/domain/standing.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import type { Scope, Story } from './story.ts';

/** An event that must have come: its type, or its type with some of its data. */
type ExpectedEvent =
  | EventType
  | { [T in EventType]: { type: T; data?: Partial<Extract<DomainEvent, { type: T }>['data']> } }[EventType];

/** given events · when a command · then events, or a refusal. Nothing is mocked, so there is nothing else to check. */
export const given = (story: Story) => ({
  when: <Command>(decide: Decide<Command>, command: Command, now = story.world.now, scope?: Scope) =>
    new Outcome(story, decide(story.state(scope), command, story.context(now)), now, scope),
});

class Outcome {
  readonly #before: Story;
  readonly #came: DomainEvent[] | Refusal;
  readonly #now: Date;
  readonly #scope: Scope | undefined;

  constructor(before: Story, came: DomainEvent[] | Refusal, now: Date, scope: Scope | undefined) {
    this.#before = before;
    this.#came = came;
    this.#now = now;
    this.#scope = scope;
  }

  get events(): DomainEvent[] {
    if (isRefusal(this.#came))
      throw new Error(
        `refused: ${this.#came.refused}: ${this.#came.detail} ${JSON.stringify(this.#came.faults ?? '')}`,
      );
    return this.#came;
  }

  /** The story as it goes on. */
  get story(): Story {
    return this.#before.with(this.events, this.#now, this.#scope);
  }

  /** Exactly these events, in this order; whatever came, each may be published. */
  thenEvents(...expected: ExpectedEvent[]): this {
    const { events } = this;
    const types = expected.map((event) => (typeof event === 'string' ? event : event.type));
    expect(events.map(({ type }) => type)).toEqual(types);
    for (const [index, event] of events.entries()) {
      expect(eventData[event.type].safeParse(event.data).error, event.type).toBeUndefined();
      const wanted = expected[index];
      if (typeof wanted === 'object' && wanted.data) expect(event.data).toMatchObject(wanted.data);
    }
    return this;
  }

  /** Refused, so nothing has changed; with a fault at each of these pointers where they are given. */
  thenRefused(code: RefusalCode, ...pointers: string[]): this {
    if (!isRefusal(this.#came)) throw new Error(`not refused: ${this.#came.map(({ type }) => type).join(', ')}`);
    expect(this.#came.refused).toBe(code);
    expect(this.#came.detail).toMatch(/^[A-Z].*\.$/s);
    if (pointers.length > 0) expect(this.#came.faults?.map(({ pointer }) => pointer)).toEqual(pointers);
    return this;
  }

  thenNothing(): this {
    expect(this.events).toEqual([]);
    return this;
  }

  thenStands(stage: ReturnType<typeof stageOf>, status?: ReturnType<typeof statusOf>): this {
    expect(stageOf(this.story.referral)).toBe(stage);
    if (status) expect(statusOf(this.story.referral)).toBe(status);
    return this;
  }

  thenOpenTasks(...types: TaskType[]): this {
    expect(this.story.referral.openTasks.map(({ type }) => type).sort()).toEqual([...types].sort());
    return this;
  }

  /** Anything else that must be true of what it has come to. */
  thenSees(check: (story: Story, events: DomainEvent[]) => void): this {
    check(this.story, this.events);
    return this;
  }
}
