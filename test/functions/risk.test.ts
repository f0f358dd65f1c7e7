import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import { getReferral } from '../../functions/api/get-referral.ts';
import { getReferralHistory } from '../../functions/api/get-referral-history.ts';
import { getTask } from '../../functions/api/get-task.ts';
import { listEvents } from '../../functions/api/list-events.ts';
import { listRiskReports } from '../../functions/api/list-risk-reports.ts';
import { reportRisk } from '../../functions/api/report-risk.ts';
import { respondToTask } from '../../functions/api/respond-to-task.ts';
import { sendReferral } from '../../functions/api/send-referral.ts';
import { sweep } from '../../functions/events/sweep.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { pauseReferral, withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { makeOffers } from '../../shared/domain/commands/make-offers.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { at } from '../builders/times.ts';
import { type Answered, type Asking, ask, registered } from './request.ts';

const concern = 'Has bought a knife';
const everyone = ['north-case-system', 'system-of-a', 'operations-console'];

/** A referral, and what each side says and sees of its risk. */
class Risk {
  readonly memory = registered(new Memory());
  referralId = '';

  get params() {
    return { referralId: this.referralId };
  }

  taskOf(type: TaskType): string {
    return [...this.memory.taskRecords.values()].findLast((task) => task.type === type)?.id ?? '';
  }

  get reassessment(): string {
    return this.taskOf('risk-reassessment');
  }

  does<C>(decide: Decide<C>, command: C) {
    return this.memory.referrals.execute(
      this.referralId,
      { confidential: true },
      (state, context) => decide(state, command, context),
      { by: { organisation: 'system', client: 'referral-lifecycle' } },
    );
  }

  async sent(): Promise<this> {
    const headers = { 'idempotency-key': 'sent' };
    const { body } = await ask(sendReferral(this.memory), endpoints.sendReferral, { body: aReferral(), headers });
    this.referralId = String(body.id);
    return this;
  }

  async offered(): Promise<this> {
    await this.sent();
    await this.does(recommendComplexity, {});
    const needs = [{ need: 'accommodation' as const, level: 'medium' as const }];
    await this.does(confirmComplexity, { taskId: this.taskOf('complexity-confirmation'), needs });
    await this.does(makeOffers, { services: [serviceOf('provider-a')] });
    return this;
  }

  async accepted(): Promise<this> {
    await this.offered();
    await this.does(answerOffer, { taskId: this.taskOf('offer'), answer: { decision: 'accepted' } });
    return this;
  }

  report = (as = 'system-of-a', asking: Asking = {}): Promise<Answered> =>
    ask(reportRisk(this.memory), endpoints.reportRisk, {
      as,
      params: this.params,
      body: { concern, observedAt: this.memory.now.toISOString() },
      headers: { 'idempotency-key': 'reported' },
      ...asking,
    });

  list = (as = 'north-case-system', query: Record<string, string> = {}): Promise<Answered> =>
    ask(listRiskReports(this.memory), endpoints.listRiskReports, { as, params: this.params, query });

  task = (as = 'north-case-system', taskId = this.reassessment): Promise<Answered> =>
    ask(getTask(this.memory), endpoints.getTask, { as, params: { taskId } });

  respond = (body: object, taskId = this.reassessment): Promise<Answered> =>
    ask(respondToTask(this.memory), endpoints.respondToTask, { params: { taskId }, body });

  read = (as: string): Promise<Answered> =>
    ask(getReferral(this.memory), endpoints.getReferral, { as, params: this.params });

  events = (as: string): Promise<Answered> => ask(listEvents(this.memory), endpoints.listEvents, { as });
}

