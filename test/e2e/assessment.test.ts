import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { until } from '../../infra/local/actors.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { ReferralFacts } from '../../shared/domain/referral-facts.ts';
import { aNeed } from '../builders/referral-facts.ts';
import { eventCounts, practitioner, send, someone } from './support/journeys.ts';

/** The practitioner's side of a referral, from the first note to a confirmed complexity. */

const answered = { home: 'homeless', 'tenancy-history': 'poor' };
const save = (body: ReferralFacts, idempotencyKey: string = randomUUID()) =>
  practitioner.api.must(endpoints.sendReferral, { body: { ...body, draft: true }, idempotencyKey });

describe('L2: a recommendation', () => {
  it('comes with its reasons, and both levels of an override are kept', async () => {
    const needs = [aNeed('accommodation', { indicators: answered }), aNeed('emotional-wellbeing')];
    const referralId = await send(someone().with({ needs }));
    const { id: taskId, subject } = await practitioner.task(referralId, 'complexity-confirmation');
    expect(subject?.needs).toMatchObject([
      {
        need: 'accommodation',
        recommended: 'high',
        certainty: 'certain',
        reasons: [{ criterion: 'no-settled-home-and-hard-to-house', indicators: answered }],
      },
      { need: 'emotional-wellbeing', recommended: null, certainty: 'provisional', reasons: [] },
    ]);

    const levels = [
      { need: 'accommodation' as const, level: 'medium' as const },
      { need: 'emotional-wellbeing' as const, level: 'low' as const },
    ];
    const refused = await practitioner.api.call(endpoints.respondToTask, {
      params: { taskId },
      body: { needs: levels },
    });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/needs/0/reason', rule: 'L2' }] } });
    const reason = 'Has been promised a room from Monday';
    await practitioner.answer(taskId, {
      needs: levels.map((level, index) => (index === 0 ? { ...level, reason } : level)),
    });

    const { needs: shown } = await practitioner.read(referralId);
    expect(shown[0]?.complexity).toMatchObject({ recommended: 'high', confirmed: 'medium', override: { reason } });
    expect(shown[1]?.complexity).toMatchObject({ recommended: null, confirmed: 'low' });
    const confirmed = (await practitioner.history(referralId)).find(({ type }) => type === 'complexity.confirmed.v1');
    expect(confirmed?.data.needs).toEqual([
      { need: 'accommodation', recommended: 'high', level: 'medium', overridden: true },
      { need: 'emotional-wellbeing', recommended: null, level: 'low', overridden: false },
    ]);
  });

  it('is shown by an eligibility check before anything is sent', async () => {
    const needs = [aNeed('accommodation', { indicators: answered }), aNeed('emotional-wellbeing')];
    const { body } = await practitioner.api.must(endpoints.checkEligibility, { body: { needs } });
    expect(body.needs.map(({ complexity }) => complexity)).toMatchObject([
      { recommended: 'high', certainty: 'certain', reasons: [{ criterion: 'no-settled-home-and-hard-to-house' }] },
      { recommended: null, missing: expect.arrayContaining(['isolation']) },
    ]);
  });

  it('is made anew by the running execution when the answers change', async () => {
    const referralId = await send(someone().with({ needs: [aNeed('accommodation', { indicators: answered })] }));
    const first = await practitioner.task(referralId, 'complexity-confirmation');
    await practitioner.change(endpoints.amendReferral, referralId, {
      changes: { needs: [{ need: 'accommodation', indicators: { home: 'settled', 'tenancy-skills': 'some' } }] },
      reason: 'Has moved in with his brother',
    });
    const second = await until('the second recommendation', async () => {
      const task = await practitioner.task(referralId, 'complexity-confirmation');
      return task.id === first.id ? undefined : task;
    });
    expect(second.subject?.needs).toMatchObject([
      { recommended: 'low', reasons: [{ criterion: 'some-help-to-manage' }] },
    ]);
    expect((await practitioner.readTask(first.id)).status).toBe('withdrawn');
    expect(await eventCounts(referralId)).toMatchObject({ 'complexity.recommended.v1': 2 });
  });

  it('refuses answers that the catalogue does not know, each by its name (C2)', async () => {
    const indicators = { home: 'castle', 'shoe-size': 'nine' };
    const body = someone().with({ needs: [aNeed('accommodation', { indicators })] });
    const { status, body: problem } = await practitioner.api.call(endpoints.sendReferral, {
      body,
      idempotencyKey: randomUUID(),
    });
    expect(status).toBe(422);
    expect(problem).toMatchObject({
      errors: [
        { pointer: '/needs/0/indicators/home', rule: 'C2' },
        { pointer: '/needs/0/indicators/shoe-size', rule: 'C2' },
      ],
    });
  });
});

