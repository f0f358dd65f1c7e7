import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { closedByE5 } from '../../infra/local/directory-import/entries.ts';
import {
  fileRead,
  heldAgainst,
  importIdOf,
  type Judged,
  rejectedRows,
} from '../../infra/local/directory-import/import.ts';
import { type Mapping, mapping } from '../../infra/local/directory-import/mapping.ts';
import type { Plan, Present } from '../../infra/local/directory-import/plan.ts';
import { faultLines, noteLines, plannedLines, summaryOf } from '../../infra/local/directory-import/report.ts';
import { inParallel } from '../../infra/local/in-parallel.ts';
import type { ServiceView } from '../../shared/contracts/views/service.ts';
import { areasOf } from '../../shared/domain/areas.ts';
import type { ServiceDescription } from '../../shared/domain/service.ts';
import { contractLines, contractsFile, contractsMapping } from '../builders/contracts-file.ts';

const now = new Date('2026-11-24T12:00:00Z');
const plain = mapping.parse({});

const read = (name: string, text: string, map: Mapping = plain, present: Present[] = []): Judged =>
  heldAgainst(fileRead({ name, text, mapping: map }), new Map(present.map((one) => [one.service.id, one])), map, now);

const contracts = (lines = contractLines, present: Present[] = []) =>
  read('contracts.csv', contractsFile(lines), contractsMapping, present);

const serviceIn = ({ changes }: Plan, id: string): ServiceDescription => {
  const found = changes.find((change) => change.id === id);
  if (!found) throw new Error(`${id} is not taken`);
  return found.service;
};

/** As it stands in the directory once it has been put. */
const standing = (id: string, service: ServiceDescription): Present => ({
  service: {
    ...service,
    id,
    version: 1,
    availability: { places: 0, free: 0, waiting: 0, status: 'full', planned: [] },
  } satisfies ServiceView,
  etag: '"1"',
});

const ours = {
  service_id: 'homes',
  name: 'Homes',
  provider_id: 'provider-a',
  provider_name: 'Provider A',
  needs: ['accommodation'],
  areas: 'Avon and Somerset; Wales',
  sites: 'hub|The hub|Gwent',
  sentence_types: 'licence',
  settings: 'community',
  waiting_list: 'no',
  contract_reference: 'C-1',
  opens: '2026-04-01',
  sessions_low: 4,
  sessions_medium: 8,
  sessions_high: 12,
  T1: 3,
};
const json = (...rows: unknown[]) => JSON.stringify(rows);

