import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { subDays } from 'date-fns';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../infra/local/actors.ts';
import type { RequestTo } from '../../infra/local/api-client.ts';
import { putRegistryEntry } from '../../infra/local/client-registry.ts';
import { clientNamed } from '../../infra/local/local-aws.ts';
import { sdkConfig } from '../../infra/local/local-only.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { allEndpoints, endpoints } from '../../shared/contracts/routes/index.ts';
import type { ServiceInput } from '../../shared/contracts/views/service.ts';
import { type Role, roles } from '../../shared/domain/vocabulary.ts';
import {
  aCrn,
  aMansReferral,
  aNeed,
  justNow,
  nobodyServes,
  outcomesOf,
  pathOf,
  planApproved,
  theWorld,
  type World,
  whenReferral,
} from './support/b-world.ts';

/** Architecture rule 9: identity comes from the token; 403 outside the role, 404 for what is not theirs. */

let world: World;
beforeAll(async () => {
  world = await theWorld();
});

/** One client of each role. */
const clientOf: Record<Role, string> = {
  practitioner: 'practitioner',
  provider: 'provider:northern-pathways',
  court: 'court',
  operations: 'operations',
  'contract-manager': 'contract-manager',
};

const rolesOf = ({ roles: allowed }: EndpointContract): readonly Role[] =>
  allowed === 'any' ? roles : allowed === 'public' ? [] : allowed;

describe.each(allEndpoints)('$method $path', (contract) => {
  const ask = (as?: string) =>
    world.raw({
      method: contract.method,
      path: pathOf(contract),
      ...(as ? { as } : {}),
      headers: { 'if-match': '"1"' },
    });

  it(contract.roles === 'public' ? 'needs no token' : 'answers 401 without a token', async () => {
    const { status, json } = await ask();
    if (contract.roles === 'public') return expect(status).toBe(200);
    expect(status).toBe(401);
    expect(json).toEqual({ message: 'Unauthorized' });
  });

  const outside = roles.filter((role) => contract.roles !== 'public' && !rolesOf(contract).includes(role));
  if (outside.length === 0) return;
  it(`answers 403 to ${outside.join(', ')}`, async () => {
    for (const role of outside) {
      const { status, json } = await ask(clientOf[role]);
      expect({ role, status, type: json?.type }).toEqual({ role, status: 403, type: '/problems/forbidden' });
    }
  });
});

describe('A client', () => {
  const registry = () => DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig(world.stack.endpointUrl)));

  it('that the registry does not know, or no longer, is refused with a valid token', async () => {
    const { clientId } = clientNamed(world.stack, 'unregistered');
    const Key = { pk: `CLIENT#${clientId}`, sk: 'CLIENT' };
    await registry().send(new DeleteCommand({ TableName: world.stack.recordTableName, Key }));
    const { status, json } = await world.raw({ as: 'unregistered', method: 'GET', path: '/v1/catalogue' });
    expect({ status, type: json?.type }).toEqual({ status: 403, type: '/problems/forbidden' });
  });

  it('whose token carries another scope than its role is refused, whichever of the two fits the route', async () => {
    const { clientId } = clientNamed(world.stack, 'wrong-scope');
    const entry = { clientId, organisation: 'northern-pathways', role: 'provider' } as const;
    await putRegistryEntry(registry(), world.stack.recordTableName, entry);
    for (const path of ['/v1/catalogue', '/v1/referrals', '/v1/tasks']) {
      const { status, json } = await world.raw({ as: 'wrong-scope', method: 'GET', path });
      expect({ status, type: json?.type }).toEqual({ status: 403, type: '/problems/forbidden' });
    }
  });

  it('whose token was tampered with is refused at the gateway', async () => {
    const { status } = await world.raw({
      method: 'GET',
      path: '/v1/catalogue',
      headers: { authorization: `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.` },
    });
    expect(status).toBe(401);
  });
});

/** Words and facts that only some may see, so that one that turns up elsewhere is recognised. */
const secret = {
  dateOfBirth: '1971-11-23',
  reasonForReferral: 'secret-reason-for-referral',
  preference: 'secret-preference',
  question: 'secret-question',
  information: 'secret-information',
  decline: 'secret-decline',
  accept: 'secret-acceptance',
  place: 'secret-place',
  caseworker: 'secret-caseworker',
  explainedBy: 'secret-explained-by',
  notes: 'secret-notes',
  plan: 'secret-plan',
  evidence: 'secret-evidence',
  nonEngagement: 'secret-non-engagement',
  amendment: 'secret-amendment',
  concern: 'secret-concern',
  riskNote: 'secret-risk-note',
  riskNotice: 'secret-risk-notice',
  toProvider: 'secret-to-provider',
  toPractitioner: 'secret-to-practitioner',
  caseNote: 'secret-case-note',
  sensitiveNote: 'secret-sensitive-note',
  onwardTo: 'secret-onward-to',
  onwardResult: 'secret-onward-result',
  /** A code that nothing else has: of equality monitoring, which nobody is told but by its own route. */
  ethnicity: 'white-gypsy-or-irish-traveller',
} as const;

