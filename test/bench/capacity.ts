import { until } from '../../infra/local/actors.ts';
import { type ApiClient, client } from '../../infra/local/api-client.ts';
import type { Invocation } from '../../infra/local/demo/costs.ts';
import { inParallel } from '../../infra/local/in-parallel.ts';
import type { Stack } from '../../infra/local/local-aws.ts';
import { sampleServices } from '../../infra/local/sample-directory.ts';
import { clientNamed, token } from '../../infra/local/token.ts';
import { getService, putService, stateAvailability } from '../../shared/contracts/routes/services.ts';
import type { ServiceInput } from '../../shared/contracts/views/service.ts';
import { type Cast, sentIn } from './referral.ts';
import type { Section } from './report.ts';
import { loggedSince } from './settled.ts';
import { concurrency } from './throughput.ts';

type Area = ServiceInput['areas'][number];
const few = 5;
const addedServices = 40;

export interface Capacity {
  sections: Section[];
  /** Read units that matching takes for each service of the area. */
  unitsPerService: number;
}

/** Matching on the stack: what a larger area costs, and what happens when many want the same few places at once. */
export async function measureCapacity(stack: Stack, cast: Cast, referrals: number): Promise<Capacity> {
  const since = Date.now();
  const directory = new Benchmarked(stack);
  await directory.open('bench-many-places', 'dorset', referrals);
  await directory.open('bench-few-places', 'wiltshire', few);
  await directory.open('bench-one-service', 'cumbria', 2);
  const alone = await matchedAtOnce(cast, directory, 'bench-one-service', 'cumbria', 1);
  await inParallel(
    Array.from({ length: addedServices }, (_, at) => `bench-other-${at}`),
    concurrency,
    (id) => directory.open(id, 'cumbria', 0),
  );
  const among = await matchedAtOnce(cast, directory, 'bench-one-service', 'cumbria', 1);
  const room = await matchedAtOnce(cast, directory, 'bench-many-places', 'dorset', referrals);
  const rush = await matchedAtOnce(cast, directory, 'bench-few-places', 'wiltshire', referrals);
  const lines = await loggedSince(stack, since);
  const matchings = ({ ids }: Rush): Invocation[] =>
    lines.filter(({ function: name, referralId = '' }) => name === 'make-offers' && ids.includes(referralId));
  const units = (of: Rush): number => {
    const calls = matchings(of);
    return calls.reduce((sum, { readUnits }) => sum + readUnits, 0) / calls.length;
  };
  const unitsPerService = (units(among) - units(alone)) / addedServices;
  const outcome = (of: Rush) => `${of.offered} offered, ${of.inLine} in line`;
  return {
    unitsPerService,
    sections: [
      {
        title: 'Places that many want at once, on the local stack',
        about: [
          `${referrals} referrals whose complexity is confirmed at once (${concurrency} at a time), in an area with one service: with a place`,
          `for each, then with ${few}. From the first confirmation until each has an offer or stands in line. Read units tell how`,
          'often a decision was made again, because another took the place between its reading and its commit.',
        ],
        columns: ['What', '>Places', '>Outcome', '>A second', '>Matchings', '>Read units each'],
        rows: [
          ['A place for each', referrals, outcome(room), rate(room), matchings(room).length, units(room).toFixed(1)],
          ['Few places', few, outcome(rush), rate(rush), matchings(rush).length, units(rush).toFixed(1)],
          ['Ratio', '', '', (speed(rush) / speed(room)).toFixed(2), '', (units(rush) / units(room)).toFixed(2)],
        ],
      },
      {
        title: 'Matching: DynamoDB units by the services of the area',
        about: [
          'One call of `make-offers` for a referral with one need. Each service of the area is read strongly consistent, with',
          'its places: ranking itself costs no units.',
        ],
        columns: ['Services in the area', '>Read units'],
        rows: [
          ['1', units(alone).toFixed(1)],
          [String(1 + addedServices), units(among).toFixed(1)],
          ['each service', unitsPerService.toFixed(2)],
          ['1,000, computed from these', (units(alone) + 999 * unitsPerService).toFixed(0)],
        ],
      },
    ],
  };
}

interface Rush {
  ids: string[];
  offered: number;
  inLine: number;
  seconds: number;
}
const speed = ({ ids, seconds }: Rush): number => ids.length / seconds;
const rate = (of: Rush): string => speed(of).toFixed(2);

async function matchedAtOnce(
  cast: Cast,
  directory: Benchmarked,
  service: string,
  area: Area,
  referrals: number,
): Promise<Rush> {
  const before = await directory.availability(service);
  const ids = await inParallel(Array.from({ length: referrals }), concurrency, () => sentIn(cast, area));
  await inParallel(ids, concurrency, (id) => cast.practitioner.task(id, 'complexity-confirmation'));
  const from = performance.now();
  await inParallel(ids, concurrency, (id) => cast.practitioner.confirmComplexity(id));
  const after = await until(`${referrals} referrals to be placed in ${area}`, async () => {
    const now = await directory.availability(service);
    return before.free - now.free + now.waiting - before.waiting >= referrals ? now : undefined;
  });
  const seconds = (performance.now() - from) / 1000;
  return { ids, offered: before.free - after.free, inLine: after.waiting - before.waiting, seconds };
}

/** Services that only the benchmark has, each the only one of its area that has places. */
class Benchmarked {
  readonly #manager: ApiClient;
  readonly #provider: ApiClient;
  constructor(stack: Stack) {
    const as = (name: string) => client({ apiUrl: stack.apiUrl, token: () => token(stack, clientNamed(stack, name)) });
    this.#manager = as('contract-manager');
    this.#provider = as('provider:northern-pathways');
  }

  async open(serviceId: string, area: Area, places: number): Promise<void> {
    const sample = sampleServices.find(({ id }) => id === 'northern-accommodation');
    if (!sample) throw new Error('the sample directory has no such service');
    const params = { serviceId };
    const body = { ...sample.service, name: serviceId, areas: [area] };
    const { etag = '' } = await this.#manager.must(putService, { params, ifNoneMatch: '*', body });
    await this.#provider.must(stateAvailability, { params, ifMatch: etag, body: { places } });
  }

  async availability(serviceId: string): Promise<{ free: number; waiting: number }> {
    return (await this.#manager.must(getService, { params: { serviceId } })).body.availability;
  }
}
