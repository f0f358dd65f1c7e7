import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import type { Section } from './report.ts';

/** What Node's own `fetch` tells of each request. */
interface Told {
  request: { method: string; path: string };
}

/** Listens to every request that this process sends, from its first byte to its answer's last, by contract. */
export class Latency {
  readonly #startedAt = new WeakMap<object, number>();
  readonly #taken = new Map<string, number[]>();
  readonly #sent = (message: unknown): void => {
    this.#startedAt.set((message as Told).request, performance.now());
  };
  readonly #answered = (message: unknown): void => {
    const { request } = message as Told;
    const startedAt = this.#startedAt.get(request);
    const contract = contractOf(request);
    if (startedAt === undefined || !contract) return;
    this.#taken.set(contract, [...(this.#taken.get(contract) ?? []), performance.now() - startedAt]);
  };

  listen(): void {
    subscribe('undici:request:create', this.#sent);
    subscribe('undici:request:trailers', this.#answered);
  }

  stop(): void {
    unsubscribe('undici:request:create', this.#sent);
    unsubscribe('undici:request:trailers', this.#answered);
  }

  get requests(): number {
    return [...this.#taken.values()].reduce((sum, { length }) => sum + length, 0);
  }

  section(load: string): Section {
    const rows = [...this.#taken]
      .map(([name, all]) => ({ name, all: all.toSorted((a, b) => a - b) }))
      .sort((a, b) => b.all.length - a.all.length);
    return {
      title: 'Milliseconds per endpoint, as the caller sees them',
      about: [
        `By contract, ${load}. On the emulator, on this machine, with the callers beside it:`,
        'good for comparing one endpoint with another, not for what AWS will give. p99 of less than a hundred requests is',
        'their slowest.',
      ],
      columns: ['Endpoint', '>Requests', '>p50', '>p99'],
      rows: rows.map(({ name, all }) => [name, all.length, at(all, 0.5), at(all, 0.99)]),
    };
  }
}

const at = (sorted: readonly number[], quantile: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0).toFixed(0);

/** The contract that a request meets; a path without parameters is before one with them. */
function contractOf({ method, path }: Told['request']): string | undefined {
  const bare = path.slice(path.indexOf('/v1')).split('?')[0] ?? '';
  return byPrecision.find((route) => route.method === method && route.pattern.test(bare))?.name;
}

const byPrecision = allEndpoints
  .map(({ name, method, path }) => ({
    name,
    method,
    parameters: path.split('{').length,
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }))
  .sort((a, b) => a.parameters - b.parameters);
