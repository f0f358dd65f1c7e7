import '../builders/function-environment.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { listCaseNotes } from '../../functions/api/list-case-notes.ts';
import { writeCaseNote } from '../../functions/api/write-case-note.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { assignCaseworker } from '../../shared/domain/commands/provide-service.ts';
import { providerAccessDays } from '../../shared/domain/views/referral-view.ts';
import type { Asking } from './request.ts';
import { caseSystem, providerA, providerB, SharedWork, strangers } from './shared-work.ts';

const note = { subject: 'A call', text: 'Told me why she left' };
let work: SharedWork;
let allocationId: string;
beforeEach(async () => {
  work = await new SharedWork().started();
  allocationId = work.allocationOf('provider-a');
});

const params = () => ({ allocationId });
const person = (id?: string): Record<string, string> => (id ? { 'x-on-behalf-of': id } : {});
const write = (body: object = note, as: string = providerA, asking: Asking = {}) =>
  work.call(writeCaseNote, endpoints.writeCaseNote, { as, params: params(), body, ...asking });
const list = (as: string, id?: string, query: Record<string, string> = {}) =>
  work.call(listCaseNotes, endpoints.listCaseNotes, { as, params: params(), query, headers: person(id) });

describe('L4: a case note', () => {
  it('is written by the provider, and read by it and by the practitioner: by nobody else', async () => {
    const { status, body } = await write({ ...note, outputRow: 'O9' });
    expect(status).toBe(200);
    expect(endpoints.writeCaseNote.responses[200].safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ ...note, outputRow: 'O9', corrects: null, withheld: false });
    for (const reader of [providerA, caseSystem])
      expect((await list(reader)).body).toMatchObject({ items: [{ id: body.id, ...note }], cursor: null });
    for (const other of [...strangers, providerB]) expect(await list(other)).toMatchObject({ status: 404 });
    expect(await write(note, providerB)).toMatchObject({ status: 404 });
    for (const outside of ['operations-console', 'court-reports', 'contract-office'])
      expect(await list(outside)).toMatchObject({ status: 403 });
    for (const outside of [caseSystem, 'operations-console'])
      expect(await write(note, outside)).toMatchObject({ status: 403 });
    for (const word of ['A call', 'Told me', 'O9']) expect(work.record).not.toContain(word);
    expect(work.told('provider-b', 'case-note.written.v1')).toEqual([]);
    expect(work.told('north-probation', 'case-note.written.v1')).toEqual([{ allocationId, noteId: body.id }]);
  });

  it('again under its key is the same note with the same reply; another body is refused', async () => {
    const headers = { 'idempotency-key': 'mine' };
    const first = await write(note, providerA, { headers });
    expect(await write(note, providerA, { headers })).toEqual(first);
    expect((await list(providerA)).body.items).toHaveLength(1);
    expect(await write({ ...note, text: 'Another' }, providerA, { headers })).toMatchObject({ status: 422 });
  });

  it('is listed with the others, the latest first, page by page', async () => {
    for (const text of ['1', '2', '3']) await write({ ...note, text });
    const first = await list(caseSystem, undefined, { limit: '2' });
    expect(first.body.items).toMatchObject([{ text: '3' }, { text: '2' }]);
    const rest = await list(caseSystem, undefined, { limit: '2', cursor: String(first.body.cursor) });
    expect(rest.body).toMatchObject({ items: [{ text: '1' }], cursor: null });
  });

  it('that corrects another leaves it as it was', async () => {
    const { body: former } = await write();
    const corrected = await write({ ...note, text: 'On Tuesday', corrects: former.id });
    expect(corrected).toMatchObject({ status: 200, body: { corrects: former.id } });
    expect((await list(caseSystem)).body.items).toMatchObject([{ text: 'On Tuesday' }, note]);
    const unknown = await write({ ...note, corrects: work.referralId });
    expect(unknown).toMatchObject({ status: 422, body: { errors: [{ pointer: '/corrects' }] } });
  });

  it('is written and read as long as the provider sees the allocation', async () => {
    await work.concluded(providerAccessDays - 1);
    expect(await write()).toMatchObject({ status: 200 });
    work.pass(25);
    for (const late of [await write(), await list(providerA)]) expect(late).toMatchObject({ status: 404 });
    expect((await list(caseSystem)).body.items).toHaveLength(1);
  });
});

describe.each(['O14', 'O15'])('%s: a note about what is sensitive', (outputRow) => {
  const words = { ...note, outputRow };

  it('is shown to its writer, the current caseworker and the practitioner, and to others that there is one', async () => {
    const { body } = await write(words, providerA, { headers: person('worker-1') });
    expect(body).toMatchObject({ ...words, withheld: false, writtenBy: 'worker-1' });
    await work.does(assignCaseworker, { id: 'worker-2', name: 'Two' }, allocationId);
    for (const [as, id] of [
      [providerA, 'worker-1'],
      [providerA, 'worker-2'],
      [caseSystem, 'pp-17'],
    ] as const)
      expect((await list(as, id)).body.items).toMatchObject([words]);
    for (const [as, id] of [
      [providerA, 'worker-3'],
      [providerA, undefined],
      [caseSystem, 'pp-18'],
      [caseSystem, undefined],
    ] as const) {
      const { items } = (await list(as, id)).body;
      expect(items).toEqual([{ id: body.id, allocationId, writtenAt: body.writtenAt, withheld: true }]);
    }
    for (const word of ['A call', 'Told me', outputRow]) expect(work.record).not.toContain(word);
  });

  it('is shown to a caseworker only as long as they are it', async () => {
    await work.does(assignCaseworker, { id: 'worker-2', name: 'Two' }, allocationId);
    await write(words, providerA, { headers: person('worker-1') });
    await work.does(assignCaseworker, { id: 'worker-3', name: 'Three' }, allocationId);
    expect((await list(providerA, 'worker-2')).body.items).toMatchObject([{ withheld: true }]);
    expect((await list(providerA, 'worker-3')).body.items).toMatchObject([words]);
  });

  it('that a system wrote for nobody is not shown back to it', async () => {
    const { status, body } = await write(words);
    expect({ status, withheld: body.withheld }).toEqual({ status: 200, withheld: true });
    expect(endpoints.writeCaseNote.responses[200].safeParse(body).error).toBeUndefined();
    expect((await list(caseSystem, 'pp-17')).body.items).toMatchObject([words]);
  });

  it('is corrected by nobody who may not read it', async () => {
    const { body: former } = await write(words, providerA, { headers: person('worker-1') });
    const correction = { ...note, corrects: former.id };
    const refused = await write(correction, providerA, { headers: person('worker-3') });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/corrects' }] } });
    // It stands in the row of what it corrects.
    expect(await write(correction, providerA, { headers: person('worker-1') })).toMatchObject({ body: { outputRow } });
    expect((await list(caseSystem)).body.items).toMatchObject([{ withheld: true }, { withheld: true }]);
  });
});