describe('O3: a file of services', () => {
  it('is read in our own columns, as JSON or CSV', () => {
    const plan = read('services.json', json(ours));
    expect(plan.faults).toEqual([]);
    expect(serviceIn(plan, 'homes')).toMatchObject({
      name: 'Homes',
      provider: { id: 'provider-a', name: 'Provider A' },
      areas: ['avon-and-somerset', ...areasOf('wales')].sort(),
      sites: [{ id: 'hub', name: 'The hub', area: 'gwent' }],
      minimumAge: null,
      waitingList: false,
      serviceLevels: { T1: 3 },
      contract: { reference: 'C-1', closes: null, sessionsPerLevel: { low: 4, medium: 8, high: 12 } },
    });
    const csv = [Object.keys(ours).join(','), Object.values(ours).flat().join(',')].join('\r\n');
    const { changes } = read('services.csv', `\uFEFF${csv}\r\n`);
    expect(changes).toEqual(plan.changes.map((change) => ({ ...change, row: 2 })));
  });

  it('that is not one is refused with the reason', () => {
    expect(read('x.json', '{').faults).toMatchObject([{ row: 1, reason: expect.stringContaining('is not JSON') }]);
    expect(read('x.csv', '').faults).toMatchObject([{ row: 1, reason: 'is empty' }]);
    expect(read('x.csv', 'a,b\n"1,2').faults).toMatchObject([{ reason: expect.stringContaining('is not CSV') }]);
    expect(read('x.json', '{}').faults).toMatchObject([{ reason: 'must be a list of objects' }]);
  });

  it('without a row is refused', () => {
    const header = contractsFile([]);
    for (const [name, text] of [
      ['x.json', '[]'],
      ['x.csv', header],
      ['x.csv', `${header}${','.repeat(13)}\n`],
    ] as const) {
      const { faults, isReadable } = read(name, text, contractsMapping);
      expect([isReadable, faults.map(({ reason }) => reason)]).toEqual([false, ['has no rows']]);
    }
    expect(read('x.json', '[{}]').faults).toMatchObject([{ row: 1, reason: 'says nothing' }]);
  });

  it('with a row that cannot be read has that row rejected, and every other fault told', () => {
    const csv = contractsFile(['W-9,only,three', ...contractLines.slice(1)]);
    const short = read('x.csv', csv, contractsMapping);
    expect(faultLines(short.faults)).toEqual([
      '  row 2  has 3 cells, and the header 14',
      '  row 9  M-1  need_areas  names no need',
    ]);
    expect(short).toMatchObject({ isReadable: true, rows: 9 });
    expect(short.changes.map(({ row }) => row)).toEqual([3, 4, 5, 6, 7, 8, 10]);

    const misshapen = json({ ...ours, service_id: '' }, { ...ours, name: { en: 'Homes' }, oops: {} }, 'homes', ours);
    const plan = read('x.json', misshapen);
    expect(plan).toMatchObject({ isReadable: true, rows: 4 });
    expect(plan.changes.map(({ row }) => row)).toEqual([4]);
    expect(plan.faults.map(({ row, column }) => `${row} ${column}`)).toEqual([
      '1 service_id',
      '2 name',
      '2 oops',
      '3 ',
    ]);
    expect(rejectedRows(plan.faults)).toContainEqual({
      row: 3,
      service: '',
      faults: [{ column: '', value: '', reason: 'must be an object, with a column for each of its fields' }],
    });
  });

  it('has its lines of nothing but commas passed over', () => {
    const plan = read('x.csv', contractsFile([...contractLines, ','.repeat(13)]), contractsMapping);
    expect(plan.rows).toBe(contractLines.length);
    expect(plan.faults.map(({ row }) => row)).toEqual([9]);
  });

  it('with columns that are unknown, missing or there twice is refused whole, by its header', () => {
    const { settings: _settings, areas: _areas, ...rest } = ours;
    expect(faultLines(read('x.json', json({ ...rest, colour: 'blue' })).faults)).toEqual([
      '  row 1  colour  is no column that is known',
      '  row 1  settings  is missing',
      '  row 1  areas  is missing, and so are regions',
    ]);
    expect(read('x.csv', 'name,name\n').faults).toContainEqual({
      row: 1,
      column: 'name',
      value: '',
      reason: 'stands there twice',
    });
  });

  it('has every fault of every row told, with its row, column and value, and no such row is taken', () => {
    const wrong = {
      ...ours,
      service_id: 'no spaces',
      name: '',
      needs: ['accommodation', 'money', 'womens-accommodation'],
      areas: 'Gwent;Atlantis',
      minimum_age: 'eighteen',
      opens: '1 April',
      waiting_list: 'perhaps',
    };
    const contradicting = { ...ours, service_id: 'b', minimum_age: 30, maximum_age: 20, closes: '2020-01-01' };
    const plan = read('x.json', json(ours, wrong, contradicting, { ...ours, name: 'Again' }));
    expect(plan.changes).toEqual([]);
    expect(plan.faults.map(({ row, column, value }) => `${row} ${column} ${value}`)).toEqual([
      '1 service_id homes',
      '2 service_id no spaces',
      '2 name ',
      '2 needs money',
      '2 areas Atlantis',
      '2 minimum_age eighteen',
      '2 waiting_list perhaps',
      '2 opens 1 April',
      '3 maximum_age 20',
      '3 closes 2020-01-01',
      '4 service_id homes',
    ]);
    expect(rejectedRows(plan.faults).map(({ row, service, faults }) => [row, service, faults.length])).toEqual([
      [1, 'homes', 1],
      [2, 'no spaces', 7],
      [3, 'b', 2],
      [4, 'homes', 1],
    ]);
  });
});