describe('Every route, to whom its resource belongs and to whom it does not', () => {
  /** Which role has had a success from which route. */
  const succeeded = new Set<string>();
  const facts = aMansReferral('thames-accommodation').with({
    person: { dateOfBirth: secret.dateOfBirth },
    reasonForReferral: secret.reasonForReferral,
    needs: [
      {
        ...aNeed('accommodation'),
        preferredService: { id: 'thames-accommodation', reason: secret.preference },
      },
    ],
  });
  let referralId: string;
  let allocationId: string;

  const roleOf = (name: string): Role => (name.startsWith('provider:') ? 'provider' : (name as Role));

  /** What is not theirs does not exist for them; then its owner succeeds. */
  async function mine<C extends EndpointContract>(
    contract: C,
    owner: string,
    request: RequestTo<C>,
    strangers: string[] = [],
  ) {
    for (const stranger of strangers) {
      const key = request.idempotencyKey ? { idempotencyKey: randomUUID() } : {};
      const { status, body } = await world.as(stranger).call(contract, { ...request, ...key });
      const { type } = body as { type?: string };
      expect({ contract: contract.name, stranger, status, type }).toEqual({
        contract: contract.name,
        stranger,
        status: 404,
        type: '/problems/not-found',
      });
    }
    const answer = await world.as(owner).must(contract, request);
    succeeded.add(`${contract.name} ${roleOf(owner)}`);
    return answer;
  }

  const otherProvider = 'provider:cambrian-support';
  const thames = 'provider:thames-futures';
  const northern = 'provider:northern-pathways';
  const outsiders = ['other-practitioner', otherProvider];
  const etagOf = async (): Promise<string> => (await world.practitioner.read(referralId)).etag;

  async function openTask(owner: string, type: string): Promise<string> {
    return until(`${type} of ${referralId}`, async () => {
      // Operations see everyone's, which with all the other tests' are more than a page.
      let cursor: string | undefined;
      do {
        const query = { type: type as 'offer', limit: 100, ...(cursor ? { cursor } : {}) };
        const { body } = await world.as(owner).must(endpoints.listTasks, { query });
        const found = body.items.find((item) => item.referralId === referralId);
        if (found) return found.id;
        cursor = body.cursor ?? undefined;
      } while (cursor);
      return undefined;
    });
  }

  async function everyRoleReads(contract: EndpointContract, params: Record<string, string>, owners: string[]) {
    for (const owner of owners) await mine(contract, owner, { params } as never, outsiders);
  }

  /** What an actor is told of the referral by every route that it may read, as one text. */
  async function allThatIsToldTo(name: string): Promise<string> {
    const api = world.as(name);
    const told: unknown[] = [];
    const tell = async <C extends EndpointContract>(contract: C, request: RequestTo<C>) => {
      const { ok, body } = await api.call(contract, request);
      if (ok) told.push(body);
      return { ok, body };
    };
    const ofReferral = { params: { referralId } };
    await tell(endpoints.getReferral, ofReferral);
    await tell(endpoints.getReferralHistory, { ...ofReferral, query: { limit: 100 } });
    await tell(endpoints.listClocks, { ...ofReferral, query: { limit: 100 } });
    await tell(endpoints.listRankings, ofReferral);
    await tell(endpoints.listRiskReports, ofReferral);
    await tell(endpoints.listMessages, ofReferral);
    const { body: list } = await api.must(endpoints.listReferrals, { query: { limit: 100 } });
    told.push(list.items.filter(({ id }) => id === referralId));
    for (const status of ['open', 'answered', 'lapsed', 'withdrawn'] as const) {
      const { body } = await api.must(endpoints.listTasks, { query: { status, limit: 100 } });
      const own = body.items.filter((task) => task.referralId === referralId);
      told.push(own);
      for (const { id } of own) await tell(endpoints.getTask, { params: { taskId: id } });
    }
    if (allocationId) {
      const params = { allocationId };
      await tell(endpoints.getAllocation, { params });
      await tell(endpoints.getActionPlan, { params });
      await tell(endpoints.getEndOfServiceReport, { params });
      await tell(endpoints.listAppointments, { params });
      await tell(endpoints.listSessions, { params });
      await tell(endpoints.listCaseNotes, { params });
      await tell(endpoints.listOnwardLinks, { params });
    }
    let after: string | undefined;
    for (;;) {
      const { body } = await api.must(endpoints.listEvents, { query: { limit: 100, ...(after ? { after } : {}) } });
      told.push(body.items.filter((event) => event.referralId === referralId));
      if (body.items.length === 0 || !body.cursor) break;
      after = body.cursor;
    }
    return JSON.stringify(told);
  }

  /** Which of the secrets, and of what only the person's own workers know, stand in a text. */
  const toldOf = (text: string): string[] =>
    Object.entries({ ...secret, crn: facts.crn })
      .filter(([, value]) => text.includes(value))
      .map(([name]) => name);
  const keysOf = (value: unknown): string[] =>
    typeof value === 'object' && value !== null
      ? [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keysOf)]
      : [];

  it('any role reads the catalogue, the directory and its own events', async () => {
    for (const role of roles) {
      const owner = clientOf[role];
      await mine(endpoints.getCatalogue, owner, {});
      await mine(endpoints.listServices, owner, { query: { limit: 1 } });
      await mine(endpoints.listServiceChanges, owner, { query: { limit: 1 } });
      await mine(endpoints.getService, owner, { params: { serviceId: 'northern-accommodation' } });
      await mine(endpoints.listEvents, owner, { query: { limit: 1 } });
    }
  });

  it("a service is the contract manager's to describe, and its places its own provider's to state", async () => {
    const serviceId = `roles-${randomUUID().slice(0, 8)}`;
    const { body } = await world
      .as('court')
      .must(endpoints.getService, { params: { serviceId: 'northern-accommodation' } });
    const { id: _id, availability: _places, effectiveness: _figures, version: _version, ...described } = body;
    const service: ServiceInput = { ...described, areas: ['norfolk'] };
    const { etag } = await mine(endpoints.putService, 'contract-manager', {
      params: { serviceId },
      ifNoneMatch: '*',
      body: service,
    });
    await mine(
      endpoints.stateAvailability,
      northern,
      { params: { serviceId }, ifMatch: etag ?? '', body: { places: 1 } },
      [otherProvider, thames],
    );
  });

  it('a referral is sent, and read by its own case system and by operations', async () => {
    for (const role of ['practitioner', 'court']) await mine(endpoints.checkEligibility, role, { body: facts });
    const { body } = await mine(endpoints.sendReferral, 'practitioner', { body: facts, idempotencyKey: randomUUID() });
    referralId = body.id;
    const params = { referralId };
    await everyRoleReads(endpoints.getReferral, params, ['practitioner', 'operations']);
    await everyRoleReads(endpoints.getReferralHistory, params, ['practitioner', 'operations']);
    await everyRoleReads(endpoints.listClocks, params, ['practitioner', 'operations']);
    for (const name of ['other-practitioner', thames, northern, otherProvider]) {
      expect(await allThatIsToldTo(name)).not.toContain(referralId);
      for (const query of [{ crn: facts.crn }, { externalReference: 'CASE-1' }]) {
        const { body: found } = await world.as(name).must(endpoints.listReferrals, { query: { ...query, limit: 100 } });
        expect(found.items.map(({ id }) => id)).not.toContain(referralId);
      }
    }
  });

  it('a draft is seen, changed and sent by its own case system, and found by nobody else', async () => {
    const draft = { ...facts, crn: aCrn() };
    const { body: saved, etag } = await mine(endpoints.sendReferral, 'practitioner', {
      body: { ...draft, draft: true },
      idempotencyKey: randomUUID(),
    });
    const params = { referralId: saved.id };
    const everyoneElse = ['other-practitioner', thames, northern, otherProvider];
    await mine(endpoints.getReferral, 'practitioner', { params }, everyoneElse);
    const change = { params, body: draft, ifMatch: etag ?? '' };
    const changed = await mine(endpoints.changeDraft, 'practitioner', change, ['other-practitioner']);
    await mine(endpoints.submitDraft, 'practitioner', { params, ifMatch: changed.etag ?? '' }, ['other-practitioner']);
  });

  it('protected characteristics are recorded and read by its own case system, and by nobody else', async () => {
    const params = { referralId };
    const body = { ethnicity: secret.ethnicity };
    await mine(endpoints.putEqualityMonitoring, 'practitioner', { params, body }, ['other-practitioner']);
    const read = await mine(endpoints.getEqualityMonitoring, 'practitioner', { params }, ['other-practitioner']);
    expect(read.body).toMatchObject({ characteristics: body, recordedBy: { organisation: 'probation-service' } });
    for (const other of ['operations', 'court', 'contract-manager', thames, northern]) {
      for (const asked of [
        await world.as(other).call(endpoints.getEqualityMonitoring, { params }),
        await world.as(other).call(endpoints.putEqualityMonitoring, { params, body: {} }),
      ])
        expect({ other, status: asked.status }).toEqual({ other, status: 403 });
    }
    for (const name of ['practitioner', 'operations']) {
      expect(toldOf(await allThatIsToldTo(name))).not.toContain('ethnicity');
    }
  });

  it("a task is its owner's to answer; operations see it and may not", async () => {
    const taskId = await openTask('practitioner', 'complexity-confirmation');
    const params = { taskId };
    await everyRoleReads(endpoints.getTask, params, ['practitioner', 'operations']);
    const body = { needs: [{ need: 'accommodation', level: 'medium' }] } as const;
    const byOperations = await world
      .as('operations')
      .call(endpoints.respondToTask, { params, body: { needs: [...body.needs] } });
    expect(byOperations.status).toBe(403);
    await mine(endpoints.respondToTask, 'practitioner', { params, body: { needs: [...body.needs] } }, [
      ...outsiders,
      thames,
      northern,
    ]);
  });

  it('an offered provider is told what it needs to answer: no CRN, no birth date, nothing that somebody wrote', async () => {
    const taskId = await openTask(thames, 'offer');
    const params = { referralId };
    await mine(endpoints.getReferral, thames, { params }, [...outsiders, northern]);
    await mine(endpoints.getReferralHistory, thames, { params }, [...outsiders, northern]);
    await mine(endpoints.listClocks, thames, { params }, [...outsiders, northern]);
    await mine(endpoints.getTask, thames, { params: { taskId } }, [...outsiders, northern]);
    const { body } = await world.as(thames).must(endpoints.getReferral, { params });
    expect(Object.keys(body).sort()).toEqual(
      ['accessibility', 'ageBand', 'area', 'id', 'interpreterLanguage', 'links', 'needs', 'openTasks'].concat([
        'referenceNumber',
        'seriousHarm',
        'setting',
        'sex',
        'standing',
      ]),
    );
    await mine(endpoints.listRankings, 'practitioner', { params }, ['other-practitioner']);
    const { body: shown } = await mine(endpoints.listRankings, 'operations', { params });
    expect(shown.items[0]?.candidates.map(({ provider }) => provider.id)).toContain('northern-pathways');
    const text = await allThatIsToldTo(thames);
    expect(text).toContain(referralId);
    expect(text).not.toContain('"parts"');
    expect(toldOf(text)).toEqual([]);
    const keys = keysOf(JSON.parse(text));
    for (const key of ['person', 'dateOfBirth', 'reasonForReferral', 'practitioner', 'sentence', 'text', 'by.person']) {
      expect(keys).not.toContain(key);
    }
  });

  it('an offered provider cannot find out by searching what it may not see', async () => {
    const queries = [
      { crn: facts.crn },
      { externalReference: 'CASE-1' },
      { stage: 'provider-matching' },
      { status: 'offered' },
      { attention: 'false' },
    ] as const;
    for (const query of queries) {
      const { body } = await world.as(thames).must(endpoints.listReferrals, { query: { ...query, limit: 100 } });
      expect({ query, found: body.items.some(({ id }) => id === referralId) }).toEqual({ query, found: false });
    }
  });

  it('a question and its answer pass between the provider that asks and the practitioner, and to nobody else', async () => {
    const taskId = await openTask(thames, 'offer');
    await mine(
      endpoints.respondToTask,
      thames,
      { params: { taskId }, body: { decision: 'returned', text: secret.question } },
      [...outsiders, northern],
    );
    const returned = await openTask('practitioner', 'offer-returned');
    const { body } = await mine(endpoints.getTask, 'practitioner', { params: { taskId: returned } }, [
      ...outsiders,
      northern,
    ]);
    expect(body.subject).toMatchObject({ question: secret.question });
    const answer = { information: secret.information };
    await world.practitioner.answer(returned, answer);
    const again = await openTask(thames, 'offer');
    const { body: asked } = await world.as(thames).must(endpoints.getTask, { params: { taskId: again } });
    expect(asked.subject).toMatchObject({ information: secret.information });
    expect(toldOf(await allThatIsToldTo(thames)).sort()).toEqual(['information', 'question']);
    expect(toldOf(await allThatIsToldTo('operations'))).toEqual(['crn']);
  });

  it('a provider that declined sees its own answers and no more', async () => {
    const taskId = await openTask(thames, 'offer');
    await world.thames.answer(taskId, { decision: 'declined', reason: 'no-capacity', text: secret.decline });
    await openTask(northern, 'offer');
    const { body } = await world.as(thames).must(endpoints.getReferral, { params: { referralId } });
    expect(body).toEqual({
      standing: 'past',
      id: referralId,
      referenceNumber: expect.any(String),
      answers: [
        { taskId: expect.any(String), answer: 'returned', at: expect.any(String) },
        { taskId, answer: 'declined', at: expect.any(String) },
      ],
    });
    const text = await allThatIsToldTo(thames);
    expect(toldOf(text).sort()).toEqual(['decline', 'question']);
    expect(text).not.toContain('northern');
    expect(toldOf(await allThatIsToldTo(northern))).toEqual([]);
  });

  it('the provider that accepts is told who the person is; the others are not', async () => {
    const taskId = await openTask(northern, 'offer');
    await world.northern.answer(taskId, { decision: 'accepted', text: secret.accept });
    allocationId = await world.northern.allocationOf(referralId);
    const text = await allThatIsToldTo(northern);
    expect(toldOf(text).sort()).toEqual(['accept', 'crn', 'dateOfBirth', 'reasonForReferral']);
    const keys = keysOf(JSON.parse(text));
    for (const key of [
      'externalReference',
      'score',
      'possibleDuplicates',
      'attention',
      'executions',
      'preferredService',
    ]) {
      expect(keys).not.toContain(key);
    }
    expect(toldOf(await allThatIsToldTo(thames)).sort()).toEqual(['decline', 'question']);
    for (const query of [{ externalReference: 'CASE-1' }, { attention: 'false' }] as const) {
      const { body } = await world.as(northern).must(endpoints.listReferrals, { query: { ...query, limit: 100 } });
      expect({ query, found: body.items.some(({ id }) => id === referralId) }).toEqual({ query, found: false });
    }
    const { body } = await world.as(northern).must(endpoints.listReferrals, { query: { crn: facts.crn } });
    expect(body.items.map(({ id }) => id)).toContain(referralId);
  });

  it('changes of the referral are its own case system’s', async () => {
    const params = { referralId };
    const amendment = { changes: { risk: { seriousHarm: 'high' as const } }, reason: secret.amendment };
    await mine(endpoints.amendReferral, 'practitioner', { params, ifMatch: await etagOf(), body: amendment }, [
      'other-practitioner',
    ]);
    const pause = { params, ifMatch: await etagOf(), body: { reason: 'hospital' as const } };
    await mine(endpoints.pauseReferral, 'practitioner', pause, ['other-practitioner']);
    await mine(endpoints.resumeReferral, 'practitioner', { params, ifMatch: await etagOf() }, ['other-practitioner']);
    const extension = { params, ifMatch: await etagOf(), body: { endDate: '2029-01-31', reason: secret.amendment } };
    await mine(endpoints.extendReferral, 'practitioner', extension, ['other-practitioner']);
  });

  it("an allocation is its own provider's to work on, and its practitioner's and operations' to read", async () => {
    const params = { allocationId };
    const strangers = [otherProvider, thames];
    const everyone = [northern, 'practitioner', 'operations'];
    const readers = [...outsiders, thames];
    const etag = async () => (await world.as(northern).must(endpoints.getAllocation, { params })).etag ?? '';
    for (const reader of everyone) await mine(endpoints.getAllocation, reader, { params }, readers);

    const caseworker = { id: `cw-${allocationId}`, name: secret.caseworker };
    await mine(endpoints.assignCaseworker, northern, { params, ifMatch: await etag(), body: caseworker }, strangers);
    const engagement = {
      acceptedAt: justNow().toISOString(),
      explainedBy: secret.explainedBy,
      language: 'en',
      format: 'spoken' as const,
    };
    await mine(endpoints.acceptEngagement, northern, { params, ifMatch: await etag(), body: engagement }, strangers);

    const booking = {
      purpose: 'supplier-assessment' as const,
      startsAt: justNow().toISOString(),
      durationMinutes: 30,
      mode: 'in-person' as const,
      place: secret.place,
    };
    const book = (changes = {}) => ({ params, idempotencyKey: randomUUID(), body: { ...booking, ...changes } });
    const dayBefore = { startsAt: subDays(justNow(), 1).toISOString() };
    const kept = await mine(endpoints.bookAppointment, northern, book(), strangers);
    const dropped = await mine(endpoints.bookAppointment, northern, book(dayBefore), strangers);
    const droppedParams = { allocationId, appointmentId: dropped.body.id };
    const cancellation = {
      params: droppedParams,
      ifMatch: dropped.etag ?? '',
      body: { reasonCode: 'not-needed' as const },
    };
    await mine(endpoints.cancelAppointment, northern, cancellation, strangers);
    const keptParams = { allocationId, appointmentId: kept.body.id };
    const moved = await mine(
      endpoints.changeAppointment,
      northern,
      {
        params: keptParams,
        ifMatch: kept.etag ?? '',
        body: { place: secret.place, reason: 'Other room', requestedBy: 'provider' },
      },
      strangers,
    );
    for (const reader of everyone) await mine(endpoints.listAppointments, reader, { params }, readers);
    await mine(
      endpoints.recordFeedback,
      northern,
      {
        params: keptParams,
        ifMatch: moved.etag ?? '',
        body: { attendance: 'yes', activities: [], rarDay: true, notes: secret.notes },
      },
      strangers,
    );

    const plan = {
      sessions: 1,
      activities: [
        {
          id: 'a-1',
          need: 'accommodation' as const,
          desiredOutcomes: [],
          outputRow: 'O9' as const,
          description: secret.plan,
        },
      ],
    };
    await mine(endpoints.putActionPlan, northern, { params, ifMatch: await etag(), body: plan }, strangers);
    for (const reader of everyone) await mine(endpoints.getActionPlan, reader, { params }, readers);
    await mine(endpoints.submitActionPlan, northern, { params, ifMatch: await etag() }, strangers);
    for (const reader of everyone) await mine(endpoints.listSessions, reader, { params }, readers);
    const approval = await openTask('practitioner', 'action-plan-approval');
    await world.practitioner.answer(approval, { decision: 'approved' });

    for (const _twice of [1, 2]) {
      const body = { ...booking, purpose: 'session' as const, session: 1 };
      const { body: missed, etag: version } = await world
        .as(northern)
        .must(endpoints.bookAppointment, { params, idempotencyKey: randomUUID(), body });
      await world.as(northern).must(endpoints.recordFeedback, {
        params: { allocationId, appointmentId: missed.id },
        ifMatch: version ?? '',
        body: { attendance: 'no', activities: [], rarDay: false, notes: secret.notes },
      });
    }
    const engaging = await openTask('practitioner', 'non-engagement');
    await mine(endpoints.getTask, 'practitioner', { params: { taskId: engaging } }, [...outsiders, northern]);
    await mine(
      endpoints.respondToTask,
      'practitioner',
      { params: { taskId: engaging }, body: { decision: 'continue', reason: secret.nonEngagement } },
      [...outsiders, northern],
    );

    const completion = { params, ifMatch: await etag(), body: { reason: 'plan-completed' as const } };
    await mine(endpoints.completeDelivery, northern, completion, strangers);
    const report = {
      outcomes: outcomesOf(facts).map((id) => ({ id, level: 'achieved' as const, evidence: secret.evidence })),
    };
    await mine(endpoints.putEndOfServiceReport, northern, { params, ifMatch: await etag(), body: report }, strangers);
    for (const reader of everyone) await mine(endpoints.getEndOfServiceReport, reader, { params }, readers);
    await mine(endpoints.submitEndOfServiceReport, northern, { params, ifMatch: await etag() }, strangers);
  });

  it('L4: a group session is its provider’s own, whoever may attend', async () => {
    const { body: own } = await world.as(northern).must(endpoints.getAllocation, { params: { allocationId } });
    const session = {
      serviceId: own.service.id,
      caseworkerId: `cw-${randomUUID()}`,
      outputRows: ['O9' as const],
      startsAt: '2090-01-02T10:00:00.000Z',
      durationMinutes: 60,
      mode: 'phone' as const,
      places: 3,
    };
    const planned = await mine(endpoints.planGroupSession, northern, { idempotencyKey: randomUUID(), body: session });
    const params = { groupId: planned.body.id };
    const strangers = [otherProvider, thames];
    await mine(endpoints.getGroupSession, northern, { params }, strangers);
    const { body } = await mine(endpoints.listGroupSessions, northern, {
      query: { from: session.startsAt, limit: 100 },
    });
    expect(body.items.map(({ id }) => id)).toContain(planned.body.id);
    for (const stranger of strangers) {
      const { items } = (await world.as(stranger).must(endpoints.listGroupSessions, {})).body;
      expect(items.map(({ id }) => id)).not.toContain(planned.body.id);
    }
    const change = { params, ifMatch: planned.etag ?? '', body: { places: 4, reason: 'other' as const } };
    const changed = await mine(endpoints.changeGroupSession, northern, change, strangers);
    const cancellation = { params, ifMatch: changed.etag ?? '', body: { reason: 'other' as const } };
    await mine(endpoints.cancelGroupSession, northern, cancellation, strangers);
  });

  it('O1, O2: messages pass between the practitioner and the provider at work, and nobody else reads them', async () => {
    const params = { referralId };
    const send = (body: { to: 'practitioner' | { allocationId: string }; text: string }) => ({
      params,
      idempotencyKey: randomUUID(),
      body,
    });
    const strangers = [...outsiders, thames];
    const toProvider = send({ to: { allocationId }, text: secret.toProvider });
    const toPractitioner = send({ to: 'practitioner', text: secret.toPractitioner });
    const { body: first } = await mine(endpoints.sendMessage, 'practitioner', toProvider, strangers);
    const { body: second } = await mine(endpoints.sendMessage, northern, toPractitioner, strangers);
    for (const [reader, { id }] of [
      [northern, first],
      ['practitioner', second],
    ] as const) {
      const { body } = await mine(endpoints.listMessages, reader, { params }, strangers);
      expect(body.items.map(({ text }) => text)).toEqual([secret.toPractitioner, secret.toProvider]);
      await mine(endpoints.readMessage, reader, { params: { referralId, messageId: id } }, strangers);
    }
    const newest = await world.as(northern).must(endpoints.listMessages, { params, query: { limit: 1 } });
    const cursor = newest.body.cursor ?? '';
    const rest = await world.as(northern).must(endpoints.listMessages, { params, query: { limit: 1, cursor } });
    expect([...newest.body.items, ...rest.body.items].map(({ id }) => id)).toEqual([second.id, first.id]);
    const bySender = await world
      .as('practitioner')
      .call(endpoints.readMessage, { params: { referralId, messageId: first.id } });
    expect(bySender.status).toBe(403);
  });

  it('O6, O14: notes and onward links are for who works with the person, sensitive ones for few of them', async () => {
    const params = { allocationId };
    const strangers = [...outsiders, thames];
    const write = (text: string, outputRow?: 'O14') => ({
      params,
      idempotencyKey: randomUUID(),
      headers: { 'x-on-behalf-of': 'worker-1' },
      body: { subject: 'A call', text, ...(outputRow ? { outputRow } : {}) },
    });
    await mine(endpoints.writeCaseNote, northern, write(secret.caseNote), [otherProvider, thames]);
    await world.as(northern).must(endpoints.writeCaseNote, write(secret.sensitiveNote, 'O14'));
    for (const reader of [northern, 'practitioner']) {
      const { body } = await mine(endpoints.listCaseNotes, reader, { params }, strangers);
      expect(body.items).toMatchObject([{ withheld: true }, { withheld: false, text: secret.caseNote }]);
    }
    const oldest = async (query: { limit: number; cursor?: string }): Promise<string> => {
      const { body } = await world.as(northern).must(endpoints.listCaseNotes, { params, query });
      return body.cursor ? oldest({ ...query, cursor: body.cursor }) : JSON.stringify(body.items);
    };
    expect(await oldest({ limit: 1 })).toContain(secret.caseNote);
    for (const [reader, person, isShown] of [
      [northern, 'worker-1', true],
      [northern, `cw-${params.allocationId}`, true],
      [northern, 'worker-2', false],
      ['practitioner', facts.practitioner?.id ?? '', true],
      ['practitioner', 'worker-1', false],
    ] as const) {
      const headers = { 'x-on-behalf-of': person };
      const { body } = await world.as(reader).must(endpoints.listCaseNotes, { params, headers });
      expect({ person, isShown: JSON.stringify(body).includes(secret.sensitiveNote) }).toEqual({ person, isShown });
    }

    const link = { organisation: secret.onwardTo, kind: 'supported' as const, need: 'accommodation' as const };
    const made = await mine(
      endpoints.makeOnwardLink,
      northern,
      { params, idempotencyKey: randomUUID(), body: { ...link, followUpOn: '2099-01-01' } },
      [otherProvider, thames],
    );
    const followUp = {
      params: { allocationId, linkId: made.body.id },
      ifMatch: made.etag ?? '',
      body: { followedUpAt: justNow().toISOString(), result: secret.onwardResult },
    };
    await mine(endpoints.followUpOnwardLink, northern, followUp, [otherProvider, thames]);
    for (const reader of [northern, 'practitioner', 'operations'])
      await mine(endpoints.listOnwardLinks, reader, { params }, strangers);
  });

  it('E7: a risk is reported by whoever has a part in it, and what was said is for its practitioner to read', async () => {
    const params = { referralId };
    const report = () => ({
      params,
      idempotencyKey: randomUUID(),
      body: { concern: secret.concern, observedAt: justNow().toISOString() },
    });
    await mine(endpoints.reportRisk, northern, report(), outsiders);
    await mine(endpoints.reportRisk, 'practitioner', report(), outsiders);
    const { body } = await mine(endpoints.listRiskReports, 'practitioner', { params }, ['other-practitioner']);
    expect(body.items).toMatchObject([
      { concern: secret.concern, reportedBy: 'practitioner' },
      { concern: secret.concern, reportedBy: 'provider', organisation: 'northern-pathways' },
    ]);
    const taskId = await openTask('practitioner', 'risk-reassessment');
    await mine(endpoints.getTask, 'practitioner', { params: { taskId } }, [...outsiders, northern]);
    const answer = {
      seriousHarm: 'very-high' as const,
      note: secret.riskNote,
      forProviders: secret.riskNotice,
      considered: String(body.items[0]?.id),
    };
    await mine(endpoints.respondToTask, 'practitioner', { params: { taskId }, body: answer }, [...outsiders, northern]);
    const { body: own } = await world.as(northern).must(endpoints.getReferral, { params });
    expect(own).toMatchObject({
      caseResponsibility: 'high-risk-management',
      riskNotice: { seriousHarm: 'very-high', text: secret.riskNotice },
    });
  });

  it('operations read no person, and nothing that anybody wrote', async () => {
    expect(toldOf(await allThatIsToldTo('operations'))).toEqual(['crn']);
    const { body } = await world.as('operations').must(endpoints.getReferral, { params: { referralId } });
    const keys = keysOf(body);
    for (const key of [
      'person',
      'sex',
      'dateOfBirth',
      'accessibility',
      'indicators',
      'reasonForReferral',
      'override',
    ]) {
      expect(keys).not.toContain(key);
    }
    expect(keys).toEqual(expect.arrayContaining(['attention', 'executions']));
  });

  it('who works with the person reads what was written, and each only the own part', async () => {
    const byProvider = ['caseworker', 'explainedBy', 'plan', 'evidence', 'caseNote', 'onwardTo', 'onwardResult'].concat(
      ['toProvider', 'toPractitioner'],
    );
    const told = toldOf(await allThatIsToldTo('practitioner'));
    expect(told).toEqual(
      expect.arrayContaining([
        ...byProvider,
        'crn',
        'dateOfBirth',
        'reasonForReferral',
        'preference',
        'concern',
        'riskNote',
        'riskNotice',
        'nonEngagement',
      ]),
    );
    const own = toldOf(await allThatIsToldTo(northern));
    expect(own).toEqual(
      expect.arrayContaining([...byProvider, 'accept', 'crn', 'dateOfBirth', 'reasonForReferral', 'riskNotice']),
    );
    const notTheirs = ['question', 'information', 'decline', 'preference', 'amendment', 'concern', 'riskNote'];
    for (const word of [...notTheirs, 'nonEngagement']) expect(own).not.toContain(word);
    for (const text of [told, own]) expect(text).not.toContain('sensitiveNote');
    expect(toldOf(await allThatIsToldTo(thames)).sort()).toEqual(['decline', 'question']);
    expect(toldOf(await allThatIsToldTo(otherProvider))).toEqual([]);
    expect(toldOf(await allThatIsToldTo('other-practitioner'))).toEqual([]);
  });

  it('who acted is told by name to the own organisation and to operations only', async () => {
    const person = `pp-${randomUUID().slice(0, 8)}`;
    const { etag } = await world.practitioner.read(referralId);
    const request = {
      params: { referralId },
      ifMatch: etag,
      body: { changes: { externalReference: 'CASE-2' }, reason: 'Renumbered' },
      headers: { 'x-on-behalf-of': person },
    };
    await world.as('practitioner').must(endpoints.amendReferral, request);
    const historyOf = async (name: string) =>
      JSON.stringify(
        (await world.as(name).must(endpoints.getReferralHistory, { params: { referralId }, query: { limit: 100 } }))
          .body,
      );
    expect(await historyOf('practitioner')).toContain(person);
    expect(await historyOf('operations')).toContain(person);
    expect(await historyOf(northern)).not.toContain(person);
    const invalid = await world.as('practitioner').call(endpoints.amendReferral, {
      ...request,
      headers: { 'x-on-behalf-of': 'A name, in full' },
    });
    expect(invalid.status).toBe(400);
  });

  it('operations keep a referral moving, and allocate by hand what matching could not', async () => {
    for (const contract of [endpoints.redrive, endpoints.release, endpoints.republish]) {
      await mine(contract, 'operations', { body: { referralId, reason: 'To see that it works' } });
      const unknown = await world
        .as('operations')
        .call(contract, { body: { referralId: randomUUID(), reason: 'None' } });
      expect(unknown.status).toBe(404);
    }
    const nowhere = await world.practitioner.send(
      aMansReferral().with({ area: nobodyServes, needs: [aNeed('emotional-wellbeing')] }),
    );
    await world.practitioner.confirmComplexity(nowhere.id);
    await whenReferral(
      world.practitioner,
      nowhere.id,
      'allocated by hand',
      ({ status }) => status === 'manual-allocation',
    );
    referralId = nowhere.id;
    const taskId = await openTask('operations', 'manual-allocation');
    const answer = { decision: 'close' as const, reason: 'No service there' };
    await mine(endpoints.respondToTask, 'operations', { params: { taskId }, body: answer }, [
      ...outsiders,
      'practitioner',
      northern,
    ]);
  });

  it('a referral is withdrawn by its own case system', async () => {
    const sent = await world.practitioner.send(aMansReferral());
    // Until it has been taken up, its version still moves.
    await world.practitioner.task(sent.id, 'complexity-confirmation');
    const { etag } = await world.practitioner.read(sent.id);
    const withdrawal = { params: { referralId: sent.id }, ifMatch: etag, body: { reason: 'moved' as const } };
    await mine(endpoints.withdrawReferral, 'practitioner', withdrawal, ['other-practitioner']);
    const reopening = { params: { referralId: sent.id }, ifMatch: (await world.practitioner.read(sent.id)).etag };
    await mine(endpoints.reopenReferral, 'operations', { ...reopening, body: { reason: 'By mistake' } });
  });

  it('a referral is transferred by its own case system', async () => {
    const { id } = await world.practitioner.send(aMansReferral());
    await world.practitioner.confirmComplexity(id);
    await world.northern.acceptOffer(id);
    const { etag } = await world.practitioner.read(id);
    const transfer = { params: { referralId: id }, ifMatch: etag, body: { area: 'gwent' as const, reason: 'Moved' } };
    await mine(endpoints.transferReferral, 'practitioner', transfer, ['other-practitioner']);
  });

  it('a delivery is ended early by its own case system', async () => {
    const { id } = await world.practitioner.send(aMansReferral());
    await world.practitioner.confirmComplexity(id);
    await planApproved(world.practitioner, world.northern, id, 1);
    const { etag } = await world.practitioner.read(id);
    const end = { params: { referralId: id }, ifMatch: etag, body: { reason: 'moved' as const } };
    await mine(endpoints.endReferralEarly, 'practitioner', end, ['other-practitioner']);
  });

  it("a webhook is its organisation's own; operations see how it stands, and may replay or remove it", async () => {
    // Nobody listens there.
    const body = { url: 'http://127.0.0.1:9/' };
    for (const [owner, organisation] of [
      ['practitioner', 'probation-service'],
      [thames, 'thames-futures'],
    ] as const) {
      const query = { organisation };
      await mine(endpoints.putWebhook, owner, { body });
      await mine(endpoints.rotateWebhookSecret, owner, {}, ['other-practitioner', otherProvider]);
      for (const reader of [owner, 'operations']) {
        await mine(endpoints.getWebhook, reader, { query }, outsiders);
        await mine(endpoints.listDeadLetters, reader, { query }, outsiders);
        await mine(endpoints.replayDeadLetters, reader, { body: query }, outsiders);
      }
      await mine(endpoints.removeWebhook, owner, { body: query }, outsiders);
      await mine(endpoints.putWebhook, owner, { body });
      await mine(endpoints.removeWebhook, 'operations', { body: query }, outsiders);
    }
    await mine(endpoints.listWebhooks, 'operations', {});
    const { status } = await world.as('operations').call(endpoints.getWebhook, {});
    expect(status).toBe(400);
  });

  it('what is held on a person is exported by the case system that sent it, and held by operations', async () => {
    const { id, crn } = await world.practitioner.send(aMansReferral());
    for (const who of [{ crn }, { referralId: id }]) {
      const request = { body: { ...who, reason: 'complaint' as const }, headers: { 'x-on-behalf-of': 'pp-1' } };
      await mine(endpoints.makeRecordExport, 'practitioner', request, ['other-practitioner']);
    }
    for (const held of [true, false]) {
      await mine(endpoints.putLegalHold, 'operations', { body: { crn, held, reason: 'inquiry' } });
    }
  });

  it('lists show each role its own', async () => {
    for (const role of ['practitioner', 'provider', 'operations'] as const) {
      await mine(endpoints.listReferrals, clientOf[role], { query: { limit: 1 } });
      await mine(endpoints.listTasks, clientOf[role], { query: { limit: 1 } });
    }
  });

  it('no route was left out for any of its roles', () => {
    const expected = allEndpoints.flatMap((contract) => rolesOf(contract).map((role) => `${contract.name} ${role}`));
    expect([...succeeded].sort()).toEqual(expected.sort());
  });
});
