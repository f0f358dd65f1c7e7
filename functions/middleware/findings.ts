import { logger } from './observe.ts';

type Ids = Record<string, string | undefined>;

/** What a run of the reconciler found, counted by kind, with a line in the log for each. */
export class Findings {
  readonly #healed: Record<string, number> = {};
  readonly #raised: Record<string, number> = {};
  readonly #left: Record<string, number> = {};
  #failed = 0;

  get result() {
    return { healed: this.#healed, raised: this.#raised, failed: this.#failed, left: this.#left };
  }

  healed(drift: string, ids: Ids): void {
    this.#healed[drift] = (this.#healed[drift] ?? 0) + 1;
    logger.warn('drift healed', { drift, ...ids });
  }

  raised(drift: string, ids: Ids): void {
    this.#raised[drift] = (this.#raised[drift] ?? 0) + 1;
    logger.error('drift raised', { drift, ...ids });
  }

  /** So many could not be looked at in this run. */
  left(what: string, count: number): void {
    this.#left[what] = count;
    logger.warn('left for the next run', { what, count });
  }

  /** Does one piece of work, past what fails. */
  async past(work: () => Promise<unknown>, ids: Ids): Promise<void> {
    try {
      await work();
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      // Somebody has seen to it meanwhile.
      if (name === 'SegmentSuperseded' || name === 'NotFound') return;
      this.#failed += 1;
      logger.error('reconciling one failed', { errorName: name, ...ids });
    }
  }
}