describe('What a cell says', () => {
  it('is one thing where one is asked for, and never cut to it', () => {
    const plan = read(
      'x.json',
      json({ ...ours, name: ['A', 'B'], opens: ['2026-04-01'], sites: 'hub|The hub|Gwent|2 High Street' }),
    );
    expect(plan.faults.map(({ column, value, reason }) => `${column} "${value}" ${reason}`)).toEqual([
      'name "A;B" must be one value',
      'sites "hub|The hub|Gwent|2 High Street" must be id|name|police area',
    ]);
    const map = mapping.parse({ values: { cohort: { all: ['general', 'women'] } } });
    expect(read('x.json', json({ ...ours, cohort: 'all' }), map).faults).toMatchObject([
      { column: 'cohort', value: 'all', reason: 'must be one value' },
    ]);
  });

  it('means nothing by a name that every object has', () => {
    const map = mapping.parse({ values: { name: { x: 'y' } } });
    const plan = read(
      'x.json',
      json({ ...ours, name: 'constructor' }, { ...ours, service_id: 'b', waiting_list: 'toString' }),
      map,
    );
    expect(serviceIn(plan, 'homes').name).toBe('constructor');
    expect(plan.faults).toMatchObject([{ row: 2, value: 'toString', reason: 'is neither yes nor no' }]);
  });

  it('may be Yes or NO', () => {
    const plan = read(
      'x.json',
      json({ ...ours, waiting_list: 'Yes' }, { ...ours, service_id: 'b', waiting_list: 'NO' }),
    );
    expect(plan.changes.map(({ service }) => service.waitingList)).toEqual([true, false]);
  });

  it('is shown in a fault as the file has it', () => {
    const map = mapping.parse({
      needsOfCohort: true,
      values: {
        needs: { Hair: 'haircuts', Homes: 'accommodation' },
        opens: { spring: '1 April' },
        sexes: { M: 'male' },
      },
    });
    const row = { ...ours, cohort: 'women', needs: 'Homes;womens-accommodation;Hair', opens: 'spring', sexes: 'M' };
    expect(read('x.json', json(row), map).faults.map(({ column, value }) => `${column} ${value}`)).toEqual([
      'needs Hair',
      'opens spring',
    ]);
    expect(read('x.json', json({ ...row, needs: 'Homes', opens: '2026-04-01' }), map).faults).toMatchObject([
      { column: 'sexes', value: 'M' },
    ]);
  });
});

describe('Rows for one service', () => {
  it('are rejected together, each naming the others: nobody knows which of them is meant', () => {
    const plan = read(
      'x.json',
      json(ours, { ...ours, service_id: 'b' }, { ...ours, name: 'Again' }, { ...ours, name: '' }),
    );
    expect(plan.changes.map(({ id }) => id)).toEqual(['b']);
    expect(plan.faults.map(({ row, reason }) => `${row} ${reason}`)).toEqual([
      '1 is the service of rows 3, 4 too',
      '3 is the service of rows 1, 4 too',
      '4 is empty',
      '4 is the service of rows 1, 3 too',
    ]);
  });
});

