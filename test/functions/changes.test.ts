import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { endReferralEarly, extendReferral, transferReferral } from '../../functions/api/change-running-referral.ts';
import { getReferral } from '../../functions/api/get-referral.ts';
import { getReferralHistory } from '../../functions/api/get-referral-history.ts';
import { reopenReferral } from '../../functions/api/reopen-referral.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { Memory } from '../builders/memory.ts';
import { serviceOf } from '../builders/services.ts';
import { aReferralState, type Story } from '../builders/story.ts';
import { ask, registered } from './request.ts';

const words = 'canary-words';

/** A referral of the north's case system as the store holds it. */
function holding(story: Story): { memory: Memory; params: { referralId: string } } {
  const memory = registered(new Memory());
  const { referral, confidential, allocations } = story.world;
  memory.roots.set(referral.id, { referral, confidential });
  for (const [id, allocation] of allocations) memory.allocationsById.set(id, allocation);
  return { memory, params: { referralId: story.referral.id } };
}

const etagOf = ({ referral }: Story) => `"${referral.version}"`;

describe.each([
  ['an extension', endpoints.extendReferral, extendReferral, { endDate: '2027-12-31', reason: words }],
  ['a transfer', endpoints.transferReferral, transferReferral, { area: 'lancashire', reason: words }],
  ['an early end', endpoints.endReferralEarly, endReferralEarly, { reason: 'not-engaged', text: words }],
] as const)('L4: %s', (_, contract, change, body) => {
  const story = aReferralState().delivering();
  const headers = { 'if-match': etagOf(story) };

  it('is the sending case system’s alone, on the version that it has seen', async () => {
    const { memory, params } = holding(story);
    const as = (client: string, given: Record<string, string> = headers) =>
      ask(change(memory), contract, { as: client, params, body, headers: given });
    expect((await as('south-case-system')).status).toBe(404);
    for (const other of ['system-of-a', 'operations-console', 'court-reports'])
      expect((await as(other)).status).toBe(403);
    expect((await as('north-case-system', {})).status).toBe(428);
    expect((await as('north-case-system', { 'if-match': '"1"' })).status).toBe(412);
    expect((await as('north-case-system')).status).toBe(202);
  });

  it('happens once under one key', async () => {
    const { memory, params } = holding(story);
    const keyed = { params, body, headers: { ...headers, 'idempotency-key': 'once' } };
    const first = await ask(change(memory), contract, keyed);
    const again = await ask(change(memory), contract, keyed);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.body.version).toBe(first.body.version);
  });

  it('tells its words to nobody: they stand in the private half', async () => {
    const { memory, params } = holding(story);
    await ask(change(memory), contract, { params, body, headers });
    for (const as of ['north-case-system', 'system-of-a', 'operations-console']) {
      for (const seen of [
        await ask(getReferral(memory), endpoints.getReferral, { as, params }),
        await ask(getReferralHistory(memory), endpoints.getReferralHistory, { as, params }),
      ]) {
        expect(seen.status).toBe(200);
        expect(JSON.stringify(seen.body)).not.toContain(words);
      }
    }
  });
});

describe('L4: a transfer to a named service', () => {
  const story = aReferralState().delivering();
  const headers = { 'if-match': etagOf(story) };
  const to = async (serviceId: string) => {
    const { memory, params } = holding(story);
    const far = serviceOf('far', { areas: ['lancashire'] });
    const body = { serviceId, reason: words };
    return ask(transferReferral(memory.offer(far)), endpoints.transferReferral, { params, body, headers });
  };

  it('is taken wherever the service is, and refused where the directory does not know it', async () => {
    expect((await to('service-of-far')).status).toBe(202);
    expect(await to('service-of-nobody')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/serviceId' }] },
    });
  });
});

describe('L5: a reopening', () => {
  const story = aReferralState().delivering().withdrawn().acknowledged();
  const headers = { 'if-match': etagOf(story) };
  const body = { reason: words };

  it('is operations’ alone, tells no words, and starts the lifecycle afresh', async () => {
    const { memory, params } = holding(story);
    const id = params.referralId;
    memory.records.set(id, {
      executionId: id,
      referralId: id,
      machine: 'referral-lifecycle',
      segment: 1,
      turn: 4,
      startedSegment: 1,
      startedAt: null,
      definition: 1,
    });
    const as = (client: string) =>
      ask(reopenReferral(memory), endpoints.reopenReferral, { as: client, params, body, headers });
    for (const other of ['north-case-system', 'system-of-a']) expect((await as(other)).status).toBe(403);
    const reopened = await as('operations-console');
    expect(reopened).toMatchObject({ status: 202, body: { stage: 'provider-matching', endState: null } });
    expect(JSON.stringify(reopened.body)).not.toContain(words);
    expect(memory.records.get(id)?.segment).toBe(2);
    expect((await as('operations-console')).status).toBe(412);
  });
});
