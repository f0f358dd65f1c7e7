import { randomUUID } from 'node:crypto';
import { addDays, subDays } from 'date-fns';
import { beforeAll, describe, expect, it } from 'vitest';
import { Operations, until } from '../../infra/local/actors.ts';
import type { RequestTo } from '../../infra/local/api-client.ts';
import { asyncApiDocument } from '../../shared/contracts/asyncapi.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { openApiDocument } from '../../shared/contracts/openapi.ts';
import { allEndpoints, endpoints } from '../../shared/contracts/routes/index.ts';
import type { ReferralView } from '../../shared/contracts/views/referral.ts';
import { aReferralInForce, aReferralThroughTheGate } from '../builders/referral-facts.ts';
import {
  aCrn,
  aMansReferral,
  aNeed,
  delivered,
  justNow,
  nobodyServes,
  outcomesOf,
  planApproved,
  reported,
  theWorld,
  type World,
  whenReferral,
} from './support/b-world.ts';

/** L1 to L6 over HTTP: how referrals go, and how they end. Every response is held against its contract. */

let world: World;
beforeAll(async () => {
  world = await theWorld();
});

const typesOf = async (referralId: string): Promise<string[]> =>
  (await world.practitioner.history(referralId)).map(({ type }) => type);

/** How a referral ended, as the system decided it. */
const ending = ({ stage, status, endState, endReason, openTasks }: ReferralView) => ({
  stage,
  status,
  endState,
  endReason,
  openTasks,
});
const ended = (endState: string, endReason: string | null) => ({
  stage: 'concluded',
  status: 'concluded',
  endState,
  endReason,
  openTasks: [],
});

