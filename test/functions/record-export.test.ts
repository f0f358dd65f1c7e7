import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { makeRecordExport } from '../../functions/api/make-record-export.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import type { Actor } from '../../shared/domain/events.ts';
import type { HeldItem } from '../../shared/domain/record-export/entry.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { Memory } from '../builders/memory.ts';
import { memoryRecords } from '../builders/memory-records.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { sender } from '../builders/story.ts';
import { ask, registered } from './request.ts';

const id = '11111111-1111-4111-8111-111111111111';
const theirs = '22222222-2222-4222-8222-222222222222';
const south: Actor = { organisation: 'south-probation', client: 'south-case-system' };
const facts = { ...aReferral().with({ reasonForReferral: 'He asked for help' }) };
const crn = facts.crn.toUpperCase();

type Duplicates = Referral['possibleDuplicates'];

async function send(memory: Memory, referralId: string, by: Actor, possibleDuplicates: Duplicates = []): Promise<void> {
  const command = { id: referralId, referenceNumber: `BCDF${referralId.slice(0, 4)}`, facts, catalogueVersion: '1' };
  const outcome = await memory.referrals.create(
    (context) => sendReferral({ ...command, possibleDuplicates }, context),
    { by },
  );
  if (isRefusal(outcome)) throw new Error(outcome.refused);
}

async function sent(): Promise<Memory> {
  const memory = registered(new Memory());
  await send(memory, id, sender);
  return memory;
}

interface Wish {
  body?: object;
  as?: string;
  person?: string | null;
  accept?: string;
  planted?: HeldItem[];
}

function exported(memory: Memory, { body = {}, as, person = 'pp-17', accept, planted = [] }: Wish = {}) {
  const handler = makeRecordExport({
    clock: memory.clock,
    clients: memory.clients,
    referrals: memory.referrals,
    records: memoryRecords(memory, planted),
  });
  return ask(handler, endpoints.makeRecordExport, {
    body: { crn, reason: 'subject-access-request', ...body },
    ...(as ? { as } : {}),
    headers: { ...(person ? { 'X-On-Behalf-Of': person } : {}), ...(accept ? { Accept: accept } : {}) },
  });
}

