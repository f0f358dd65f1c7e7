import { randomUUID } from 'node:crypto';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { subYears } from 'date-fns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Removed, removeRecords } from '../../functions/events/remove-records.ts';
import { sdkConfig } from '../../infra/local/local-only.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { legalHolds } from '../../shared/adapters/legal-holds.ts';
import { removals as removalsOf } from '../../shared/adapters/removals.ts';
import { wholeRecords } from '../../shared/adapters/whole-records.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { tablesOf } from './support/b-record.ts';
import { aCrn, aMansReferral, aNeed, justNow, theWorld, type World } from './support/b-world.ts';
import { context } from './support/call.ts';
import { type Application, application } from './support/deployment.ts';

/** A person's record is one document, complete, for whoever answers for it; and it goes when its time is over (ADR 24). */

let world: World;
let tables: ReturnType<typeof tablesOf>;
let raw: DynamoDBDocumentClient;
let lambda: LambdaClient;
const mark = randomUUID().slice(0, 8);
/** A word that nobody else says, with what would do harm in a page. */
const word = (what: string): string => `<b onclick="x('${mark}')">${what} & co</b>`;
const headers = { 'x-on-behalf-of': 'pp-17' };

beforeAll(async () => {
  world = await theWorld();
  tables = tablesOf(world.stack);
  raw = DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig(world.stack.endpointUrl)));
  lambda = new LambdaClient(sdkConfig(world.stack.endpointUrl));
});
afterAll(() => {
  raw.destroy();
  lambda.destroy();
});

const aPerson = (crn: string) =>
  aMansReferral().with({
    crn,
    externalReference: `CASE-${mark}`,
    person: { dateOfBirth: '1971-11-23', accessibility: [`step-free-${mark}`] },
    reasonForReferral: word('reason'),
    needs: [{ ...aNeed('accommodation', 'northern-accommodation'), generalServiceReason: word('general') }],
  });

const request = (who: { crn: string } | { referralId: string }, accept = 'application/json', as = 'practitioner') =>
  world.raw({
    as,
    method: 'POST',
    path: '/v1/record-exports',
    headers: { ...headers, accept, 'content-type': 'application/json' },
    body: JSON.stringify({ ...who, reason: 'subject-access-request' }),
  });

/** Every text that stands anywhere in these items. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
const contentOf = (items: Record<string, unknown>[]) => items.map(({ pk: _pk, sk: _sk, ...content }) => content);
const everythingOn = async (crn: string) => [
  ...(await tables.private(`CRN#${crn}`)),
  ...(await tables.private(`EQUALITY#${crn}`)),
];
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** A referral in delivery, with words wherever people write some. */
async function worked(crn: string): Promise<string> {
  const { practitioner, northern } = world;
  const { id: referralId } = await practitioner.send(aPerson(crn));
  const params = { referralId };
  await practitioner.api.must(endpoints.putEqualityMonitoring, {
    params,
    body: { ethnicity: 'white-gypsy-or-irish-traveller', disability: 'condition-without-limits' },
  });
  await practitioner.confirmComplexity(referralId);
  const offer = await northern.task(referralId, 'offer');
  await northern.answer(offer.id, { decision: 'returned', text: word('question') });
  const returned = await practitioner.task(referralId, 'offer-returned');
  await practitioner.answer(returned.id, { information: word('information') });
  const allocationId = await northern.acceptOffer(referralId);
  const own = { allocationId };
  const key = () => ({ idempotencyKey: randomUUID() });
  await northern.assignCaseworker(allocationId, { id: `cw-${mark}`, name: word('caseworker') });
  await northern.acceptEngagement(allocationId, word('explained-by'), justNow());
  await practitioner.api.must(endpoints.sendMessage, {
    params,
    ...key(),
    body: { to: own, text: word('message') },
  });
  for (const outputRow of ['O9', 'O14'] as const) {
    const body = { subject: word(`subject-${outputRow}`), text: word(`note-${outputRow}`), outputRow };
    await northern.api.must(endpoints.writeCaseNote, { params: own, ...key(), body });
  }
  await northern.api.must(endpoints.makeOnwardLink, {
    params: own,
    ...key(),
    body: { organisation: word('onward'), kind: 'signposted', need: 'accommodation', followUpOn: '2099-01-01' },
  });
  await northern.hold(allocationId, { purpose: 'supplier-assessment' }, justNow());
  await northern.submitPlan(allocationId, 1);
  await northern.reportRisk(referralId, word('risk'), justNow());
  return referralId;
}

