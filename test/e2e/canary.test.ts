import { randomUUID } from 'node:crypto';
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { DescribeExecutionCommand, paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../infra/local/actors.ts';
import { client } from '../../infra/local/api-client.ts';
import { type Subscriber, subscriber } from '../../infra/local/demo/subscriber.ts';
import { clientNamed, token } from '../../infra/local/local-aws.ts';
import { sdkConfig } from '../../infra/local/local-only.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { OperationsReferralView } from '../../shared/contracts/views/referral.ts';
import { tablesOf } from './support/b-record.ts';
import {
  aMansReferral,
  aNeed,
  justNow,
  nobodyServes,
  outcomesOf,
  theWorld,
  type World,
  whenReferral,
} from './support/b-world.ts';

/**
 * Architecture rule 6 and V: what people wrote and who the person is stays in the private table, and a task token where
 * it was put. Every field that can carry a word carries one that is found again wherever it turns up.
 */

const mark = `canary-${randomUUID().slice(0, 8)}`;
const sown = new Set<string>();
/** A word of this run's own. */
const word = (what: string): string => {
  sown.add(`${mark}-${what}`);
  return `${mark}-${what}`;
};
/** What these fields may hold is narrower than a word. */
const dateOfBirth = '1907-03-09';
const language = `zxq-${mark.slice(-4).replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] ?? 'q')}`;
const onBehalfOf = `${mark}.person`;
/** What the answers to the indicators come to, which tells of the person as they do. */
const criterion = 'no-settled-home-and-hard-to-house';

/** Equality monitoring takes codes only: these, and the names of what they answer, stand nowhere else. */
const characteristics = {
  disability: 'condition-without-limits',
  genderReassignment: 'another-gender-identity',
  marriageAndCivilPartnership: 'surviving-civil-partner',
  pregnancyAndMaternity: 'gave-birth-in-last-26-weeks',
  ethnicity: 'white-gypsy-or-irish-traveller',
  religionOrBelief: 'any-other-religion',
  sexualOrientation: 'any-other-orientation',
} as const;
const ofEquality = [...Object.keys(characteristics), ...Object.values(characteristics)];

const facts = aMansReferral('thames-accommodation').with({
  person: { dateOfBirth, accessibility: [word('accessibility')], interpreterLanguage: language },
  reasonForReferral: word('reason-for-referral'),
  needs: [
    {
      ...aNeed('accommodation'),
      generalServiceReason: word('general-service'),
      preferredService: { id: 'thames-accommodation', reason: word('preferred-service') },
      indicators: { home: 'homeless', 'tenancy-history': 'poor' },
    },
  ],
});

let world: World;
let listener: Subscriber;
const startedAt = Date.now();
const tokens = new Set<string>();
const answers: { path: string; text: string }[] = [];
const referrals: string[] = [];
/** Which words about the risk each role was told, and which it may be. */
const riskTold: Record<string, [told: string[], may: string[]]> = {};
const theirFetch = globalThis.fetch;

beforeAll(async () => {
  world = await theWorld();
  listener = await subscriber(world.stack, mark);
  // Whatever the API answers anybody in this file is kept, to be searched.
  globalThis.fetch = async (...request) => {
    const response = await theirFetch(...request);
    answers.push({ path: new URL(response.url).pathname, text: await response.clone().text() });
    return response;
  };
  await wholeLife();
  await otherEnds();
  await exportAll();
});
afterAll(async () => {
  globalThis.fetch = theirFetch;
  await listener.close();
});

/** Everyone says on whose behalf they act, and each word that the API takes is sown. */
const as = (name: string) => {
  const { apiUrl } = world.stack;
  const api = client({ apiUrl, token: () => token(world.stack, clientNamed(world.stack, name)) });
  const must: typeof api.must = (contract, request) =>
    api.must(contract, { ...request, headers: { ...request.headers, 'x-on-behalf-of': onBehalfOf } });
  return { ...api, must };
};

/** The tokens that its executions wait with now: each wait has one of its own. */
async function noteTokens(referralId: string): Promise<void> {
  const { body } = await world.as('operations').must(endpoints.getReferral, { params: { referralId } });
  const ids = [referralId, ...(body as OperationsReferralView).allocations.map(({ id }) => id)];
  for (const id of ids) {
    for (const item of await tablesOf(world.stack).private(`TOKEN#${id}`)) tokens.add(String(item.token));
  }
}

async function wholeLife(): Promise<void> {
  const { practitioner, thames, northern } = world;
  const [caseSystem, provider] = [as('practitioner'), as('provider:northern-pathways')];
  const { body: sent } = await caseSystem.must(endpoints.sendReferral, { body: facts, idempotencyKey: randomUUID() });
  const referralId = sent.id;
  referrals.push(referralId);
  const params = { referralId };
  await caseSystem.must(endpoints.putEqualityMonitoring, { params, body: characteristics });
  const answer = async (actor: typeof practitioner | typeof thames, name: string, type: 'offer', body: object) => {
    const { id } = await actor.task(referralId, type);
    await noteTokens(referralId);
    await as(name).must(endpoints.respondToTask, { params: { taskId: id }, body: body as never });
  };
  const say = (type: string, body: object) => answer(practitioner, 'practitioner', type as 'offer', body);
  const thamesSays = (body: object) => answer(thames, 'provider:thames-futures', 'offer', body);

  await say('complexity-confirmation', {
    needs: [{ need: 'accommodation', level: 'high', reason: word('complexity') }],
  });
  await thamesSays({ decision: 'returned', text: word('question') });
  await say('offer-returned', { information: word('information') });
  await thamesSays({ decision: 'declined', reason: 'other', text: word('declined') });
  await answer(northern, 'provider:northern-pathways', 'offer', { decision: 'accepted', text: word('accepted') });
  const allocationId = await northern.allocationOf(referralId);
  const own = { allocationId };
  const etag = async () => (await provider.must(endpoints.getAllocation, { params: own })).etag ?? '';
  const referralEtag = async () => (await practitioner.read(referralId)).etag;

  await provider.must(endpoints.assignCaseworker, {
    params: own,
    ifMatch: await etag(),
    body: { id: `cw-${allocationId}`, name: word('caseworker'), reason: word('caseworker-reason') },
  });
  await provider.must(endpoints.acceptEngagement, {
    params: own,
    ifMatch: await etag(),
    body: { acceptedAt: justNow().toISOString(), explainedBy: word('explained-by'), language, format: 'interpreter' },
  });
  const { body: message } = await caseSystem.must(endpoints.sendMessage, {
    params,
    idempotencyKey: randomUUID(),
    body: { to: { allocationId }, text: word('message') },
  });
  await provider.must(endpoints.readMessage, { params: { referralId, messageId: message.id } });
  await provider.must(endpoints.sendMessage, {
    params,
    idempotencyKey: randomUUID(),
    body: { to: 'practitioner', text: word('answer'), inReplyTo: message.id },
  });
  await provider.must(endpoints.writeCaseNote, {
    params: own,
    idempotencyKey: randomUUID(),
    body: { subject: word('note-subject'), text: word('note'), outputRow: 'O14' },
  });
  const link = await provider.must(endpoints.makeOnwardLink, {
    params: own,
    idempotencyKey: randomUUID(),
    body: {
      organisation: word('onward'),
      kind: 'signposted',
      need: 'accommodation',
      followUpOn: '2099-01-01',
    },
  });
  await provider.must(endpoints.followUpOnwardLink, {
    params: { ...own, linkId: link.body.id },
    ifMatch: link.etag ?? '',
    body: { followedUpAt: justNow().toISOString(), result: word('onward-result') },
  });
  const book = async (what: { purpose: 'supplier-assessment' } | { purpose: 'session'; session: number }) => {
    const startsAt = justNow().toISOString();
    const body = { ...what, startsAt, durationMinutes: 30, mode: 'in-person' as const, place: word('place') };
    return provider.must(endpoints.bookAppointment, { params: own, idempotencyKey: randomUUID(), body });
  };
  const dropped = await book({ purpose: 'supplier-assessment' });
  await provider.must(endpoints.cancelAppointment, {
    params: { ...own, appointmentId: dropped.body.id },
    ifMatch: dropped.etag ?? '',
    body: { reason: word('cancelled'), reasonCode: 'place-unavailable', requestedBy: 'provider' },
  });
  const held = await book({ purpose: 'supplier-assessment' });
  const moved = await provider.must(endpoints.changeAppointment, {
    params: { ...own, appointmentId: held.body.id },
    ifMatch: held.etag ?? '',
    body: { place: word('other-place'), reason: word('moved'), requestedBy: 'person' },
  });
  await provider.must(endpoints.recordFeedback, {
    params: { ...own, appointmentId: held.body.id },
    ifMatch: moved.etag ?? '',
    body: {
      attendance: 'late',
      reason: word('late'),
      activities: [],
      rarDay: true,
      notes: word('notes'),
      concern: { kind: 'safety', text: word('concern') },
    },
  });
  const writePlan = async () => {
    const activity = { id: 'a-1', need: 'accommodation' as const, desiredOutcomes: [], outputRow: 'O9' as const };
    const activities = [{ ...activity, description: word('activity') }];
    await provider.must(endpoints.putActionPlan, {
      params: own,
      ifMatch: await etag(),
      body: { sessions: 1, activities },
    });
    await provider.must(endpoints.submitActionPlan, { params: own, ifMatch: await etag() });
  };
  await writePlan();
  await say('action-plan-approval', { decision: 'returned', reason: word('plan-returned') });
  await writePlan();
  await say('action-plan-approval', { decision: 'approved', reason: word('plan-approved') });

  await provider.must(endpoints.putActionPlan, {
    params: own,
    ifMatch: await etag(),
    body: {
      sessions: 2,
      activities: [
        {
          id: 'a-2',
          need: 'accommodation',
          desiredOutcomes: [],
          outputRow: 'O9',
          description: word('revised-activity'),
        },
      ],
      removed: [{ id: 'a-1', reason: word('activity-removed') }],
    },
  });
  await provider.must(endpoints.submitActionPlan, { params: own, ifMatch: await etag() });

  await inAGroup(allocationId);
  await caseSystem.must(endpoints.amendReferral, {
    params,
    ifMatch: await referralEtag(),
    body: {
      changes: { complexity: [{ need: 'accommodation', level: 'medium', reason: word('level-reason') }] },
      reason: word('amended'),
    },
  });
  await caseSystem.must(endpoints.pauseReferral, {
    params,
    ifMatch: await referralEtag(),
    body: { reason: 'hospital', text: word('paused') },
  });
  await noteTokens(referralId);
  await caseSystem.must(endpoints.resumeReferral, { params, ifMatch: await referralEtag() });
  await caseSystem.must(endpoints.extendReferral, {
    params,
    ifMatch: await referralEtag(),
    body: { endDate: '2029-01-31', reason: word('extended') },
  });
  const observedAt = justNow().toISOString();
  const reported = { params, idempotencyKey: randomUUID() };
  await provider.must(endpoints.reportRisk, { ...reported, body: { concern: word('risk-concern'), observedAt } });
  const { body: latest } = await caseSystem.must(endpoints.reportRisk, {
    ...reported,
    body: { concern: word('own-risk-concern'), observedAt },
  });
  await say('risk-reassessment', {
    seriousHarm: 'very-high',
    considered: latest.id,
    note: word('risk-note'),
    forProviders: word('risk-notice'),
  });
  await toldOfRisk(referralId);
  for (const _twice of [1, 2]) {
    const session = await book({ purpose: 'session', session: 1 });
    await provider.must(endpoints.recordFeedback, {
      params: { ...own, appointmentId: session.body.id },
      ifMatch: session.etag ?? '',
      body: { attendance: 'no', reason: word('missed'), activities: [], rarDay: false, notes: word('missed-notes') },
    });
  }
  await say('non-engagement', { decision: 'continue', reason: word('not-engaged') });
  await noteTokens(referralId);
  await provider.must(endpoints.completeDelivery, {
    params: own,
    ifMatch: await etag(),
    body: { reason: 'plan-completed', text: word('completed') },
  });
  const report = async () => {
    const outcomes = outcomesOf(facts).map((id) => ({
      id,
      level: 'partially-achieved' as const,
      evidence: word('evidence'),
      comment: word('comment'),
    }));
    const body = { outcomes, summary: word('summary') };
    await provider.must(endpoints.putEndOfServiceReport, { params: own, ifMatch: await etag(), body });
    await provider.must(endpoints.submitEndOfServiceReport, { params: own, ifMatch: await etag() });
  };
  await report();
  await say('end-of-service-report-acknowledgement', { decision: 'returned', reason: word('report-returned') });
  await report();
  await say('end-of-service-report-acknowledgement', { decision: 'acknowledged', reason: word('acknowledged') });
  await practitioner.concluded(referralId);
  await caseSystem.must(endpoints.getEqualityMonitoring, { params });
  const late = { concern: word('late-risk-concern'), observedAt: justNow().toISOString() };
  await provider.must(endpoints.reportRisk, { params, idempotencyKey: randomUUID(), body: late });
}

/** L4: where a group session takes place is a word too, and it comes to each who attends. */
async function inAGroup(allocationId: string): Promise<void> {
  const provider = as('provider:northern-pathways');
  const params = { allocationId };
  const { body: allocation } = await provider.must(endpoints.getAllocation, { params });
  const { body: group } = await provider.must(endpoints.planGroupSession, {
    idempotencyKey: randomUUID(),
    body: {
      serviceId: allocation.service.id,
      caseworkerId: `cw-${randomUUID()}`,
      outputRows: ['O9'],
      startsAt: '2090-01-02T10:00:00.000Z',
      durationMinutes: 60,
      mode: 'in-person',
      place: word('group-place'),
      places: 3,
    },
  });
  const seat = { purpose: 'session' as const, session: 2, groupId: group.id };
  const idempotencyKey = randomUUID();
  const { body: booked } = await provider.must(endpoints.bookAppointment, { params, idempotencyKey, body: seat });
  const { etag } = await provider.must(endpoints.getGroupSession, { params: { groupId: group.id } });
  await provider.must(endpoints.changeGroupSession, {
    params: { groupId: group.id },
    ifMatch: etag ?? '',
    body: { place: word('other-group-place'), reason: 'place-unavailable' },
  });
  const followed = await until('the appointment at the new place', async () => {
    const { body } = await provider.must(endpoints.listAppointments, { params, query: { limit: 100 } });
    return body.items.find(({ id, version }) => id === booked.id && version > 1);
  });
  await provider.must(endpoints.cancelAppointment, {
    params: { ...params, appointmentId: booked.id },
    ifMatch: `"${followed.version}"`,
    body: { reason: word('left-group') },
  });
}

/** E7: who is told which of the words about the risk, by whatever shows any. */
async function toldOfRisk(referralId: string): Promise<void> {
  const params = { referralId };
  const { body: list } = await world.as('practitioner').must(endpoints.listRiskReports, { params });
  const taskId = String(list.items[0]?.taskId);
  const words = async (name: string) => {
    const told: unknown[] = name === 'practitioner' ? [list] : [];
    for (const [contract, request] of [
      [endpoints.getReferral, { params }],
      [endpoints.getReferralHistory, { params, query: { limit: 100 } }],
      [endpoints.getTask, { params: { taskId } }],
      [endpoints.listRiskReports, { params }],
    ] as const) {
      const { ok, body } = await world.as(name).call(contract as EndpointContract, request as never);
      if (ok) told.push(body);
    }
    return wordsIn(JSON.stringify(told))
      .filter((one) => one.includes('risk'))
      .sort();
  };
  const own = (...names: string[]) => names.map((name) => `${mark}-${name}`);
  riskTold.practitioner = [
    await words('practitioner'),
    own('own-risk-concern', 'risk-concern', 'risk-note', 'risk-notice'),
  ];
  riskTold.provider = [await words('provider:northern-pathways'), own('risk-notice')];
  riskTold.declined = [await words('provider:thames-futures'), []];
  riskTold.operations = [await words('operations'), []];
}

/** Facts that are supplied later, an allocation by hand, operations, a withdrawal, and what is refused. */
async function otherEnds(): Promise<void> {
  const { practitioner } = world;
  const [caseSystem, operations] = [as('practitioner'), as('operations')];
  const incomplete = aMansReferral().with({ area: nobodyServes, person: null, reasonForReferral: null });
  const { id: referralId } = await practitioner.send(incomplete);
  referrals.push(referralId);
  const missing = await practitioner.task(referralId, 'missing-information');
  await noteTokens(referralId);
  await caseSystem.must(endpoints.respondToTask, {
    params: { taskId: missing.id },
    body: {
      person: { sex: 'male', dateOfBirth, accessibility: [word('late-accessibility')], interpreterLanguage: language },
      reasonForReferral: word('late-reason'),
    },
  });
  await practitioner.confirmComplexity(referralId);
  await whenReferral(practitioner, referralId, 'allocated by hand', ({ status }) => status === 'manual-allocation');
  await noteTokens(referralId);
  for (const contract of [endpoints.redrive, endpoints.release, endpoints.republish]) {
    await operations.must(contract, { body: { referralId, reason: word(contract.name) } });
  }
  const { etag } = await practitioner.read(referralId);
  await caseSystem.must(endpoints.withdrawReferral, {
    params: { referralId },
    ifMatch: etag,
    body: { reason: 'other', text: word('withdrawn') },
  });
  await practitioner.concluded(referralId);
  await operations.must(endpoints.reopenReferral, {
    params: { referralId },
    ifMatch: (await practitioner.read(referralId)).etag,
    body: { reason: word('reopened') },
  });
  const { id: byHand } = await practitioner.send(aMansReferral().with({ area: nobodyServes }));
  referrals.push(byHand);
  await practitioner.confirmComplexity(byHand);
  const taskId = await until('a manual allocation', async () => {
    // With those of all the other tests they are more than a page.
    let cursor: string | undefined;
    do {
      const query = { type: 'manual-allocation' as const, limit: 100, ...(cursor ? { cursor } : {}) };
      const { body } = await operations.must(endpoints.listTasks, { query });
      const found = body.items.find((task) => task.referralId === byHand);
      if (found) return found.id;
      cursor = body.cursor ?? undefined;
    } while (cursor);
    return undefined;
  });
  const close = { decision: 'close' as const, reason: word('closed') };
  await operations.must(endpoints.respondToTask, { params: { taskId }, body: close });

  const refused = `${mark}-refused`;
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const post = { as: 'practitioner', method: 'POST', path: '/v1/referrals', headers };
  for (const body of [
    `{"reasonForReferral":"${refused}"`,
    JSON.stringify({ ...facts, [refused]: refused }),
    JSON.stringify({ ...facts, area: refused }),
    JSON.stringify({ ...facts, person: { ...facts.person, ...characteristics } }),
    JSON.stringify({ ...facts, needs: [aNeed('accommodation'), aNeed('accommodation')], reasonForReferral: refused }),
    JSON.stringify({ ...facts, sentence: { ...facts.sentence, type: 'fine' }, reasonForReferral: refused }),
  ]) {
    expect((await world.raw({ ...post, body })).status).toBeGreaterThanOrEqual(400);
  }
  const path = `/v1/referrals/${referralId}/equality-monitoring`;
  const misspelt = { ...characteristics, ethnicity: refused };
  const put = { as: 'practitioner', method: 'PUT', path, headers, body: JSON.stringify(misspelt) };
  expect((await world.raw(put)).status).toBe(400);
  await world.raw({ as: 'practitioner', method: 'GET', path: `/v1/referrals/${refused}?crn=${refused}` });
}

/** What the one document tells that may hold every word: of each person, as JSON and as a page. */
const exported = { json: '', page: '' };
async function exportAll(): Promise<void> {
  for (const referralId of referrals) {
    const body = { referralId, reason: 'subject-access-request' as const };
    exported.json += JSON.stringify((await as('practitioner').must(endpoints.makeRecordExport, { body })).body);
    const page = await world.raw({
      as: 'practitioner',
      method: 'POST',
      path: endpoints.makeRecordExport.path,
      headers: { 'content-type': 'application/json', accept: 'text/html', 'x-on-behalf-of': onBehalfOf },
      body: JSON.stringify(body),
    });
    expect(page.status).toBe(200);
    exported.page += page.text;
  }
}

/** Which of the sown words stand in a text, and which of the tokens. */
const wordsIn = (text: string): string[] => [
  ...new Set([
    ...(text.match(new RegExp(`${mark}[-.a-z]*`, 'g')) ?? []),
    ...[dateOfBirth, language, criterion, ...ofEquality].filter((one) => text.includes(one)),
  ]),
];
/** The function that wrote a line of a log, as the runbook searches for it. */
const writerOf = (line: string): string | undefined => /"function_name":"([a-z-]+)"/.exec(line)?.[1];
const tokensIn = (text: string): number => [...tokens].filter((one) => text.includes(one)).length;

describe('What only the private table may hold', () => {
  it.each(['practitioner', 'provider', 'declined', 'operations'])(
    'of the risk is told to the %s as far as it may be (E7)',
    (role) => {
      const [told, may] = riskTold[role] ?? [];
      expect(told).toEqual(may);
    },
  );

  /** What somebody said and then said otherwise. */
  const replaced = [`${mark}-caseworker-reason`, `${mark}-place`, `${mark}-preferred-service`, `${mark}-group-place`];

  it('stands there, every word of it, and so do the tokens that were looked for', async () => {
    const kept = JSON.stringify(await tablesOf(world.stack).all(world.stack.privateTableName));
    const found = new Set(wordsIn(kept));
    const missing = [...sown].filter((one) => !found.has(one) && !replaced.includes(one));
    expect(missing).toEqual([]);
    expect(found).toContain(dateOfBirth);
    expect(found).toContain(language);
    expect(found).toContain(criterion);
    for (const one of ofEquality) expect(found).toContain(one);
    expect(tokens.size).toBeGreaterThan(8);
  });

  it('is in the export of the person, every word of it, as data and as a page (ADR 24)', () => {
    for (const text of Object.values(exported)) {
      const found = new Set(wordsIn(text));
      expect([...sown].filter((one) => !found.has(one) && !replaced.includes(one))).toEqual([]);
      for (const one of [dateOfBirth, language, criterion]) expect(found).toContain(one);
    }
    for (const one of ofEquality) expect(wordsIn(exported.json)).toContain(one);
  });

  it('is in no execution: neither its name, its input and output, nor anything in its history', async () => {
    const stepFunctions = new SFNClient(sdkConfig(world.stack.endpointUrl));
    let executions = 0;
    for (const referralId of referrals) {
      const { body } = await world.as('operations').must(endpoints.getReferral, { params: { referralId } });
      for (const { arn: executionArn } of (body as OperationsReferralView).executions) {
        const described = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
        const history: unknown[] = [described];
        const query = { executionArn, includeExecutionData: true };
        for await (const { events } of paginateGetExecutionHistory({ client: stepFunctions }, query))
          history.push(events);
        const text = JSON.stringify(history);
        const { crn } = body as OperationsReferralView;
        expect(text).toContain(referralId);
        expect({ executionArn, words: wordsIn(text), crn: text.includes(crn) }).toEqual({
          executionArn,
          words: [],
          crn: false,
        });
        executions += 1;
      }
    }
    expect(executions).toBeGreaterThanOrEqual(4);
  });

  it('is in no log, and no log has a token or a CRN', async () => {
    const logs = new CloudWatchLogsClient(sdkConfig(world.stack.endpointUrl));
    const searched: string[] = [];
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
      for (const { logGroupName } of logGroups) {
        const lines: string[] = [];
        const query = { logGroupName, startTime: startedAt };
        for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, query)) {
          for (const { message = '' } of events) lines.push(message);
        }
        searched.push(...lines.flatMap((line) => writerOf(line) ?? []).map((name) => `${logGroupName}: ${name}`));
        const text = lines.join('\n');
        expect({ logGroupName, words: wordsIn(text), tokens: tokensIn(text), crn: text.includes(facts.crn) }).toEqual({
          logGroupName,
          words: [],
          tokens: 0,
          crn: false,
        });
      }
    }
    const apiFunctions = [
      'make-record-export',
      'put-equality-monitoring',
      'send-referral',
      'respond-to-task',
      'record-feedback',
      'report-risk',
      'send-message',
      'write-case-note',
      'make-onward-link',
    ];
    for (const name of apiFunctions) expect(searched).toContain(`/aws/lambda/referrals-api: referrals-${name}`);
    for (const name of ['park', 'look', 'publish-events']) {
      expect(searched).toContain(`/aws/lambda/referrals-${name}: referrals-${name}`);
    }
  });

  it('is in no event, on the bus or in the feed', async () => {
    const events = await until('the last events on the bus', async () => {
      const own = listener.received.filter(({ referralId }) => referralId !== null && referrals.includes(referralId));
      const ended = own.filter(({ type }) => type === 'referral.concluded.v1');
      return ended.length >= referrals.length ? own : undefined;
    });
    expect(listener.misshapen).toEqual([]);
    const onTheBus = JSON.stringify(events);
    expect({ words: wordsIn(onTheBus), tokens: tokensIn(onTheBus) }).toEqual({ words: [], tokens: 0 });

    for (const name of ['practitioner', 'provider:northern-pathways', 'provider:thames-futures']) {
      const told: unknown[] = [];
      let after: string | undefined;
      for (;;) {
        const { body } = await world
          .as(name)
          .must(endpoints.listEvents, { query: { limit: 100, ...(after ? { after } : {}) } });
        told.push(...body.items);
        if (body.items.length === 0 || !body.cursor) break;
        after = body.cursor;
      }
      const text = JSON.stringify(told);
      expect(text).toContain(referrals[0]);
      expect({ name, words: wordsIn(text), tokens: tokensIn(text) }).toEqual({ name, words: [], tokens: 0 });
    }
  });

  it('of equality monitoring, it stands apart from all else that is held on the person', async () => {
    const tables = tablesOf(world.stack);
    const person = JSON.stringify(await tables.private(`CRN#${facts.crn}`));
    expect(ofEquality.filter((one) => person.includes(one))).toEqual([]);
    expect(await tables.private(`EQUALITY#${facts.crn}`)).toEqual([
      {
        pk: `EQUALITY#${facts.crn}`,
        sk: `REFERRAL#${referrals[0]}`,
        characteristics,
        recordedAt: expect.any(String),
        recordedBy: expect.objectContaining({ organisation: 'probation-service', person: onBehalfOf }),
      },
    ]);
  });

  it('is not in the record, save on whose behalf a thing was done', async () => {
    const text = JSON.stringify(await tablesOf(world.stack).all(world.stack.recordTableName));
    expect(text).toContain(facts.crn);
    expect({ words: wordsIn(text), tokens: tokensIn(text) }).toEqual({ words: [onBehalfOf], tokens: 0 });
  });

  it('no answer of the API has a token', () => {
    expect(answers.length).toBeGreaterThan(100);
    expect(answers.reduce((sum, { text }) => sum + tokensIn(text), 0)).toBe(0);
  });

  it('no answer of the API tells what was recorded for equality monitoring, but those of its own route and the export', () => {
    const telling = answers.filter(({ text }) => Object.values(characteristics).some((one) => text.includes(one)));
    expect(telling.length).toBeGreaterThanOrEqual(2);
    for (const { path } of telling) expect(path).toMatch(/\/(equality-monitoring|record-exports)$/);
  });
});
