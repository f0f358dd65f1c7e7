import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../infra/local/actors.ts';
import { importIdOf, judged, type Source, writeJudged } from '../../infra/local/directory-import/import.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { ServiceChange } from '../../shared/contracts/views/service.ts';
import { contractsFile, contractsMapping } from '../builders/contracts-file.ts';
import { tablesOf } from './support/b-record.ts';
import { theWorld, type World } from './support/b-world.ts';

/** O3, O4: a contract manager's file, put into the directory through the API. */

let world: World;
let folder: string;
const mark = randomUUID().slice(0, 8);
const count = 20;
const killedAfter = 7;

beforeAll(async () => {
  world = await theWorld();
  folder = await mkdtemp(join(tmpdir(), 'directory-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const idOf = (at: number): string => `import-${mark}-${at}`;

/** Contracts of one area that no other test asks about. */
const lines = ({ closes = '', needs = 'Accommodation' } = {}): string[] =>
  Array.from(
    { length: count },
    (_, at) =>
      `${idOf(at)},Homes ${at},ACC,East of England,Cambridgeshire,yes,yes,18,,2024-01-01,${at === 3 ? closes : ''},northern-pathways,,${at === 5 ? needs : 'Accommodation'}`,
  );
const source = (like = {}): Source => ({
  name: 'file.csv',
  text: contractsFile(lines(like)),
  mapping: contractsMapping,
});

const manager = () => world.as('contract-manager');
const read = (id: string) => world.as('court').call(endpoints.getService, { params: { serviceId: id } });
const kindsIn = ({ changes }: Awaited<ReturnType<typeof judged>>) => {
  const counts: Record<string, number> = {};
  for (const { kind } of changes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

async function imported(file: Source, { onDone = () => {}, skipRejected = false } = {}) {
  const plan = await judged(file, manager(), new Date());
  const outcomes = await writeJudged(manager(), plan, { importId: importIdOf(file), skipRejected, onDone });
  return { plan, outcomes };
}

async function changesOf(id: string): Promise<ServiceChange[]> {
  const found = new Map<string, ServiceChange>();
  for (let cursor: string | undefined; ; ) {
    const query = { limit: 100, ...(cursor ? { cursor } : {}) };
    const { body } = await world.as('court').must(endpoints.listServiceChanges, { query });
    for (const change of body.items) if (change.serviceId === id) found.set(change.id, change);
    if (body.items.length === 0) return [...found.values()];
    cursor = body.cursor ?? undefined;
  }
}

/** The command itself, as its users run it. */
async function command(file: Source, ...options: string[]): Promise<{ code: number; printed: string }> {
  const path = join(folder, `${randomUUID()}.csv`);
  await writeFile(path, file.text);
  const mapping = resolve(import.meta.dirname, '../../infra/local/directory-import/crs-contracts.mapping.json');
  const { apiUrl, tokenUrl, clients } = world.stack;
  const { clientId = '', clientSecret = '' } = clients['contract-manager'] ?? {};
  const args = [
    'infra/local/directory-import.ts',
    path,
    '--mapping',
    mapping,
    '--api',
    apiUrl,
    '--token-url',
    tokenUrl,
  ];
  const env = { ...process.env, REFERRALS_CLIENT_ID: clientId, REFERRALS_CLIENT_SECRET: clientSecret };
  return promisify(execFile)(process.execPath, [...args, ...options], { env }).then(
    ({ stdout }) => ({ code: 0, printed: stdout }),
    ({ code, stdout, stderr }) => ({ code, printed: stdout + stderr }),
  );
}

describe('O3, O4: an import', () => {
  it('with one fault writes nothing, and says in which row and column it is', async () => {
    const { code, printed } = await command(source({ needs: 'Haircuts' }));
    expect(code).toBe(1);
    expect(printed).toContain(`row 7  ${idOf(5)}  need_areas  "Haircuts"  is not known`);
    expect(printed).toContain('Nothing was written');
    expect((await read(idOf(0))).status).toBe(404);
  });

  it('shows with --dry-run what it would do, and does none of it', async () => {
    const rejects = join(folder, 'of-a-dry-run.json');
    const { code, printed } = await command(source(), '--dry-run', '--skip-rejected', rejects);
    expect({ code, printed }).toMatchObject({ code: 0, printed: expect.stringContaining(`${count} to create`) });
    await expect(readFile(rejects)).rejects.toThrow('ENOENT');
    expect((await read(idOf(0))).status).toBe(404);
  });

  it('that is killed half-way goes on when it is run again, and writes nothing twice', async () => {
    let done = 0;
    const killed = imported(source(), {
      onDone: () => {
        done += 1;
        if (done === killedAfter) throw new Error('killed');
      },
    });
    await expect(killed).rejects.toThrow('killed');
    // With those that were on their way when it ended.
    const { unchanged: before = 0 } = kindsIn(await judged(source(), manager(), new Date()));
    expect(before).toBeGreaterThanOrEqual(killedAfter);
    expect(before).toBeLessThan(count);

    const { outcomes } = await imported(source());
    expect(outcomes.filter(({ result }) => result === 'written')).toHaveLength(count - before);
    for (let at = 0; at < count; at += 1) expect((await read(idOf(at))).body).toMatchObject({ version: 1 });
  });

  it('again changes nothing', async () => {
    const { plan, outcomes } = await imported(source());
    expect(kindsIn(plan)).toEqual({ unchanged: count });
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['unchanged']));
  });

  it('closes a contract by its last day, keeps what was, and leaves the others alone', async () => {
    const closing = source({ closes: '2026-01-31' });
    const { code, printed } = await command(closing);
    expect(code).toBe(0);
    expect(printed).toContain('contract.closes: null → 2026-01-31');
    expect(printed).toContain(`1 written, ${count - 1} as they were`);
    expect((await read(idOf(3))).body).toMatchObject({ version: 2, contract: { closes: '2026-01-31' } });
    const own = await until('its closing', async () => {
      const found = await changesOf(idOf(3));
      return found.length === 3 ? found : undefined;
    });
    expect(own.map(({ sequence, type }) => `${sequence} ${type}`)).toEqual([
      '1 service.published.v1',
      '2 service.changed.v1',
      '3 service.closed.v1',
    ]);
    expect(own[2]?.data).toEqual({ serviceId: idOf(3), providerId: 'northern-pathways', closesOn: '2026-01-31' });
    const { body } = await world
      .as('court')
      .must(endpoints.listServices, { query: { area: 'cambridgeshire', limit: 100 } });
    expect(body.items.map(({ id }) => id)).not.toContain(idOf(3));
  });

  it('stands in the record of each change, by its id', async () => {
    const items = await tablesOf(world.stack).record(`SERVICE#${idOf(1)}`);
    expect(items.flatMap(({ by }) => (by ? [by] : []))).toMatchObject([{ person: `import:${importIdOf(source())}` }]);
  });

  it('writes the valid rows with --skip-rejected, and lists the others with their reasons', async () => {
    const rejects = join(folder, 'rejected.json');
    const [first = '', ...rest] = lines({ closes: '2026-01-31', needs: 'Haircuts' });
    const file = { ...source(), text: contractsFile([first.replace('Homes 0', 'Better homes'), ...rest]) };
    expect(await command(file, '--skip-rejected', rejects)).toMatchObject({ code: 0 });
    expect(JSON.parse(await readFile(rejects, 'utf8'))).toEqual([
      { row: 7, service: idOf(5), faults: [{ column: 'need_areas', value: 'Haircuts', reason: 'is not known' }] },
    ]);
    expect((await read(idOf(0))).body).toMatchObject({ version: 2, name: 'Better homes' });
    expect((await read(idOf(5))).body).toMatchObject({ version: 1 });
  });

  it('does not undo what someone else has changed meanwhile', async () => {
    const plan = await judged(source(), manager(), new Date());
    const { body, etag } = await manager().must(endpoints.getService, { params: { serviceId: idOf(0) } });
    const { id: serviceId, version: _version, availability: _places, effectiveness: _figures, ...service } = body;
    await manager().must(endpoints.putService, {
      params: { serviceId },
      ifMatch: etag ?? '',
      body: { ...service, name: 'Mine' },
    });
    const outcomes = await writeJudged(manager(), plan, { importId: 'late', skipRejected: false });
    expect(outcomes.filter(({ result }) => result === 'conflict').map(({ change }) => change.id)).toEqual([serviceId]);
    expect((await read(serviceId)).body).toMatchObject({ name: 'Mine' });
  });
});

describe('O3: the directory as Open Referral', () => {
  it('is what Accept asks for', async () => {
    const headers = { accept: 'application/vnd.openreferral+json' };
    const path = '/v1/services?area=cambridgeshire&limit=2';
    const answer = await world.raw({ as: 'court', method: 'GET', path, headers });
    expect(answer.headers.get('content-type')).toContain('application/vnd.openreferral+json');
    expect(answer.headers.get('vary')).toMatch(/accept/i);
    const page = endpoints.listServices.alternate.responses[200].parse(answer.json);
    expect(page).toMatchObject({ size: 2, first_page: true, last_page: false });
    expect(page.contents[0]?.service_areas).toContainEqual(expect.objectContaining({ name: 'Cambridgeshire' }));
  });
});
