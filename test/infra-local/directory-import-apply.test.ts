import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { getService } from '../../functions/api/get-service.ts';
import { putService } from '../../functions/api/put-service.ts';
import { type ApiClient, ContractViolation } from '../../infra/local/api-client.ts';
import { judged, writeJudged } from '../../infra/local/directory-import/import.ts';
import { outcomeLines } from '../../infra/local/directory-import/report.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { contractLines, contractsFile, contractsMapping } from '../builders/contracts-file.ts';
import { Memory } from '../builders/memory.ts';
import { ask, registered } from '../functions/request.ts';

const valid = contractLines.filter((line) => !line.startsWith('M-1'));
const source = { name: 'x.csv', text: contractsFile(valid), mapping: contractsMapping };
const by = {
  person: 'someone',
  client: 'contract-office',
  organisation: 'commissioner',
  role: 'contract-manager',
} as const;

type Asked = { params: { serviceId: string }; body?: unknown; ifMatch?: string; ifNoneMatch?: string };
type Meddle = (serviceId: string, method: string) => Promise<number | undefined> | number | undefined;

/** The functions as an import meets them, save where something comes between: a status is answered instead. */
function apiOf(memory: Memory, meddle: Meddle = () => undefined): ApiClient {
  const call = async ({ name, method }: { name: string; method: string }, asked: Asked) => {
    const { params, body, ifMatch, ifNoneMatch } = asked;
    const instead = await meddle(params.serviceId, method);
    if (instead) return { ok: false, status: instead, body: { title: 'not now' } };
    const handler = name === 'get-service' ? getService(memory) : putService(memory);
    const headers = { ...(ifMatch && { 'if-match': ifMatch }), ...(ifNoneMatch && { 'if-none-match': ifNoneMatch }) };
    const route = name === 'get-service' ? endpoints.getService : endpoints.putService;
    const answer = await ask(handler, route, { as: 'contract-office', params, body, headers });
    return { ...answer, ok: answer.status < 300, etag: answer.headers.etag };
  };
  return { call } as never as ApiClient;
}

const written = async (memory: Memory, meddle?: Meddle, meanwhile = async () => {}) => {
  const plan = await judged(source, apiOf(memory), memory.now);
  await meanwhile();
  return writeJudged(apiOf(memory, meddle), plan, { importId: 'i', skipRejected: false });
};
const resultsOf = (outcomes: Awaited<ReturnType<typeof written>>) =>
  Object.fromEntries(outcomes.map(({ change, result }) => [change.id, result]));

describe('An import that meets trouble', () => {
  it.each([429, 500, 502, 503, 504])('asks again after a %i', async (status) => {
    const met = new Set<string>();
    const outcomes = await written(registered(new Memory()), (id) => {
      if (met.has(id)) return undefined;
      met.add(id);
      return status;
    });
    expect(met.size).toBe(valid.length);
    expect(new Set(Object.values(resultsOf(outcomes)))).toEqual(new Set(['written']));
  });

  it('asks again after an answer of a gateway that is none of ours', async () => {
    let first = true;
    const outcomes = await written(registered(new Memory()), () => {
      if (!first) return undefined;
      first = false;
      throw new ContractViolation('The response of put-service (504) is not JSON: <html>', 504);
    });
    expect(new Set(Object.values(resultsOf(outcomes)))).toEqual(new Set(['written']));
  });

  it('says of a service that was refused why, writes the others, and goes on where it is run again', async () => {
    const memory = registered(new Memory());
    const outcomes = await written(memory, (id) => (id === 'A-1' ? 422 : undefined));
    expect(resultsOf(outcomes)).toMatchObject({ 'A-1': 'failed', 'W-1': 'written', 'E-1': 'written' });
    const lines = outcomeLines(outcomes);
    expect(lines).toContainEqual(expect.stringMatching(/row 4 {2}A-1 .*422.*not now/));
    expect(lines.at(-1)).toContain('run the import again');
    expect(resultsOf(await written(memory))).toMatchObject({ 'A-1': 'written', 'W-1': 'unchanged' });
  });
});

describe('A service that has a new version since it was read', () => {
  const closing = {
    ...source,
    text: contractsFile(valid.map((line) => line.replace('2021-01-01,,', '2021-01-01,2199-01-01,'))),
  };
  const closed = async (memory: Memory, meanwhile: () => Promise<unknown>) => {
    const plan = await judged(closing, apiOf(memory), memory.now);
    await meanwhile();
    return writeJudged(apiOf(memory), plan, { importId: 'i', skipRejected: false });
  };

  it('but says what it said is written: its provider has only stated places', async () => {
    const memory = registered(new Memory());
    await written(memory);
    const outcomes = await closed(memory, () => memory.directory.stateAvailability('A-1', 1, 5, by));
    expect(resultsOf(outcomes)).toMatchObject({ 'A-1': 'written' });
    expect(memory.services.get('A-1')).toMatchObject({
      version: 3,
      capacity: { places: 5 },
      contract: { closes: '2199-01-01' },
    });
  });

  it('and says something else is left as it is', async () => {
    const memory = registered(new Memory());
    await written(memory);
    const outcomes = await closed(memory, async () => {
      const service = memory.services.get('A-1');
      if (!service) throw new Error('A-1 is not there');
      await memory.directory.put('A-1', 1, { ...service, name: 'Mine' }, by);
    });
    expect(resultsOf(outcomes)).toMatchObject({ 'A-1': 'conflict', 'E-1': 'written' });
    expect(memory.services.get('A-1')).toMatchObject({ name: 'Mine', contract: { closes: null } });
  });
});