describe.concurrent('L1–L5: a referral', () => {
  it('accepted at once is delivered, reported and completed, through all five stages', async () => {
    const { practitioner, northern } = world;
    const facts = aMansReferral();
    const seen: string[] = [];
    const see = async (stage: ReferralView['stage']) => {
      const referral = await whenReferral(practitioner, id, stage, (now) => now.stage === stage);
      seen.push(`${referral.stage} ${referral.status}`);
      return referral;
    };
    const { id, missing } = await practitioner.send(facts);
    expect(missing).toEqual([]);
    await see('complexity-allocation');
    await practitioner.confirmComplexity(id, 'high');
    await northern.task(id, 'offer');
    await see('provider-matching');
    const allocationId = await planApproved(practitioner, northern, id);
    const { needs, allocations } = await see('delivery');
    expect(needs[0]?.complexity).toMatchObject({ recommended: null, confirmed: 'high' });
    expect(allocations).toMatchObject([{ id: allocationId, needs: [{ need: 'accommodation', level: 'high' }] }]);
    await northern.hold(allocationId, { purpose: 'session', session: 1 }, justNow());
    await northern.complete(allocationId);
    await see('outcome-recording');
    await reported(practitioner, northern, id, allocationId, outcomesOf(facts));
    const concluded = await practitioner.concluded(id);
    expect(ending(concluded)).toEqual(ended('completed', 'intervention-completed'));
    const { length: all } = outcomesOf(facts);
    expect(concluded.outcomes).toMatchObject({ achieved: all, score: all, maximum: all });
    expect(seen).toEqual([
      'complexity-allocation awaiting-confirmation',
      'provider-matching offered',
      'delivery active',
      'outcome-recording active',
    ]);
    expect((await typesOf(id)).filter((type) => type === 'referral.concluded.v1')).toHaveLength(1);
  });

  it('that one provider declines goes to the next', async () => {
    const { practitioner, thames, northern } = world;
    const { id } = await practitioner.send(aMansReferral('thames-accommodation'));
    await practitioner.confirmComplexity(id);
    const offer = await thames.task(id, 'offer');
    await thames.answer(offer.id, { decision: 'declined', reason: 'no-capacity' });
    const allocationId = await northern.acceptOffer(id);
    const { allocations } = await practitioner.read(id);
    expect(allocations).toMatchObject([{ id: allocationId, provider: { id: 'northern-pathways' } }]);
    const offers = (await typesOf(id)).filter((type) => type.startsWith('offer.'));
    expect(offers).toEqual(['offer.made.v1', 'offer.declined.v1', 'offer.made.v1', 'offer.accepted.v1']);
  });

  it('L3: whose provider declares a conflict of interest is kept from all that it offers, and its rankings say so', async () => {
    const { practitioner, thames, northern, cambrian } = world;
    const needs = [
      aNeed('accommodation', 'northern-accommodation'),
      aNeed('education-training-employment', 'cambrian-employment'),
    ];
    const { id } = await practitioner.send(aMansReferral().with({ needs }));
    await practitioner.confirmComplexity(id);
    const conflict = { decision: 'declined', reason: 'conflict-of-interest' } as const;
    await northern.answer((await northern.task(id, 'offer')).id, conflict);
    await thames.task(id, 'offer');
    await cambrian.declineOffer(id, 'no-capacity', 'Nobody is free');
    // Northern Pathways has an employment service too, and is not asked for it.
    await new Operations(world.stack).task(id, 'manual-allocation');
    const last = (await practitioner.rankings(id)).at(-1);
    expect(last).toMatchObject({ needs: ['education-training-employment'], candidates: [] });
    const filtered = last?.filtered.map(({ service, reasons }) => [service.id, ...reasons.map(({ code }) => code)]);
    expect(filtered?.sort()).toEqual([
      ['cambrian-employment', 'tried'],
      ['northern-employment', 'conflict-of-interest'],
    ]);
  });

  it('that everyone declines is for operations to allocate, who may close it', async () => {
    const { practitioner, thames, northern } = world;
    const { id } = await practitioner.send(aMansReferral('thames-accommodation'));
    await practitioner.confirmComplexity(id);
    for (const provider of [thames, northern]) {
      const offer = await provider.task(id, 'offer');
      await provider.answer(offer.id, { decision: 'declined', reason: 'not-suitable' });
    }
    await allocateByHand(id, { decision: 'close', reason: 'Nobody can take it' });
    expect(ending(await practitioner.concluded(id))).toEqual(ended('cancelled', 'no-provider'));
  });

  it('that a provider returns goes on with what the practitioner adds, to the same provider', async () => {
    const { practitioner, northern } = world;
    const { id } = await practitioner.send(aMansReferral());
    await practitioner.confirmComplexity(id);
    const offer = await northern.task(id, 'offer');
    await northern.answer(offer.id, { decision: 'returned', text: 'Can he climb stairs?' });
    const returned = await practitioner.task(id, 'offer-returned');
    expect(returned.subject).toMatchObject({ question: 'Can he climb stairs?', providerId: 'northern-pathways' });
    await practitioner.answer(returned.id, { information: 'He can' });
    const again = await northern.task(id, 'offer');
    expect(again.id).not.toBe(offer.id);
    expect(again.subject).toMatchObject({ information: 'He can' });
    await northern.answer(again.id, { decision: 'accepted' });
    await northern.allocationOf(id);
    expect((await typesOf(id)).filter((type) => type === 'offer.made.v1')).toHaveLength(1);
  });

  it('with a fact missing waits for it, asks for what is still missing, and goes on', async () => {
    const { practitioner } = world;
    const sent = await practitioner.send(aMansReferral().with({ area: null, risk: null, setting: null }));
    expect(sent).toMatchObject({ stage: 'assessment', status: 'needs-information' });
    expect(sent.missing).toEqual(['/area', '/setting', '/risk/seriousHarm']);
    const first = await practitioner.task(sent.id, 'missing-information');
    expect(first.subject).toEqual({ missing: sent.missing });
    await practitioner.answer(first.id, { area: 'west-yorkshire', setting: 'community' });
    const second = await until('what is still missing', async () => {
      const task = await practitioner.task(sent.id, 'missing-information');
      return task.id === first.id ? undefined : task;
    });
    expect(second.subject).toEqual({ missing: ['/risk/seriousHarm'] });
    await practitioner.answer(second.id, { risk: { seriousHarm: 'low' } });
    await practitioner.task(sent.id, 'complexity-confirmation');
    expect(await practitioner.read(sent.id)).toMatchObject({
      area: 'west-yorkshire',
      missing: [],
      risk: { seriousHarm: 'low' },
    });
  });

  it('found ineligible when the missing fact arrives is cancelled, and keeps the failed rules', async () => {
    const { practitioner } = world;
    const { id } = await practitioner.send(aMansReferral().with({ sentence: { requirements: null, rarDays: null } }));
    const task = await practitioner.task(id, 'missing-information');
    await practitioner.answer(task.id, { sentence: { requirements: ['curfew'] } });
    const referral = await practitioner.concluded(id);
    expect(ending(referral)).toEqual(ended('cancelled', 'ineligible'));
    expect(referral.failed).toEqual([
      { need: 'accommodation', rule: 'E1' },
      { need: 'accommodation', rule: 'E2' },
    ]);
  });

  it('that nobody serves is offered by operations to a service of their choice', async () => {
    const { practitioner, northern } = world;
    const { id } = await practitioner.send(aMansReferral().with({ area: nobodyServes }));
    await practitioner.confirmComplexity(id);
    await allocateByHand(id, { serviceId: 'northern-accommodation', reason: 'They will travel' });
    const allocationId = await northern.acceptOffer(id);
    expect((await practitioner.read(id)).allocations).toMatchObject([
      { id: allocationId, service: { id: 'northern-accommodation' } },
    ]);
  });

  it('of a woman with four needs becomes one allocation with a women’s service (E6)', async () => {
    const { practitioner, cambrian } = world;
    const centre = 'cambrian-womens-centre';
    const needs = (
      [
        'womens-accommodation',
        'womens-emotional-wellbeing',
        'womens-finance-benefit-debt',
        'womens-dependency-recovery',
      ] as const
    ).map((need) => aNeed(need, centre));
    const { id } = await practitioner.send(aReferralInForce().with({ crn: aCrn(), needs }));
    await practitioner.confirmComplexity(id);
    await cambrian.acceptOffer(id);
    const { allocations } = await practitioner.read(id);
    expect(allocations).toHaveLength(1);
    expect(allocations[0]).toMatchObject({ service: { id: centre }, needs: needs.map(({ need }) => ({ need })) });
  });

  it('with two allocations goes on in both at once, and ends when both have', async () => {
    const { practitioner, northern, cambrian } = world;
    const needs = [aNeed('accommodation', 'northern-accommodation'), aNeed('finance-benefit-debt', 'cambrian-finance')];
    const facts = aMansReferral().with({ area: 'metropolitan-police', needs });
    const { id } = await practitioner.send(facts);
    await practitioner.confirmComplexity(id);
    const first = await planApproved(practitioner, northern, id);
    const second = await planApproved(practitioner, cambrian, id);
    const outcomes = needs.map(({ desiredOutcomes }) => desiredOutcomes ?? []);
    await delivered(practitioner, northern, id, first, outcomes[0] ?? []);
    const between = await practitioner.read(id);
    expect(between).toMatchObject({ stage: 'delivery', endState: null });
    expect(between.allocations.map(({ status }) => status)).toEqual(['concluded', 'active']);
    await delivered(practitioner, cambrian, id, second, outcomes[1] ?? []);
    expect(ending(await practitioner.concluded(id))).toEqual(ended('completed', 'intervention-completed'));
  });

  it('whose plan and report are returned goes on when they come again', async () => {
    const { practitioner, northern } = world;
    const facts = aMansReferral();
    const { id } = await practitioner.send(facts);
    await practitioner.confirmComplexity(id);
    const allocationId = await northern.acceptOffer(id);
    await northern.hold(allocationId, { purpose: 'supplier-assessment' }, justNow());
    await northern.submitPlan(allocationId, 3);
    const returned = await practitioner.task(id, 'action-plan-approval');
    await practitioner.answer(returned.id, { decision: 'returned', reason: 'Fewer sessions' });
    await northern.task(id, 'action-plan');
    await northern.submitPlan(allocationId, 1);
    const approved = await practitioner.task(id, 'action-plan-approval');
    await practitioner.answer(approved.id, { decision: 'approved' });
    const { body: plan } = await practitioner.api.must(endpoints.getActionPlan, { params: { allocationId } });
    expect(plan).toMatchObject({ status: 'approved', planVersion: 2, sessions: 1 });

    await northern.hold(allocationId, { purpose: 'session', session: 1 }, justNow());
    await northern.complete(allocationId);
    await northern.report(allocationId, outcomesOf(facts), 'not-achieved');
    const unread = await practitioner.task(id, 'end-of-service-report-acknowledgement');
    await practitioner.answer(unread.id, { decision: 'returned', reason: 'One outcome was achieved' });
    await northern.task(id, 'end-of-service-report');
    await reported(practitioner, northern, id, allocationId, outcomesOf(facts));
    expect(ending(await practitioner.concluded(id))).toEqual(ended('completed', 'intervention-completed'));
  });

  it('whose person does not engage any more ends early, with a report', async () => {
    const { practitioner, northern } = world;
    const facts = aMansReferral();
    const { id } = await practitioner.send(facts);
    await practitioner.confirmComplexity(id);
    const allocationId = await planApproved(practitioner, northern, id, 4);
    await northern.hold(allocationId, { purpose: 'session', session: 1 }, justNow(), 'no');
    const { etag } = await northern.api.must(endpoints.getAllocation, { params: { allocationId } });
    await northern.api.must(endpoints.completeDelivery, {
      params: { allocationId },
      ifMatch: etag ?? '',
      body: { reason: 'not-engaged' },
    });
    await reported(practitioner, northern, id, allocationId, outcomesOf(facts));
    expect(ending(await practitioner.concluded(id))).toMatchObject({ endState: 'ended', openTasks: [] });
  });

  it('withdrawn before delivery began is cancelled at once, whatever it waits for', async () => {
    const { practitioner, northern } = world;
    const waiting: Record<string, (id: string) => Promise<unknown>> = {
      'missing facts': (id) => practitioner.task(id, 'missing-information'),
      confirmation: (id) => practitioner.task(id, 'complexity-confirmation'),
      'an offer': async (id) => {
        await practitioner.confirmComplexity(id);
        await northern.task(id, 'offer');
      },
    };
    for (const [what, wait] of Object.entries(waiting)) {
      const { id } = await practitioner.send(aMansReferral().with(what === 'missing facts' ? { setting: null } : {}));
      await wait(id);
      await practitioner.change(endpoints.withdrawReferral, id, { reason: 'mistaken-or-duplicate' });
      expect({ what, ...ending(await practitioner.concluded(id)) }).toEqual({
        what,
        ...ended('cancelled', 'mistaken-or-duplicate'),
      });
    }
  });

  it('L4: ended early takes its reports, and then concludes by itself; a death asks for nothing more', async () => {
    const { practitioner, northern } = world;
    const facts = aMansReferral();
    const { id } = await practitioner.send(facts);
    await practitioner.confirmComplexity(id);
    const allocationId = await planApproved(practitioner, northern, id, 2);
    const startsAt = new Date(justNow().getTime() + 30 * 86_400_000).toISOString();
    await northern.api.must(endpoints.bookAppointment, {
      params: { allocationId },
      idempotencyKey: randomUUID(),
      body: { purpose: 'session', session: 1, startsAt, durationMinutes: 60, mode: 'phone' },
    });
    await practitioner.change(endpoints.endReferralEarly, id, { reason: 'need-met-elsewhere' });
    const { body } = await practitioner.api.must(endpoints.listSessions, { params: { allocationId } });
    expect(body.items.map(({ status }) => status)).toEqual(['cancelled', 'planned']);
    await northern.task(id, 'end-of-service-report');
    await reported(practitioner, northern, id, allocationId, outcomesOf(facts));
    expect(ending(await practitioner.concluded(id))).toEqual(ended('ended', 'need-met-elsewhere'));

    const { id: other } = await practitioner.send(aMansReferral());
    await practitioner.confirmComplexity(other);
    await planApproved(practitioner, northern, other, 1);
    await practitioner.change(endpoints.withdrawReferral, other, { reason: 'died' });
    expect(ending(await practitioner.concluded(other))).toEqual(ended('ended', 'died'));
  });

  it('L4: transferred to another area is delivered there, and both providers report', async () => {
    const { practitioner, northern, thames } = world;
    const facts = aMansReferral();
    const { id } = await practitioner.send(facts);
    await practitioner.confirmComplexity(id);
    const first = await planApproved(practitioner, northern, id, 1);
    await practitioner.change(endpoints.transferReferral, id, {
      area: 'gwent',
      serviceId: 'thames-accommodation',
      reason: 'Has moved',
    });
    await northern.task(id, 'end-of-service-report');
    await reported(practitioner, northern, id, first, outcomesOf(facts));
    const second = await planApproved(practitioner, thames, id, 1);
    await delivered(practitioner, thames, id, second, outcomesOf(facts));
    expect(ending(await practitioner.concluded(id))).toEqual(ended('completed', 'intervention-completed'));
    expect(await practitioner.read(id)).toMatchObject({ area: 'gwent', allocations: [{ id: first }, { id: second }] });
  });

  it('L5: reopened by operations runs again, with whom it had before, and concludes once more', async () => {
    const { practitioner, northern } = world;
    const facts = aMansReferral();
    const { id } = await practitioner.send(facts);
    await practitioner.confirmComplexity(id);
    const first = await planApproved(practitioner, northern, id, 1);
    await practitioner.change(endpoints.endReferralEarly, id, { reason: 'not-engaged' });
    await northern.task(id, 'end-of-service-report');
    await reported(practitioner, northern, id, first, outcomesOf(facts));
    await practitioner.concluded(id);
    const { etag: ifMatch } = await practitioner.read(id);
    const reopened = await world.as('operations').must(endpoints.reopenReferral, {
      params: { referralId: id },
      ifMatch,
      body: { reason: 'She wants to go on' },
    });
    expect(reopened.body).toMatchObject({ stage: 'provider-matching', endState: null });
    const second = await planApproved(practitioner, northern, id, 1);
    expect(second).not.toBe(first);
    await delivered(practitioner, northern, id, second, outcomesOf(facts));
    expect(ending(await practitioner.concluded(id))).toEqual(ended('completed', 'intervention-completed'));
    const turns = (await typesOf(id)).filter((type) => /^referral\.(concluded|reopened)/.test(type));
    expect(turns).toEqual(['referral.concluded.v1', 'referral.reopened.v1', 'referral.concluded.v1']);
  });

  it('withdrawn after delivery began waits for its report, and has ended', async () => {
    const { practitioner, northern } = world;
    const facts = aMansReferral();
    const { id } = await practitioner.send(facts);
    await practitioner.confirmComplexity(id);
    const allocationId = await planApproved(practitioner, northern, id, 2);
    await northern.hold(allocationId, { purpose: 'session', session: 1 }, justNow());
    await practitioner.change(endpoints.withdrawReferral, id, { reason: 'returned-to-custody' });
    expect(await practitioner.read(id)).toMatchObject({ stage: 'outcome-recording', endState: null });
    await northern.task(id, 'end-of-service-report');
    await reported(practitioner, northern, id, allocationId, outcomesOf(facts));
    expect(ending(await practitioner.concluded(id))).toEqual(ended('ended', 'returned-to-custody'));
    const { status, body } = await practitioner.api.call(endpoints.withdrawReferral, {
      params: { referralId: id },
      ifMatch: (await practitioner.read(id)).etag,
      body: { reason: 'moved' },
    });
    expect({ status, type: (body as { type?: string }).type }).toEqual({
      status: 409,
      type: '/problems/referral-already-concluded',
    });
  });

  it('E7: whose risk may have risen is reassessed while it is paused, and again after its conclusion', async () => {
    const { practitioner, northern } = world;
    const operations = new Operations(world.stack);
    const { id } = await practitioner.send(aMansReferral());
    await practitioner.confirmComplexity(id);
    await northern.acceptOffer(id);
    await practitioner.change(endpoints.pauseReferral, id, { reason: 'recalled' });
    const first = await northern.reportRisk(id, 'Has made threats', justNow());
    const second = await practitioner.reportRisk(id, 'Has bought a knife', justNow());
    expect(second.body.taskId).toBe(first.body.taskId);
    const asked = await practitioner.task(id, 'risk-reassessment');
    expect(asked.subject).toMatchObject({
      seriousHarm: 'medium',
      reports: [{ concern: 'Has bought a knife' }, { concern: 'Has made threats', organisation: 'northern-pathways' }],
    });
    expect((await operations.readTask(asked.id)).subject).toEqual({ seriousHarm: 'medium' });
    const unread = await practitioner.api.call(endpoints.respondToTask, {
      params: { taskId: asked.id },
      body: { seriousHarm: 'high' },
    });
    expect(unread).toMatchObject({ status: 409, body: { type: '/problems/not-possible-now' } });
    await practitioner.reassessRisk(asked.id, { seriousHarm: 'high', forProviders: 'Meet him in pairs' });
    expect(await practitioner.read(id)).toMatchObject({
      status: 'paused',
      risk: { seriousHarm: 'high' },
      caseResponsibility: 'high-risk-management',
    });
    const { body: toProvider } = await northern.api.must(endpoints.getReferral, { params: { referralId: id } });
    expect(toProvider).toMatchObject({ riskNotice: { seriousHarm: 'high', text: 'Meet him in pairs' } });

    await northern.reportRisk(id, 'Still has it', justNow());
    await practitioner.change(endpoints.withdrawReferral, id, { reason: 'returned-to-custody' });
    const concluded = await practitioner.concluded(id);
    expect(concluded.openTasks).toMatchObject([{ type: 'risk-reassessment' }]);
    const late = await northern.reportRisk(id, 'Said so on the phone', justNow());
    expect(late.body.taskId).toBe(concluded.openTasks[0]?.id);
    await practitioner.reassessRisk(late.body.taskId, { seriousHarm: 'very-high' });
    expect(await practitioner.read(id)).toMatchObject({
      stage: 'concluded',
      openTasks: [],
      risk: { seriousHarm: 'very-high' },
    });
    expect((await typesOf(id)).filter((type) => type.startsWith('risk.'))).toEqual([
      'risk.escalation-reported.v1',
      'risk.escalation-reported.v1',
      'risk.reassessed.v1',
      'risk.responsibility-moved.v1',
      'risk.escalation-reported.v1',
      'risk.escalation-reported.v1',
      'risk.reassessed.v1',
    ]);

    const concerns: string[] = [];
    let cursor: string | null | undefined;
    do {
      const query = { limit: 1, ...(cursor ? { cursor } : {}) };
      const page = await practitioner.api.must(endpoints.listRiskReports, { params: { referralId: id }, query });
      concerns.push(...page.body.items.map(({ concern }) => concern));
      cursor = page.body.cursor;
    } while (cursor);
    expect(concerns).toEqual(['Said so on the phone', 'Still has it', 'Has bought a knife', 'Has made threats']);
  });

  it('for the same person and need as an open one is reported as a possible duplicate, and both go on', async () => {
    const { practitioner } = world;
    const facts = aMansReferral();
    const first = await practitioner.send(facts);
    const other = await practitioner.send(facts.with({ needs: [aNeed('emotional-wellbeing')] }));
    const second = await practitioner.send(facts.with({ externalReference: 'CASE-9' }));
    expect(first.possibleDuplicates).toEqual([]);
    expect(other.possibleDuplicates).toEqual([]);
    expect(second.possibleDuplicates).toEqual([{ id: first.id, referenceNumber: first.referenceNumber }]);
    for (const { id } of [first, second]) await practitioner.task(id, 'complexity-confirmation');
  });

  it('E8: through the gate, the clock of the supplier assessment starts at release and moves with it', async () => {
    const { practitioner, northern } = world;
    const facts = aReferralThroughTheGate().with({
      crn: aCrn(),
      expectedReleaseDate: '2027-03-01',
      needs: [aNeed('accommodation', 'northern-accommodation')],
    });
    const { id } = await practitioner.send(facts);
    await practitioner.confirmComplexity(id);
    await northern.acceptOffer(id);
    // Ten working days after Monday 1 March; then after Monday 22 March, with Easter in between.
    expect((await northern.task(id, 'supplier-assessment')).dueAt).toMatch(/^2027-03-15T/);
    await practitioner.change(endpoints.amendReferral, id, {
      changes: { expectedReleaseDate: '2027-03-22' },
      reason: 'Released later',
    });
    expect((await northern.task(id, 'supplier-assessment')).dueAt).toMatch(/^2027-04-07T/);
    expect(await practitioner.read(id)).toMatchObject({ expectedReleaseDate: '2027-03-22' });
  });

  it('amended in a fact that matching hangs on is offered anew, where it now belongs', async () => {
    const { practitioner, northern, thames } = world;
    const { id } = await practitioner.send(aMansReferral());
    await practitioner.confirmComplexity(id);
    const offer = await northern.task(id, 'offer');
    await practitioner.change(endpoints.amendReferral, id, {
      changes: {
        area: 'gwent',
        needs: [{ need: 'accommodation', preferredService: { id: 'thames-accommodation', reason: 'Nearer' } }],
      },
      reason: 'Moved to Wales',
    });
    await thames.task(id, 'offer');
    const late = await northern.api.call(endpoints.respondToTask, {
      params: { taskId: offer.id },
      body: { decision: 'accepted' },
    });
    expect(late).toMatchObject({ status: 409, body: { type: '/problems/task-no-longer-open' } });
  });

  it('L2: levels are confirmed once for every need, or not at all', async () => {
    const { practitioner } = world;
    const needs = [aNeed('accommodation'), aNeed('emotional-wellbeing')];
    const { id } = await practitioner.send(aMansReferral().with({ needs }));
    const { id: taskId } = await practitioner.task(id, 'complexity-confirmation');
    const answer = { need: 'accommodation' as const, level: 'low' as const };
    const { status, body } = await practitioner.api.call(endpoints.respondToTask, {
      params: { taskId },
      body: { needs: [answer, answer, { need: 'lifestyle-associates', level: 'low' }] },
    });
    expect(status).toBe(422);
    expect((body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual([
      '/needs/1/need',
      '/needs/2/need',
      '/needs',
    ]);
    expect((await practitioner.read(id)).status).toBe('awaiting-confirmation');
  });

  it('paused rests, and goes on where it stood', async () => {
    const { practitioner, northern } = world;
    const { id } = await practitioner.send(aMansReferral());
    await practitioner.confirmComplexity(id);
    const offer = await northern.task(id, 'offer');
    await practitioner.change(endpoints.pauseReferral, id, { reason: 'recalled' });
    expect(await practitioner.read(id)).toMatchObject({ status: 'paused', stage: 'provider-matching' });
    const pause = await practitioner.task(id, 'paused-referral');
    expect(pause.subject).toMatchObject({ reason: 'recalled' });
    await practitioner.change(endpoints.resumeReferral, id, {});
    const ended = await practitioner.api.must(endpoints.getTask, { params: { taskId: pause.id } });
    expect(ended.body).toMatchObject({ status: 'answered', subject: null, answer: null });
    const again = await northern.task(id, 'offer');
    expect(again.id).toBe(offer.id);
    expect(Date.parse(again.dueAt)).toBeGreaterThan(Date.parse(offer.dueAt));
    await northern.answer(again.id, { decision: 'accepted' });
    await northern.allocationOf(id);
  });
});

async function allocateByHand(referralId: string, answer: RequestTo<typeof endpoints.respondToTask>['body']) {
  const operations = world.as('operations');
  await whenReferral(
    world.practitioner,
    referralId,
    'allocated by hand',
    ({ status }) => status === 'manual-allocation',
  );
  const { openTasks } = await world.practitioner.read(referralId);
  const taskId = openTasks.find(({ type }) => type === 'manual-allocation')?.id ?? '';
  await operations.must(endpoints.respondToTask, { params: { taskId }, body: answer });
}

describe('An idempotency key', () => {
  let referralId: string;
  let allocationId: string;
  const replayed = new Set<string>();

  /** What people and their systems did: the workflow goes on meanwhile. */
  const deeds = async (id: string) =>
    (await world.practitioner.history(id)).filter(({ by }) => by.organisation !== 'system');

  /** What the system goes on with at once: by the second reply it may have changed. */
  const movesOn = new Set(['submit-draft', 'reopen-referral', 'transfer-referral']);

  /** Sent twice it happens once, and is answered alike. */
  async function once<C extends EndpointContract>(name: string, contract: C, request: RequestTo<C>) {
    const api = world.as(name);
    const first = await api.must(contract, request);
    const isNew = contract.name === 'send-referral';
    const id = isNew ? (first.body as { id: string }).id : referralId;
    const before = await deeds(id);
    const again = await api.must(contract, request);
    // A reply is rendered anew, and a referral that has just been sent is already being worked on.
    const told = ({ status, body, etag }: typeof first) =>
      isNew || movesOn.has(contract.name) ? { status, id: (body as { id: string }).id } : { status, body, etag };
    expect({ contract: contract.name, ...told(again) }).toEqual({ contract: contract.name, ...told(first) });
    expect(await deeds(id)).toEqual(before);
    replayed.add(contract.name);
    return first;
  }

  /** Sent once more with another body under its key, it is refused, and nothing happens. */
  async function twice<C extends EndpointContract>(name: string, contract: C, request: RequestTo<C>, other: object) {
    const keyed = { ...request, idempotencyKey: randomUUID() };
    const first = await once(name, contract, keyed);
    const id = contract.name === 'send-referral' ? (first.body as { id: string }).id : referralId;
    const before = await deeds(id);
    const reused = await world.as(name).call(contract, { ...keyed, body: other } as RequestTo<C>);
    expect({ contract: contract.name, status: reused.status, type: (reused.body as { type?: string }).type }).toEqual({
      contract: contract.name,
      status: 422,
      type: '/problems/idempotency-key-reused',
    });
    expect(await deeds(id)).toEqual(before);
    return first;
  }

  const northern = 'provider:northern-pathways';
  const etag = async () =>
    (await world.as(northern).must(endpoints.getAllocation, { params: { allocationId } })).etag ?? '';
  const referralEtag = async () => (await world.practitioner.read(referralId)).etag;

  it('makes each POST and PUT that takes one happen once', async () => {
    const { practitioner } = world;
    const facts = aMansReferral();
    const begun = { body: { ...facts, draft: true }, idempotencyKey: randomUUID() };
    const draft = await practitioner.api.must(endpoints.sendReferral, begun);
    referralId = draft.body.id;
    const saving = { params: { referralId }, body: facts, ifMatch: draft.etag ?? '' };
    const changed = await twice('practitioner', endpoints.changeDraft, saving, facts.with({ area: 'gwent' }));
    const submission = { params: { referralId }, ifMatch: changed.etag ?? '', idempotencyKey: randomUUID() };
    await once('practitioner', endpoints.submitDraft, submission);

    const sent = await twice('practitioner', endpoints.sendReferral, { body: facts }, facts.with({ area: 'gwent' }));
    referralId = sent.body.id;
    await practitioner.confirmComplexity(referralId);
    allocationId = await world.northern.acceptOffer(referralId);
    const params = { referralId };
    const own = { allocationId };

    const amendment = { changes: { externalReference: 'CASE-2' }, reason: 'Assessed' };
    await twice(
      'practitioner',
      endpoints.amendReferral,
      { params, ifMatch: await referralEtag(), body: amendment },
      {
        ...amendment,
        reason: 'Other',
      },
    );
    const pause = { params, ifMatch: await referralEtag(), body: { reason: 'other' as const } };
    await twice('practitioner', endpoints.pauseReferral, pause, { reason: 'hospital' });
    const resume = { params, ifMatch: await referralEtag(), idempotencyKey: randomUUID() };
    await once('practitioner', endpoints.resumeReferral, resume);
    const extension = { endDate: '2029-01-31', reason: 'Extended by the court' };
    const extending = { params, ifMatch: await referralEtag(), body: extension };
    await twice('practitioner', endpoints.extendReferral, extending, { ...extension, endDate: '2029-02-28' });
    const concern = { concern: 'Has made threats', observedAt: justNow().toISOString() };
    await twice(northern, endpoints.reportRisk, { params, body: concern }, { ...concern, concern: 'Another' });

    const caseworker = { id: `cw-${randomUUID()}`, name: 'Jo Worker' };
    await twice(
      northern,
      endpoints.assignCaseworker,
      { params: own, ifMatch: await etag(), body: caseworker },
      {
        ...caseworker,
        id: `cw-${randomUUID()}`,
      },
    );
    const engagement = {
      acceptedAt: justNow().toISOString(),
      explainedBy: 'Jo Worker',
      language: 'en',
      format: 'spoken' as const,
    };
    const accepted = { params: own, ifMatch: await etag(), body: engagement };
    await twice(northern, endpoints.acceptEngagement, accepted, { ...engagement, format: 'written' });
    const message = { to: 'practitioner' as const, text: 'He called' };
    await twice(northern, endpoints.sendMessage, { params, body: message }, { ...message, text: 'She called' });
    const caseNote = { subject: 'A call', text: 'He called' };
    await twice(northern, endpoints.writeCaseNote, { params: own, body: caseNote }, { ...caseNote, text: 'Another' });
    const link = {
      organisation: 'Leeds Food Bank',
      kind: 'signposted' as const,
      need: 'accommodation' as const,
      followUpOn: addDays(justNow(), 14).toISOString().slice(0, 10),
    };
    const made = await twice(
      northern,
      endpoints.makeOnwardLink,
      { params: own, body: link },
      { ...link, kind: 'supported' },
    );
    const result = { followedUpAt: justNow().toISOString(), result: 'Has been there' };
    await twice(
      northern,
      endpoints.followUpOnwardLink,
      { params: { ...own, linkId: made.body.id }, ifMatch: made.etag ?? '', body: result },
      { ...result, result: 'Has not' },
    );
    const booking = {
      purpose: 'supplier-assessment' as const,
      startsAt: justNow().toISOString(),
      durationMinutes: 30,
      mode: 'phone' as const,
    };
    const book = { params: own, body: booking };
    const kept = await twice(northern, endpoints.bookAppointment, book, { ...booking, mode: 'video' });
    const earlier = { ...booking, startsAt: subDays(justNow(), 1).toISOString() };
    const dropped = await twice(
      northern,
      endpoints.bookAppointment,
      { params: own, body: earlier },
      { ...earlier, mode: 'video' },
    );
    expect(dropped.body.id).not.toBe(kept.body.id);
    const cancel = {
      params: { ...own, appointmentId: dropped.body.id },
      ifMatch: dropped.etag ?? '',
      body: { reason: 'Booked twice' },
    };
    await twice(northern, endpoints.cancelAppointment, cancel, { reason: 'Another' });
    const ofKept = { ...own, appointmentId: kept.body.id };
    const change = { place: 'Room 2', reason: 'Larger', requestedBy: 'provider' as const };
    const moved = await twice(
      northern,
      endpoints.changeAppointment,
      { params: ofKept, ifMatch: kept.etag ?? '', body: change },
      { ...change, place: 'Room 3' },
    );
    const feedback = { attendance: 'yes' as const, activities: [], rarDay: false, notes: 'Came' };
    await twice(
      northern,
      endpoints.recordFeedback,
      { params: ofKept, ifMatch: moved.etag ?? '', body: feedback },
      { ...feedback, attendance: 'no' },
    );
    const plan = {
      sessions: 1,
      activities: [
        { id: 'a', need: 'accommodation' as const, desiredOutcomes: [], outputRow: 'O9' as const, description: 'Look' },
      ],
    };
    await twice(
      northern,
      endpoints.putActionPlan,
      { params: own, ifMatch: await etag(), body: plan },
      { ...plan, sessions: 2 },
    );
    await once(northern, endpoints.submitActionPlan, {
      params: own,
      ifMatch: await etag(),
      idempotencyKey: randomUUID(),
    });
    const approval = await practitioner.task(referralId, 'action-plan-approval');
    await practitioner.answer(approval.id, { decision: 'approved' });
    const completion = { params: own, ifMatch: await etag(), body: { reason: 'plan-completed' as const } };
    await twice(northern, endpoints.completeDelivery, completion, { reason: 'moved' });
    const report = { outcomes: outcomesOf(facts).map((id) => ({ id, level: 'achieved' as const, evidence: 'Seen' })) };
    const written = { params: own, ifMatch: await etag(), body: report };
    await twice(northern, endpoints.putEndOfServiceReport, written, { ...report, summary: 'Well' });
    await once(northern, endpoints.submitEndOfServiceReport, {
      params: own,
      ifMatch: await etag(),
      idempotencyKey: randomUUID(),
    });

    const { id: other } = await practitioner.send(aMansReferral());
    await practitioner.task(other, 'complexity-confirmation');
    referralId = other;
    const withdrawal = { params: { referralId }, ifMatch: await referralEtag(), body: { reason: 'moved' as const } };
    await twice('practitioner', endpoints.withdrawReferral, withdrawal, { reason: 'died' });
    const mistaken = { reason: 'Withdrawn by mistake' };
    const reopening = { params: { referralId }, ifMatch: await referralEtag(), body: mistaken };
    await twice('operations', endpoints.reopenReferral, reopening, { reason: 'Another' });

    const { id: delivering } = await practitioner.send(aMansReferral());
    await practitioner.confirmComplexity(delivering);
    await planApproved(practitioner, world.northern, delivering, 1);
    referralId = delivering;
    const early = { params: { referralId }, ifMatch: await referralEtag(), body: { reason: 'not-engaged' as const } };
    await twice('practitioner', endpoints.endReferralEarly, early, { reason: 'moved' });

    const { id: moving } = await practitioner.send(aMansReferral());
    await practitioner.confirmComplexity(moving);
    await world.northern.acceptOffer(moving);
    referralId = moving;
    const place = { area: 'warwickshire' as const, reason: 'Has moved' };
    const transfer = { params: { referralId }, ifMatch: await referralEtag(), body: place };
    await twice('practitioner', endpoints.transferReferral, transfer, { ...place, area: 'gwent' });

    const group = {
      serviceId: 'northern-accommodation',
      caseworkerId: `cw-${randomUUID()}`,
      outputRows: ['O17' as const],
      startsAt: addDays(new Date(), 1).toISOString(),
      durationMinutes: 60,
      mode: 'video' as const,
      places: 4,
    };
    await twice(northern, endpoints.planGroupSession, { body: group }, { ...group, places: 5 });

    const taking = allEndpoints.filter(({ idempotencyKey = 'none' }) => idempotencyKey !== 'none');
    expect([...replayed].sort()).toEqual(taking.map(({ name }) => name).sort());
  });

  it('is one client’s own, and one route’s', async () => {
    const idempotencyKey = randomUUID();
    const facts = aMansReferral();
    const [mine, theirs] = [
      await world.practitioner.api.must(endpoints.sendReferral, { body: facts, idempotencyKey }),
      await world.otherPractitioner.api.must(endpoints.sendReferral, { body: facts, idempotencyKey }),
    ];
    expect(theirs.body.id).not.toBe(mine.body.id);
    await world.practitioner.task(mine.body.id, 'complexity-confirmation');
    const { etag: ifMatch } = await world.practitioner.read(mine.body.id);
    const withdrawn = await world.practitioner.api.must(endpoints.withdrawReferral, {
      params: { referralId: mine.body.id },
      ifMatch,
      idempotencyKey,
      body: { reason: 'moved' },
    });
    expect(withdrawn.status).toBe(202);
  });
});

describe('An ETag', () => {
  it('of what has changed since is stale, and nothing happens', async () => {
    const { practitioner } = world;
    const { id: referralId } = await practitioner.send(aMansReferral());
    await practitioner.task(referralId, 'complexity-confirmation');
    const { etag } = await practitioner.read(referralId);
    const request = { params: { referralId }, ifMatch: etag, body: { reason: 'hospital' as const } };
    await practitioner.api.must(endpoints.pauseReferral, request);
    const before = await practitioner.history(referralId);
    const late = await practitioner.api.call(endpoints.withdrawReferral, { ...request, body: { reason: 'moved' } });
    expect(late).toMatchObject({ status: 412, body: { type: '/problems/stale' } });
    const none = await practitioner.api.call(endpoints.withdrawReferral, {
      params: { referralId },
      body: { reason: 'moved' },
    });
    expect(none).toMatchObject({ status: 428, body: { type: '/problems/precondition-required' } });
    expect(await practitioner.history(referralId)).toEqual(before);
  });
});

describe('The served descriptions', () => {
  it('are those that the contracts make', async () => {
    const { body: openApi } = await world.as().must(endpoints.getOpenApi, {});
    const { servers, components } = openApi as unknown as {
      servers: [{ url: string }];
      components: { securitySchemes: { client: { flows: { clientCredentials: { tokenUrl: string } } } } };
    };
    const { tokenUrl } = components.securitySchemes.client.flows.clientCredentials;
    expect(new URL(servers[0].url)).toBeInstanceOf(URL);
    expect(new URL(tokenUrl)).toBeInstanceOf(URL);
    const made = openApiDocument({ apiUrl: servers[0].url, tokenUrl });
    expect(openApi).toEqual(JSON.parse(JSON.stringify(made)));

    const { body: asyncApi } = await world.as().must(endpoints.getAsyncApi, {});
    expect(asyncApi).toEqual(JSON.parse(JSON.stringify(asyncApiDocument())));
  });
});