describe('Everything held on one person', () => {
  const crn = aCrn();
  let referralId: string;
  const strange = { found: word('unknown'), inside: { deeper: [word('deep')] } };
  beforeAll(async () => {
    referralId = await worked(crn);
    for (const sk of [`REFERRAL#${referralId}#X-RAY#1`, 'NOWHERE']) {
      const Item = { pk: `CRN#${crn}`, sk, ...strange };
      await raw.send(new PutCommand({ TableName: world.stack.privateTableName, Item }));
    }
  });

  it('has every word that the private table has of them, in both representations', async () => {
    const held = textsIn(contentOf(await everythingOn(crn)));
    expect(new Set(held.filter((text) => text.includes(mark))).size).toBeGreaterThan(14);
    const { status, json, headers: answered } = await request({ crn });
    expect(status).toBe(200);
    expect(answered.get('cache-control')).toBe('no-store');
    const document = endpoints.makeRecordExport.responses[200].parse(json);
    const told = new Set(textsIn(document.entries));
    expect(held.filter((text) => !told.has(text))).toEqual([]);

    const page = await request({ crn }, 'text/html');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const isWord = (text: string) => text.includes(mark);
    expect(held.filter(isWord).filter((text) => !page.text.includes(escaped(text)))).toEqual([]);
    for (const text of ['White gypsy or irish traveller', '1971-11-23']) expect(page.text).toContain(text);
    expect(page.text).not.toMatch(/<b onclick|<script/);
  });

  it('has what the record has of them: referral, history, tasks, allocation, appointments, messages and links', async () => {
    const { json } = await request({ crn });
    const { entries } = endpoints.makeRecordExport.responses[200].parse(json);
    const sections = new Set(entries.filter((entry) => entry.referralId === referralId).map(({ section }) => section));
    expect([...sections].sort()).toEqual(
      expect.arrayContaining([
        'Allocations',
        'Appointments',
        'The referral',
        'What happened',
        'Tasks',
        'Equality monitoring',
      ]),
    );
    const own = await tables.record(`REFERRAL#${referralId}`);
    const happened = own.filter(({ sk }) => String(sk).startsWith('EVENT#')).length;
    expect(entries.filter(({ section }) => section === 'What happened').length).toBeGreaterThanOrEqual(happened - 1);
    const tokens = textsIn(await tables.private(`TOKEN#${referralId}`)).filter((text) => text.length > 80);
    for (const token of tokens) expect(JSON.stringify(json)).not.toContain(token);
  });

  it('marks what is sensitive and what is about others, and what nobody has thought of with both', async () => {
    const { json } = await request({ crn });
    const { entries } = endpoints.makeRecordExport.responses[200].parse(json);
    const marksOf = (text: string) => entries.find(({ data }) => textsIn(data).includes(text))?.marks;
    expect(marksOf(word('note-O14'))).toEqual(['third-party', 'sensitive']);
    expect(marksOf(word('note-O9'))).toEqual(['third-party']);
    expect(marksOf('white-gypsy-or-irish-traveller')).toEqual(['sensitive']);
    expect(marksOf(word('deep'))).toEqual(['third-party', 'sensitive']);
  });

  it('is nothing to another organisation, and no other role may ask', async () => {
    for (const who of [{ crn }, { referralId }]) {
      const { status, text } = await request(who, 'application/json', 'other-practitioner');
      expect({ status, tells: text.includes(mark) }).toEqual({ status: 404, tells: false });
    }
    for (const as of ['provider:northern-pathways', 'operations', 'court', 'contract-manager']) {
      expect({ as, status: (await request({ crn }, 'application/json', as)).status }).toEqual({ as, status: 403 });
    }
  });

  it('stands in the history of the referral, each time', async () => {
    const before = (await world.practitioner.history(referralId)).length;
    const { json } = await request({ crn });
    const history = await world.practitioner.history(referralId);
    expect(history).toHaveLength(before + 1);
    expect(history.at(-1)).toMatchObject({
      type: 'record.exported.v1',
      data: { exportId: json?.exportId, reason: 'subject-access-request' },
      by: { organisation: 'probation-service', person: 'pp-17' },
    });
  });
});