describe('O3, E5: published contracts', () => {
  const plan = contracts();

  it('are placed through a mapping, and a row that cannot be is told with why', () => {
    expect(plan.changes.map(({ id }) => id)).toEqual(['W-1', 'W-2', 'A-1', 'P-1', 'D-1', 'D-2', 'F-1', 'E-1']);
    expect(faultLines(plan.faults)).toEqual(['  row 9  M-1  need_areas  names no need']);
  });

  it('of a region alone are for all of its areas; West Midlands is a region here and an area there', () => {
    expect(serviceIn(plan, 'W-1').areas).toEqual(['city-of-london', 'metropolitan-police']);
    expect(serviceIn(plan, 'A-1').areas).toEqual(areasOf('east-midlands'));
    expect(serviceIn(plan, 'E-1').areas).toEqual(areasOf('wales'));
    expect(serviceIn(plan, 'P-1').areas).toEqual(['avon-and-somerset']);
    expect(serviceIn(plan, 'D-1').areas).toEqual(['west-midlands']);
    const [inKent, elsewhere] = contracts([
      'A-2,x,ACC,Kent,,yes,yes,18,,2021-01-01,,P,,Accommodation',
      'A-3,x,ACC,Wales,Kent,yes,yes,18,,2021-01-01,,P,,Accommodation',
    ]).faults.filter(({ reason }) => reason !== 'names no area and no region');
    expect(inKent).toMatchObject({
      row: 2,
      column: 'probation_region',
      value: 'Kent',
      reason: 'is no probation region',
    });
    expect(elsewhere).toMatchObject({ row: 3, column: 'police_area', value: 'Kent', reason: 'does not lie in Wales' });
  });

  it("are for women where their type says so, and then for the women's needs (E6)", () => {
    expect(serviceIn(plan, 'W-2')).toMatchObject({
      cohort: 'women',
      needs: ['womens-finance-benefit-debt'],
      subcontractors: ['CHARITY_1', 'CHARITY_2'],
    });
    expect(serviceIn(plan, 'D-1')).toMatchObject({
      cohort: 'general',
      needs: ['dependency-recovery'],
      minimumAge: 26,
    });
  });

  it("that name a need by its general name and by the cohort's own have it once", () => {
    const line = 'W-3,x,WOS,Wales,Gwent,yes,no,18,,2024-06-02,,P,,Accommodation;womens-accommodation';
    expect(serviceIn(contracts([line]), 'W-3').needs).toEqual(['womens-accommodation']);
  });

  it('are for men only where they are not for women', () => {
    expect(plan.changes.map(({ id, service }) => [id, service.sexes.join()])).toEqual([
      ['W-1', 'female'],
      ['W-2', 'female'],
      ['A-1', 'female,male'],
      ['P-1', 'male'],
      ['D-1', 'male'],
      ['D-2', 'female,male'],
      ['F-1', 'female,male'],
      ['E-1', 'female,male'],
    ]);
    // Said again for both, it is for both again.
    const again = contracts(
      contractLines.map((line) => line.replace(',no,yes,26', ',yes,yes,26')),
      [standing('D-1', serviceIn(plan, 'D-1'))],
    );
    expect(again.changes.find(({ id }) => id === 'D-1')?.differences).toEqual([
      { field: 'sexes', from: ['male'], to: ['female', 'male'] },
    ]);
  });

  it('name needs in many ways; what is no need is left out and reported, the rest of the row is taken', () => {
    expect(serviceIn(plan, 'P-1').needs).toEqual([
      'emotional-wellbeing',
      'lifestyle-associates',
      'family-significant-others',
    ]);
    expect(serviceIn(plan, 'F-1').needs).toEqual(['finance-benefit-debt']);
    const [social] = plan.notes.filter(({ value }) => value === 'Social Inclusion');
    expect(social).toMatchObject({ row: 2, column: 'need_areas', reason: expect.stringContaining('ADR 1') });
    expect(contracts(['S-1,x,PWB,Wales,,yes,yes,18,,2021-01-01,,P,,Social Inclusion']).faults).toMatchObject([
      { reason: 'names no need' },
    ]);
  });

  it("where E5 has closed a need are taken and reported; women's services are not limited", () => {
    const notes = plan.notes.filter(({ reason }) => reason.startsWith('E5'));
    expect(notes.map(({ row, value }) => `${row} ${value}`)).toEqual([
      '6 dependency-recovery: west-midlands',
      '8 finance-benefit-debt: kent',
    ]);
    expect(
      closedByE5(
        { own: { row: 1, cells: new Map(), defaults: new Map(), words: new Map(), notes: [], faults: [] }, id: 'x' },
        { ...serviceIn(plan, 'D-2'), areas: ['durham', 'kent'] },
        plain,
        now,
      ),
    ).toMatchObject([{ reason: 'E5: dependency-recovery is open not in all of its areas' }]);
    expect(noteLines(notes)).toContain(
      '  1 × police_area: E5: finance-benefit-debt is open in none of its areas\n      rows 8',
    );
  });

  it('end by their last day: told where it has passed already, or is brought forward (O4)', () => {
    expect(plan.changes.filter(({ closesOn }) => closesOn).map(({ id, closesOn }) => [id, closesOn])).toEqual([
      ['W-1', '2022-12-01'],
    ]);
    const brought = contracts(undefined, [
      standing('F-1', { ...serviceIn(plan, 'F-1'), contract: { ...serviceIn(plan, 'F-1').contract, closes: null } }),
    ]);
    const [change] = brought.changes.filter(({ kind }) => kind === 'change');
    expect(change).toMatchObject({
      id: 'F-1',
      closesOn: '2199-03-31',
      differences: [{ field: 'contract.closes', from: null, to: '2199-03-31' }],
    });
  });

  it('that stand there already are left alone, and what the file is silent about stays', () => {
    const all = plan.changes.map(({ id, service }) =>
      standing(id, { ...service, languages: ['en', 'cy'], catchment: 'By the river' }),
    );
    const again = contracts(undefined, all);
    expect(new Set(again.changes.map(({ kind }) => kind))).toEqual(new Set(['unchanged']));
    expect(again.changes.map(({ etag }) => etag)).toEqual(plan.changes.map(() => '"1"'));
  });

  it('take the defaults of their mapping when they are new, and never again: what was corrected stands', () => {
    const corrected = plan.changes.map(({ id, service }) =>
      standing(id, {
        ...service,
        sentenceTypes: ['licence'],
        settings: ['community'],
        contract: { ...service.contract, sessionsPerLevel: { low: 2, medium: 5, high: 9 } },
      }),
    );
    expect(serviceIn(plan, 'W-1').contract.sessionsPerLevel).toEqual({ low: 4, medium: 8, high: 12 });
    const again = contracts(undefined, corrected);
    expect(again.changes.flatMap(({ differences }) => differences)).toEqual([]);
    expect(again.changes).toHaveLength(plan.changes.length);
  });

  it('mean the needs of the cohort that a service has, where they say none themselves', () => {
    const { cohort: _cohort, ...columns } = contractsMapping.columns;
    const map = {
      ...contractsMapping,
      columns,
      ignored: ['male', 'contract_type'],
      defaults: { ...contractsMapping.defaults, cohort: 'women' },
    };
    const text = contractsFile(contractLines.slice(0, 1));
    const fresh = serviceIn(read('x.csv', text, map), 'W-1');
    expect(fresh.needs).toEqual(['womens-accommodation', 'womens-emotional-wellbeing']);
    expect(read('x.csv', text, map, [standing('W-1', fresh)]).changes).toMatchObject([{ kind: 'unchanged' }]);
  });

  it('are reported in lines that people read', () => {
    expect(summaryOf(plan)).toBe('9 rows, 8 to create, 0 to change, 0 unchanged, 1 closing, 1 rejected');
    expect(plannedLines(plan)[0]).toBe("  create  row 2  W-1  Women's Services for London, closes on 2022-12-01");
    expect(noteLines(plan.notes)[0]).toContain('2 × need_areas: social inclusion');
  });

  it('as they are really published are all placed, save those that name no need', () => {
    const real = resolve(import.meta.dirname, '../../../shared/data/crs-contracts.csv');
    const text = existsSync(real) ? readFileSync(real, 'utf8') : contractsFile();
    const { rows, changes, faults } = read('crs-contracts.csv', text, contractsMapping);
    expect(faults.map(({ reason }) => reason).filter((reason) => reason !== 'names no need')).toEqual([]);
    expect(changes.length + faults.length).toBe(rows);
    expect(changes.some(({ service }) => service.sexes.join() === 'male')).toBe(true);
    expect(changes.length / rows).toBeGreaterThan(0.85);
  });
});

describe('An import', () => {
  it('has the same id for the same file read the same way, and another for another', () => {
    const source = { name: 'a.csv', text: contractsFile(), mapping: contractsMapping };
    expect(importIdOf(source)).toBe(importIdOf({ ...source, name: 'b.csv' }));
    expect(importIdOf(source)).not.toBe(importIdOf({ ...source, mapping: plain }));
    expect(importIdOf(source)).not.toBe(importIdOf({ ...source, text: contractsFile([]) }));
  });

  it('works on so many services at a time, and stops at the first failure', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    const work = async (item: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      if (item === 13) throw new Error('unlucky');
      done.push(item);
      return item * 2;
    };
    const items = Array.from({ length: 10 }, (_, at) => at);
    expect(await inParallel(items, 3, work)).toEqual(items.map((item) => item * 2));
    expect(most).toBe(3);
    done.length = 0;
    running = 0;
    await expect(
      inParallel(
        Array.from({ length: 100 }, (_, at) => at),
        3,
        work,
      ),
    ).rejects.toThrow('unlucky');
    expect(done.length).toBeLessThan(20);
    expect(running).toBe(0);
  });
});