describe('E7: a report of risk', () => {
  it('is taken from a provider that is asked, and says no more than that it was', async () => {
    const risk = await new Risk().offered();
    const { status, body } = await risk.report();
    expect(status).toBe(202);
    expect(endpoints.reportRisk.responses[202].safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ referralId: risk.referralId, taskId: risk.reassessment });
  });

  it('again under its key is the same report with the same reply; another body is refused', async () => {
    const risk = await new Risk().accepted();
    const first = await risk.report();
    expect(await risk.report()).toEqual(first);
    expect((await risk.list()).body.items).toHaveLength(1);
    const other = { concern: 'Another', observedAt: risk.memory.now.toISOString() };
    expect(await risk.report('system-of-a', { body: other })).toMatchObject({ status: 422 });
  });

  it('needs its key, and an observation that has been made', async () => {
    const risk = await new Risk().accepted();
    expect(await risk.report('system-of-a', { headers: {} })).toMatchObject({ status: 400 });
    const observedAt = '2026-06-15T10:00:00.000Z';
    expect(await risk.report('system-of-a', { body: { concern, observedAt } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/observedAt', rule: 'E7' }] },
    });
    expect(risk.reassessment).toBe('');
  });

  it('is for whoever sent the referral or has a part in it: to others it does not exist', async () => {
    const risk = await new Risk().offered();
    for (const stranger of ['south-case-system', 'system-of-b'])
      expect(await risk.report(stranger)).toMatchObject({ status: 404 });
    for (const outside of ['operations-console', 'court-reports', 'contract-office'])
      expect(await risk.report(outside)).toMatchObject({ status: 403 });
    await risk.does(answerOffer, { taskId: risk.taskOf('offer'), answer: { decision: 'declined', reason: 'other' } });
    // What it has learnt while it was asked is worth hearing, whatever it answered.
    expect(await risk.report('system-of-a')).toMatchObject({ status: 202 });
    expect(await risk.report('north-case-system')).toMatchObject({ status: 202 });
  });

  it('is taken long after the conclusion too, from a provider that no longer sees the referral', async () => {
    const risk = await new Risk().accepted();
    await risk.does(withdrawReferral, { reason: 'moved' });
    risk.memory.now = at('2027-06-15T09:00:00Z');
    expect(await risk.report()).toMatchObject({ status: 202 });
    expect((await risk.read('north-case-system')).body).toMatchObject({
      stage: 'concluded',
      openTasks: [{ type: 'risk-reassessment' }],
    });
  });
});

describe('E7: what was reported', () => {
  it('is read by the practitioner, in the task and in a list, the latest first', async () => {
    const risk = await new Risk().accepted();
    await risk.report();
    const { id: taskId } = (await risk.task()).body;
    risk.memory.now = at('2026-06-15T10:00:00Z');
    const own = { concern: 'Is seen near the school', observedAt: '2026-06-14T20:00:00.000Z' };
    await risk.report('north-case-system', { body: own });
    const { body } = await risk.task();
    expect(endpoints.getTask.responses[200].safeParse(body).error).toBeUndefined();
    const reports = [
      { ...own, reportedBy: 'practitioner', organisation: 'north-probation', reportedAt: '2026-06-15T10:00:00.000Z' },
      { concern, reportedBy: 'provider', organisation: 'provider-a' },
    ];
    expect(body).toMatchObject({ id: taskId, subject: { seriousHarm: 'medium', reports } });
    const all = await risk.list();
    expect(endpoints.listRiskReports.responses[200].safeParse(all.body).error).toBeUndefined();
    expect(all.body.items).toMatchObject(reports.map((report) => ({ ...report, taskId })));
    const first = await risk.list('north-case-system', { limit: '1' });
    const second = await risk.list('north-case-system', { limit: '1', cursor: String(first.body.cursor) });
    expect([first.body.items, second.body.items]).toMatchObject([[own], [{ concern }]]);
  });

  it('is of its own reassessment in the task, and of all of them in the list', async () => {
    const risk = await new Risk().accepted();
    await risk.report();
    await risk.respond({ seriousHarm: 'medium' });
    const again = { concern: 'Again', observedAt: risk.memory.now.toISOString() };
    await risk.report('north-case-system', { body: again });
    expect((await risk.task()).body.subject).toMatchObject({ reports: [{ concern: 'Again' }] });
    expect((await risk.list()).body.items).toHaveLength(2);
  });

  it('is read by nobody else', async () => {
    const risk = await new Risk().accepted();
    await risk.report();
    await risk.respond({ seriousHarm: 'high', note: 'For us alone' });
    const another = { concern: 'Again a knife', observedAt: risk.memory.now.toISOString() };
    await risk.report('north-case-system', { body: another });
    expect(await risk.list('south-case-system')).toMatchObject({ status: 404 });
    for (const as of ['system-of-a', 'operations-console']) expect(await risk.list(as)).toMatchObject({ status: 403 });
    expect(await risk.task('system-of-a')).toMatchObject({ status: 404 });
    const toOperations = await risk.task('operations-console');
    expect(toOperations.body.subject).toEqual({ seriousHarm: 'high' });
    const told = [toOperations, await risk.events('system-of-a'), await risk.events('north-case-system')];
    for (const as of everyone) {
      told.push(await risk.read(as));
      told.push(await ask(getReferralHistory(risk.memory), endpoints.getReferralHistory, { as, params: risk.params }));
    }
    for (const word of ['knife', 'For us alone']) expect(JSON.stringify(told)).not.toContain(word);
  });
});