describe('L1: a draft', () => {
  it('is saved with its gaps, resumed, sent, and then runs like any other', async () => {
    const facts = someone();
    const key = randomUUID();
    const bare = { crn: facts.crn, needs: [{ need: 'accommodation' as const }] };
    const { body: saved, etag } = await save(bare, key);
    expect(saved).toMatchObject({ status: 'draft', sentAt: null, missing: expect.arrayContaining(['/area']) });
    expect((await save(bare, key)).body.id).toBe(saved.id);
    const params = { referralId: saved.id };

    const contradictory = facts.with({ sentence: { startDate: '2031-01-01' } });
    const changed = await practitioner.api.must(endpoints.changeDraft, {
      params,
      body: contradictory,
      ifMatch: etag ?? '',
    });
    expect(changed.body).toMatchObject({
      status: 'draft',
      missing: [],
      draft: { errors: [{ pointer: '/sentence/endDate' }], needs: [{ result: 'eligible' }] },
    });
    const early = await practitioner.api.call(endpoints.putEqualityMonitoring, {
      params,
      body: { ethnicity: 'white-irish' },
    });
    expect(early).toMatchObject({ status: 409, body: { type: '/problems/not-possible-now' } });
    const stale = await practitioner.api.call(endpoints.changeDraft, { params, body: facts, ifMatch: etag ?? '' });
    expect(stale.status).toBe(412);
    const refused = await practitioner.api.call(endpoints.submitDraft, { params, ifMatch: changed.etag ?? '' });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/sentence/endDate', rule: 'L1' }] } });

    const mended = await practitioner.api.must(endpoints.changeDraft, {
      params,
      body: facts,
      ifMatch: changed.etag ?? '',
    });
    const sent = await practitioner.api.must(endpoints.submitDraft, { params, ifMatch: mended.etag ?? '' });
    expect(sent.body).toMatchObject({
      id: saved.id,
      referenceNumber: saved.referenceNumber,
      sentAt: expect.any(String),
    });
    await practitioner.task(saved.id, 'complexity-confirmation');
    expect(await eventCounts(saved.id)).toMatchObject({
      'referral.drafted.v1': 1,
      'referral.draft-changed.v1': 2,
      'referral.sent.v1': 1,
      'complexity.recommended.v1': 1,
    });
    const { etag: latest } = await practitioner.read(saved.id);
    const again = await practitioner.api.call(endpoints.submitDraft, { params, ifMatch: latest });
    expect(again).toMatchObject({ status: 409, body: { type: '/problems/not-possible-now' } });
  });

  it('sent by two at once is sent once', async () => {
    const { body, etag } = await save(someone());
    const submit = () =>
      practitioner.api.call(endpoints.submitDraft, { params: { referralId: body.id }, ifMatch: etag ?? '' });
    const outcomes = await Promise.all([submit(), submit(), submit()]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await eventCounts(body.id)).toMatchObject({ 'referral.sent.v1': 1 });
  });

  it('counts neither as a duplicate nor finds one until it is sent', async () => {
    const facts = someone();
    await save(facts);
    const first = await practitioner.send(facts);
    expect(first.possibleDuplicates).toEqual([]);
    const { body: second, etag } = await save(facts);
    expect(second.possibleDuplicates).toEqual([]);
    const params = { referralId: second.id };
    const { body: sent } = await practitioner.api.must(endpoints.submitDraft, { params, ifMatch: etag ?? '' });
    expect(sent.possibleDuplicates.map(({ id }) => id)).toEqual([first.id]);
  });
});