/** A referral of this person that concluded eight years ago, as far as the record knows. */
async function longConcluded(crn: string): Promise<string> {
  const { practitioner } = world;
  const { id: referralId } = await practitioner.send(aPerson(crn));
  await practitioner.api.must(endpoints.putEqualityMonitoring, {
    params: { referralId },
    body: { disability: 'condition-without-limits' },
  });
  await practitioner.task(referralId, 'complexity-confirmation');
  const { etag } = await practitioner.read(referralId);
  const body = { reason: 'other' as const, text: word('withdrawn') };
  await practitioner.api.must(endpoints.withdrawReferral, { params: { referralId }, ifMatch: etag, body });
  await practitioner.concluded(referralId);
  const at = subYears(new Date(), 8).toISOString();
  const TableName = world.stack.recordTableName;
  const names = { ExpressionAttributeNames: { '#at': 'at' }, ExpressionAttributeValues: { ':at': at } };
  const concluded = { Key: keys.referral(referralId), UpdateExpression: 'SET conclusion.#at = :at', ...names };
  await raw.send(new UpdateCommand({ TableName, ...concluded }));
  const due = { Key: keys.retention(referralId), UpdateExpression: 'SET workAt = :at' };
  await raw.send(new UpdateCommand({ TableName, ...due, ExpressionAttributeValues: { ':at': at } }));
  return referralId;
}

/** The deployed function, under its own role. */
async function removeNow(): Promise<Removed> {
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'referrals-remove-records' }));
  return JSON.parse(new TextDecoder().decode(Payload));
}

const hold = (crn: string, held: boolean, reason: 'litigation' | 'other' = 'litigation') =>
  world.as('operations').must(endpoints.putLegalHold, { body: { crn, held, reason } });

/** As if it had not been looked at and put off. */
const dueAgain = (referralId: string) =>
  raw.send(
    new UpdateCommand({
      TableName: world.stack.recordTableName,
      Key: keys.retention(referralId),
      UpdateExpression: 'SET workAt = :at',
      ExpressionAttributeValues: { ':at': subYears(new Date(), 8).toISOString() },
    }),
  );

/** One run of the same code for one referral, with somebody standing between its steps. */
function removeOnly(referralId: string, between: Partial<Application> & { before?: () => Promise<unknown> }) {
  const { db, clock, referrals } = application();
  const removals = removalsOf(db);
  const ports = {
    clock,
    records: wholeRecords(db),
    holds: legalHolds(db),
    referrals: {
      execute: async (...command: Parameters<typeof referrals.execute>) => {
        await between.before?.();
        return referrals.execute(...command);
      },
    },
    removals: { ...removals, due: async () => ({ items: [{ referralId, since: '' }], cursor: null }) },
  };
  return removeRecords(ports, 84, new Metrics())({}, context);
}

