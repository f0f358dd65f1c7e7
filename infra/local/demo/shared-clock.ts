/**
 * The one clock that the stories share. A story that must wait for a moment says so; when every story that still plays
 * is waiting, the clock jumps to the earliest of those moments. So time is moved as seldom as possible, and never
 * under the feet of a story that is at work.
 */
export class SharedClock {
  #offset: number;
  #playing = 0;
  #waiting: { moment: Date; go: () => void; fail: (fault: unknown) => void }[] = [];
  readonly #jump: (by: number) => Promise<{ offset: number }>;

  constructor(offset: number, jump: (by: number) => Promise<{ offset: number }>) {
    this.#offset = offset;
    this.#jump = jump;
  }

  /** What the application takes the time to be. */
  now(): Date {
    return new Date(Date.now() + this.#offset);
  }

  /** Plays stories side by side: all of them count from the start, so that none is overtaken by a jump. */
  playing<T>(stories: readonly (() => Promise<T>)[]): Promise<T[]> {
    this.#playing += stories.length;
    return Promise.all(
      stories.map(async (story) => {
        try {
          return await story();
        } finally {
          this.#playing -= 1;
          void this.#moveOn();
        }
      }),
    );
  }

  /** Waits until a moment has passed. Only for those who play. */
  passes(moment: Date): Promise<void> {
    return new Promise((go, fail) => {
      this.#waiting.push({ moment, go, fail });
      void this.#moveOn();
    });
  }

  async #moveOn(): Promise<void> {
    if (this.#waiting.length === 0 || this.#waiting.length < this.#playing) return;
    const waiting = this.#waiting;
    const earliest = Math.min(...waiting.map(({ moment }) => moment.getTime()));
    this.#waiting = [];
    try {
      // A second more, since a deadline is over only after its moment.
      const by = Math.max(0, earliest - this.now().getTime()) + 1000;
      this.#offset = (await this.#jump(by)).offset;
    } catch (fault) {
      for (const { fail } of waiting) fail(fault);
      return;
    }
    const now = this.now();
    this.#waiting = waiting.filter(({ moment }) => moment >= now);
    for (const { moment, go } of waiting) if (moment < now) go();
  }
}