describe('E7: the reassessment', () => {
  const answer = { seriousHarm: 'high', note: 'For us alone', forProviders: 'Meet her in pairs' };

  it('is answered once: the same again gets the same reply, another is refused', async () => {
    const risk = await new Risk().accepted();
    await risk.report();
    const first = await risk.respond(answer);
    expect(first).toMatchObject({ status: 202, body: { status: 'answered', subject: null, answer } });
    expect(await risk.respond(answer)).toEqual(first);
    expect(await risk.respond({ seriousHarm: 'low' })).toMatchObject({
      status: 409,
      body: { type: '/problems/already-answered-differently' },
    });
  });

  it('tells a provider that works with the person what it must know, and everyone who answers for the case', async () => {
    const risk = await new Risk().accepted();
    await risk.report();
    await risk.respond(answer);
    const toProvider = await risk.read('system-of-a');
    expect(endpoints.getReferral.responses[200].safeParse(toProvider.body).error).toBeUndefined();
    expect(toProvider.body).toMatchObject({
      riskNotice: { seriousHarm: 'high', at: risk.memory.now.toISOString(), text: 'Meet her in pairs' },
    });
    for (const as of everyone) {
      expect((await risk.read(as)).body).toMatchObject({
        caseResponsibility: 'high-risk-management',
        risk: { seriousHarm: 'high' },
      });
    }
    expect(JSON.stringify(await risk.read('operations-console'))).not.toContain('pairs');
  });

  it('says nothing anew to providers when it is done again without words for them', async () => {
    const risk = await new Risk().accepted();
    await risk.report();
    await risk.respond(answer);
    await risk.report('north-case-system');
    await risk.respond({ seriousHarm: 'medium' });
    const { body } = await risk.read('system-of-a');
    expect(body.riskNotice).toEqual({ seriousHarm: 'medium', at: risk.memory.now.toISOString() });
  });

  it('tells an asked provider the level, and not who the person is', async () => {
    const risk = await new Risk().offered();
    await risk.report('north-case-system');
    await risk.respond(answer);
    const heard = (await risk.events('system-of-a')).body.items ?? [];
    expect(heard.filter(({ type }) => String(type).startsWith('risk.'))).toMatchObject([
      { type: 'risk.reassessed.v1', crn: null, data: { from: 'medium', to: 'high' } },
      { type: 'risk.responsibility-moved.v1', crn: null },
    ]);
    const { body } = await risk.read('system-of-a');
    expect(body).toMatchObject({ standing: 'offered', seriousHarm: 'high' });
    for (const word of ['pairs', 'X320741']) expect(JSON.stringify([heard, body])).not.toContain(word);
  });

  it.each<[string, (risk: Risk) => Promise<unknown>]>([
    ['while the referral is paused', (risk) => risk.does(pauseReferral, { reason: 'recalled' })],
    ['once it has concluded', (risk) => risk.does(withdrawReferral, { reason: 'moved' })],
  ])('is told to operations when it is late, also %s (T8, L7)', async (_, change) => {
    const risk = await new Risk().accepted();
    await risk.report();
    await change(risk);
    risk.memory.now = at('2026-06-16T09:00:01Z');
    await sweep(risk.memory, new Metrics())({}, lambdaContext);
    const { body } = await risk.read('operations-console');
    expect(body).toMatchObject({ attention: { reason: expect.stringContaining('T8') } });
    await risk.respond({ seriousHarm: 'medium' });
    expect((await risk.read('operations-console')).body).toMatchObject({ attention: null });
  });
});
