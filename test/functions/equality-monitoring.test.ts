import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { getEqualityMonitoring } from '../../functions/api/get-equality-monitoring.ts';
import { putEqualityMonitoring } from '../../functions/api/put-equality-monitoring.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import { type Decide, isRefusal } from '../../shared/domain/decision.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { sender } from '../builders/story.ts';
import { wednesday } from '../builders/times.ts';
import { ask, registered } from './request.ts';

const id = '11111111-1111-4111-8111-111111111111';
const params = { referralId: id };
const said = { ethnicity: 'white-gypsy-or-irish-traveller', disability: 'prefer-not-to-say' };

async function sent(): Promise<Memory> {
  const memory = registered(new Memory());
  const command = { id, referenceNumber: 'BCDF1234', facts: { ...aReferral() }, catalogueVersion: '1' };
  const outcome = await memory.referrals.create(
    (context) => sendReferral({ ...command, possibleDuplicates: [] }, context),
    { by: sender },
  );
  if (isRefusal(outcome)) throw new Error(outcome.refused);
  return memory;
}

const put = (memory: Memory, body: unknown, asking: { as?: string; headers?: Record<string, string> } = {}) =>
  ask(putEqualityMonitoring(memory), endpoints.putEqualityMonitoring, { params, body, ...asking });
const get = (memory: Memory, as?: string) =>
  ask(getEqualityMonitoring(memory), endpoints.getEqualityMonitoring, { params, ...(as ? { as } : {}) });

describe('Equality monitoring', () => {
  it('of which nothing is recorded is empty, and not missing', async () => {
    const { status, body } = await get(await sent());
    expect(status).toBe(200);
    expect(body).toEqual({ characteristics: {}, recordedAt: null, recordedBy: null });
  });

  it('stands as it was put, with when and by whom', async () => {
    const memory = await sent();
    const stands = await put(memory, said, { headers: { 'X-On-Behalf-Of': 'pp-17' } });
    expect(stands.status).toBe(200);
    expect(stands.body).toEqual({
      characteristics: said,
      recordedAt: memory.now.toISOString(),
      recordedBy: { organisation: 'north-probation', client: 'north-case-system', person: 'pp-17' },
    });
    expect((await get(memory)).body).toEqual(stands.body);
    expect(endpoints.getEqualityMonitoring.responses[200].safeParse(stands.body).error).toBeUndefined();
  });

  it('put twice stands once; put anew, nothing of what stood before is left', async () => {
    const memory = await sent();
    const first = await put(memory, said);
    expect(await put(memory, said)).toEqual(first);
    memory.now = wednesday('10:00');
    await put(memory, { religionOrBelief: 'none' });
    expect((await get(memory)).body).toMatchObject({
      characteristics: { religionOrBelief: 'none' },
      recordedAt: wednesday('10:00').toISOString(),
    });
    await put(memory, {});
    expect((await get(memory)).body.characteristics).toEqual({});
  });

  it('does not exist for another case system, and is refused to every other role', async () => {
    const memory = await sent();
    await put(memory, said);
    for (const answered of [await get(memory, 'south-case-system'), await put(memory, {}, { as: 'south-case-system' })])
      expect(answered).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
    for (const as of ['system-of-a', 'operations-console', 'contract-office', 'court-reports']) {
      for (const answered of [await get(memory, as), await put(memory, {}, { as })])
        expect({ as, status: answered.status }).toEqual({ as, status: 403 });
    }
    expect((await get(memory)).body.characteristics).toEqual(said);
  });

  it('names every field that is wrong, and says nothing of what was sent', async () => {
    const memory = await sent();
    const { status, body } = await put(memory, { ethnicity: 'From the north', sexualOrientation: 1, age: 'old' });
    expect(status).toBe(400);
    expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/age', '/ethnicity', '/sexualOrientation']);
    expect(JSON.stringify(body)).not.toContain('From the north');
    expect(memory.equalityRecords.size).toBe(0);
  });

  it('is no part of the referral: no event, no history, no other version, no other record', async () => {
    const memory = await sent();
    const before = { entries: [...memory.entries], root: memory.roots.get(id) };
    await put(memory, said);
    expect({ entries: memory.entries, root: memory.roots.get(id) }).toEqual(before);
  });

  it('is not looked at by matching: the same referral is ranked and offered in the same way', async () => {
    const ranked = async (recorded: boolean) => {
      const memory = await sent();
      if (recorded) await put(memory, said);
      for (const provider of ['provider-a', 'provider-b', 'provider-c']) memory.offer(serviceOf(provider, { free: 2 }));
      const does = <C>(decide: Decide<C>, command: C) =>
        memory.referrals.execute(id, { confidential: true }, (state, context) => decide(state, command, context), {
          by: sender,
        });
      await does(recommendComplexity, {});
      const [task] = memory.roots.get(id)?.referral.openTasks ?? [];
      await does(confirmComplexity, { taskId: task?.id ?? '', needs: [{ need: 'accommodation', level: 'low' }] });
      await makeOffers(memory)({ referralId: id, executionId: id, segment: 1 }, lambdaContext);
      const dataOf = (type: string) => memory.historyOf(id).find((entry) => entry.type === type)?.data;
      return { candidates: dataOf('candidates.ranked.v1')?.candidates, asked: dataOf('offer.made.v1')?.serviceId };
    };
    const without = await ranked(false);
    expect(without.candidates).toHaveLength(3);
    expect(await ranked(true)).toEqual(without);
  });
});