describe('Everything held on one person', () => {
  it('is one document with each part marked, and is kept by no cache', async () => {
    const memory = await sent();
    const { status, headers, body } = await exported(memory);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(endpoints.makeRecordExport.responses[200].safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ crn, part: { number: 1, of: 1 }, heldByOthers: 0, removed: [] });
    expect(body.entries).toContainEqual(
      expect.objectContaining({
        referralId: id,
        marks: ['third-party', 'sensitive'],
        data: expect.objectContaining({ reasonForReferral: 'He asked for help' }),
      }),
    );
  });

  it('is a page for whoever asks for one', async () => {
    const { status, headers, body } = await exported(await sent(), { accept: 'text/html' });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(String(headers['content-security-policy'] ?? headers['Content-Security-Policy'])).toContain(
      "default-src 'none'",
    );
    expect(body.text).toContain('He asked for help');
  });

  it('has what no code knows too, and what stands under no referral', async () => {
    const planted = [
      { key: `REFERRAL#${id}#X-RAY#1`, content: { seen: 'a crack' } },
      { key: 'NOWHERE', content: { found: 'by nobody' } },
    ];
    const { body } = await exported(await sent(), { planted });
    for (const { content } of planted) {
      expect(body.entries).toContainEqual(
        expect.objectContaining({ data: content, section: 'Other items', marks: ['third-party', 'sensitive'] }),
      );
    }
  });

  it('stands in the history: who asked and why, and nothing of the person', async () => {
    const memory = await sent();
    const { body } = await exported(memory, { body: { reason: 'court-order' } });
    const noted = memory.historyOf(id).at(-1);
    expect(noted).toMatchObject({
      type: 'record.exported.v1',
      data: { exportId: body.exportId, reason: 'court-order' },
      by: { organisation: 'north-probation', client: 'north-case-system', person: 'pp-17' },
      audience: ['north-probation'],
    });
    expect(memory.roots.get(id)?.referral.version).toBe(1);
  });

  it('is made for a person who answers for it, or not at all', async () => {
    const memory = await sent();
    const before = memory.entries.length;
    expect(await exported(memory, { person: null })).toMatchObject({
      status: 400,
      body: { type: '/problems/missing-header' },
    });
    expect(memory.entries).toHaveLength(before);
  });

  it('is for the case system that sent something about them: to another there is nothing, and no other role may ask', async () => {
    const memory = await sent();
    const before = memory.entries.length;
    for (const body of [{}, { crn: undefined, referralId: id }]) {
      const answered = await exported(memory, { as: 'south-case-system', body });
      expect(answered).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
    }
    for (const as of ['system-of-a', 'operations-console', 'contract-office', 'court-reports']) {
      expect({ as, status: (await exported(memory, { as })).status }).toEqual({ as, status: 403 });
    }
    expect(memory.entries).toHaveLength(before);
  });

  it('leaves out what another case system sent, and says that there is more', async () => {
    const memory = await sent();
    await send(memory, theirs, south);
    const { body } = await exported(memory);
    expect(body.heldByOthers).toBe(1);
    expect(JSON.stringify(body.entries)).not.toContain(theirs);
    expect(memory.historyOf(theirs).map(({ type }) => type)).not.toContain('record.exported.v1');
  });

  it('names possible duplicates that are its reader’s own, and none that another case system sent', async () => {
    const memory = await sent();
    await send(memory, theirs, south);
    const again = '33333333-3333-4333-8333-333333333333';
    const [own, other] = [id, theirs].map((one) => ({ id: one, referenceNumber: `BCDF${one.slice(0, 4)}` }));
    await send(memory, again, sender, [own, other] as Duplicates);
    const { body } = await exported(memory);
    const told = JSON.stringify(body.entries);
    expect(told).toContain(`"possibleDuplicates":[{"id":"${id}"`);
    expect(told).toContain(`"possibleDuplicates":["${id}"]`);
    for (const secret of [theirs, other?.referenceNumber ?? '']) expect(told).not.toContain(secret);
    expect(body.heldByOthers).toBe(1);
  });

  it('of nobody, or of a part that there is not, does not exist', async () => {
    const memory = await sent();
    for (const body of [{ crn: 'Z000000' }, { part: 2 }]) {
      expect((await exported(memory, { body })).status).toBe(404);
    }
  });

  it('is asked for by the CRN or by a referral, not by both and not by neither', async () => {
    const memory = await sent();
    expect((await exported(memory, { body: { crn: undefined, referralId: id } })).status).toBe(200);
    expect((await exported(memory, { body: { referralId: id } })).status).toBe(400);
    expect((await exported(memory, { body: { crn: undefined } })).status).toBe(400);
    expect((await exported(memory, { body: { crn: crn.toLowerCase() } })).status).toBe(200);
  });

  it('comes in parts where it is larger than one answer, which together are all of it', async () => {
    const memory = await sent();
    const planted = Array.from({ length: 12 }, (_, at) => ({
      key: `REFERRAL#${id}#X-RAY#${at}`,
      content: { at, words: '<'.repeat(390_000) },
    }));
    for (const accept of ['application/json', 'text/html']) {
      let text = '';
      let [part, of] = [0, 1];
      while (part < of) {
        part += 1;
        const { body } = await exported(memory, { planted, body: { part }, accept });
        const answer = String(body.text ?? JSON.stringify(body));
        expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(5_000_000);
        of = Number((body.part as { of?: number } | undefined)?.of ?? /Part \d+ of (\d+)/.exec(answer)?.[1]);
        text += answer;
      }
      expect({ accept, isSplit: of > 1 }).toEqual({ accept, isSplit: true });
      expect([...new Set(text.match(/X-RAY#\d+/g))]).toHaveLength(12);
      // Each part is read anew.
      if (accept === 'text/html') expect(text).toContain('may stand in two of them or in none');
    }
  });
});