describe('What is held on a person', () => {
  it('goes at the end of its period: nothing is left that says whom it was about, and an export tells only that it is gone', async () => {
    const crn = aCrn();
    const referralId = await longConcluded(crn);
    expect(await everythingOn(crn)).not.toEqual([]);
    const { failed, removed } = await removeNow();
    expect({ failed, some: removed >= 1 }).toEqual({ failed: 0, some: true });
    expect(await everythingOn(crn)).toEqual([]);
    const naming = (await tables.all(world.stack.recordTableName)).filter((item) => {
      const text = JSON.stringify(item);
      return text.includes(crn) || (text.includes(referralId) && text.includes(`CASE-${mark}`));
    });
    expect(naming).toEqual([]);

    for (const path of [`/v1/referrals/${referralId}`, `/v1/referrals/${referralId}/history`]) {
      for (const as of ['practitioner', 'operations']) {
        expect({ path, as, ...(await world.raw({ as, method: 'GET', path })) }).toMatchObject({ status: 404 });
      }
    }
    expect((await request({ crn })).status).toBe(404);
    expect((await request({ referralId }, 'application/json', 'other-practitioner')).status).toBe(404);
    const { status, json } = await request({ referralId });
    expect(status).toBe(200);
    expect(json).toMatchObject({ crn: null, entries: [], removed: [{ referralId, removedAt: expect.any(String) }] });
    const page = await request({ referralId }, 'text/html');
    expect(page.text).toContain('at the end of the period for which it is kept');
  });

  it('stays while a legal hold stands on them, whatever its age, and goes when the hold is lifted', async () => {
    const crn = aCrn();
    const referralId = await longConcluded(crn);
    const placed = await hold(crn, true);
    expect((await hold(crn, true, 'other')).body).toEqual(placed.body);
    const before = (await everythingOn(crn)).length;
    expect((await removeNow()).failed).toBe(0);
    expect(await everythingOn(crn)).toHaveLength(before);
    expect(JSON.stringify((await request({ crn })).json)).toContain('Legal holds');

    expect((await hold(crn, false)).body).toMatchObject({ held: false, hold: null });
    await dueAgain(referralId);
    expect((await removeNow()).failed).toBe(0);
    expect(await everythingOn(crn)).toEqual([]);
  });

  it('stays where the hold comes between the decision and the removal', async () => {
    const crn = aCrn();
    const referralId = await longConcluded(crn);
    const before = (await everythingOn(crn)).length;
    expect(await removeOnly(referralId, { before: () => hold(crn, true) })).toMatchObject({ removed: 0, kept: 1 });
    // The hold itself and the note of it.
    expect(await everythingOn(crn)).toHaveLength(before + 2);
    expect((await world.practitioner.read(referralId)).crn).toBe(crn);
  });

  it.each([
    [
      'between two batches of the removal',
      (kinds: string[]) => kinds.filter((kind) => kind === 'Delete').length > 40,
      true,
    ],
    ['after all that is private has gone', (kinds: string[]) => kinds.includes('Update'), false],
  ])('stays, what there is of it, where the hold comes %s', async (_, comesAt, isSomethingLeft) => {
    const crn = aCrn();
    const referralId = await longConcluded(crn);
    const TableName = world.stack.privateTableName;
    for (let at = 0; at < 60; at += 1) {
      await raw.send(new PutCommand({ TableName, Item: { ...keys.text(crn, referralId, `MORE#${at}`), words: {} } }));
      // A long history too, so that its names go in more than one transaction.
      const Item = { ...keys.event(keys.referral(referralId).pk, 1000 + at), crn };
      await raw.send(new PutCommand({ TableName: world.stack.recordTableName, Item }));
    }
    const db = application({
      dynamo: (client) =>
        client.middlewareStack.add(
          (next, { commandName }) =>
            async (args) => {
              const { TransactItems: items = [] } = args.input as { TransactItems?: object[] };
              const result = await next(args);
              const kinds = items.flatMap((item) => Object.keys(item));
              const isOfRemoval = commandName === 'TransactWriteItemsCommand' && kinds.length > 40;
              if (isOfRemoval && comesAt(kinds)) await hold(crn, true);
              return result;
            },
          { step: 'initialize' },
        ),
    }).db;
    const { referrals, clock } = application();
    const removals = removalsOf(db);
    const ports = {
      clock,
      referrals,
      records: wholeRecords(db),
      holds: legalHolds(db),
      removals: { ...removals, due: async () => ({ items: [{ referralId, since: '' }], cursor: null }) },
    };
    const run = () => removeRecords(ports, 84, new Metrics())({}, context);
    expect(await run()).toMatchObject({ removed: 0, kept: 1, failed: 0 });
    const left = await everythingOn(crn);
    expect(left.length).toBeGreaterThan(isSomethingLeft ? 5 : 0);
    const asked = isSomethingLeft ? { crn } : { referralId };
    expect((await request(asked)).json).toMatchObject({
      ...(isSomethingLeft ? { crn } : {}),
      removed: [{ referralId }],
    });
    expect(await run()).toMatchObject({ removed: 0, kept: 1, failed: 0 });
    expect(await everythingOn(crn)).toHaveLength(left.length);
    await hold(crn, false);
    expect(await run()).toMatchObject({ removed: 1, failed: 0 });
    expect(await everythingOn(crn)).toEqual([]);
  });

  it('stays while another referral of theirs goes on, and goes with it', async () => {
    const crn = aCrn();
    const referralId = await longConcluded(crn);
    const { id: later } = await world.practitioner.send(aPerson(crn));
    expect(await removeOnly(referralId, {})).toMatchObject({ removed: 0, kept: 1 });
    expect((await request({ crn })).json).toMatchObject({ crn, removed: [] });
    expect((await world.practitioner.read(later)).crn).toBe(crn);
  });
});
