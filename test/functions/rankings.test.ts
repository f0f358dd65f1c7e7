import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { listRankings } from '../../functions/api/list-rankings.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { RankingView } from '../../shared/contracts/views/ranking.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import { type Decide, isRefusal } from '../../shared/domain/decision.ts';
import { matchingWeights } from '../../shared/domain/matching-weights.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { sender } from '../builders/story.ts';
import { ask, registered } from './request.ts';

const id = '11111111-1111-4111-8111-111111111111';

/** A man who needs an interpreter, matched in a small directory. */
async function matched(policy?: Parameters<typeof makeOffers>[1]): Promise<Memory> {
  const memory = registered(new Memory());
  const facts = aReferral().with({
    person: { sex: 'male', dateOfBirth: '1990-04-02', accessibility: [], interpreterLanguage: 'cy' },
    needs: [aNeed('accommodation', { generalServiceReason: null })],
  });
  const command = { id, referenceNumber: 'BCDF1234', facts: { ...facts }, catalogueVersion: '1' };
  const outcome = await memory.referrals.create(
    (context) => sendReferral({ ...command, possibleDuplicates: [] }, context),
    { by: sender },
  );
  if (isRefusal(outcome)) throw new Error(outcome.refused);
  memory
    .offer(serviceOf('provider-a', { free: 20 }))
    .offer(serviceOf('provider-b', { free: 2, languages: ['cy'] }))
    .offer(serviceOf('provider-c', { free: 0, minimumAge: 40 }));
  const does = <C>(decide: Decide<C>, what: C) =>
    memory.referrals.execute(id, { confidential: true }, (state, context) => decide(state, what, context), {
      by: sender,
    });
  await does(recommendComplexity, {});
  const [task] = memory.roots.get(id)?.referral.openTasks ?? [];
  await does(confirmComplexity, { taskId: task?.id ?? '', needs: [{ need: 'accommodation', level: 'low' }] });
  await makeOffers(memory, policy)({ referralId: id, executionId: id, segment: 1 }, lambdaContext);
  return memory;
}

const rankings = (memory: Memory, as?: string) =>
  ask(listRankings(memory), endpoints.listRankings, { params: { referralId: id }, ...(as ? { as } : {}) });
const only = ({ body }: Awaited<ReturnType<typeof rankings>>): RankingView => {
  const { items } = endpoints.listRankings.responses[200].parse(body);
  const [ranking, ...others] = items;
  if (!ranking || others.length > 0) throw new Error(`${items.length} rankings, not one`);
  return ranking;
};

describe('L3: the rankings of a referral', () => {
  it('show the practitioner who came where and why, and who was left out and why', async () => {
    const { candidates, filtered, needs } = only(await rankings(await matched()));
    expect(needs).toEqual(['accommodation']);
    expect(candidates).toEqual([
      {
        service: { id: 'service-of-provider-b', name: 'Service service-of-provider-b' },
        provider: { id: 'provider-b', name: 'provider-b' },
        score: 72,
        parts: { preference: 0, cohort: 0, coverage: 20, availability: 2, locality: 10, speed: 10, fit: 30 },
      },
      {
        service: { id: 'service-of-provider-a', name: 'Service service-of-provider-a' },
        provider: { id: 'provider-a', name: 'provider-a' },
        score: 60,
        parts: { preference: 0, cohort: 0, coverage: 20, availability: 20, locality: 10, speed: 10, fit: 0 },
      },
    ]);
    expect(filtered).toEqual([
      {
        service: { id: 'service-of-provider-c', name: 'Service service-of-provider-c' },
        provider: { id: 'provider-c', name: 'provider-c' },
        reasons: [
          { code: 'not-for-person', detail: 'It takes people from 40; the person is 36.' },
          { code: 'full', detail: 'It had no place free.' },
        ],
      },
    ]);
  });

  it('show operations the same, without what it tells of the person', async () => {
    const memory = await matched();
    const [own, operations] = [only(await rankings(memory)), only(await rankings(memory, 'operations-console'))];
    expect(operations.candidates).toEqual(own.candidates);
    expect(operations.filtered.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
      ['not-for-person', 'full'],
    ]);
    expect(JSON.stringify(operations)).not.toMatch(/\b36\b|"cy"/);
  });

  it('V: are published as ids, codes and numbers: nothing of the language, the age or the sex', async () => {
    const event = (await matched()).historyOf(id).find(({ type }) => type === 'candidates.ranked.v1');
    expect(JSON.stringify(event?.data)).not.toMatch(/"cy"|language|1990|\b36\b|male/);
  });

  it.each([
    ['system-of-b', 403],
    ['court-reports', 403],
    ['south-case-system', 404],
  ])('are not for %s', async (as, status) => expect((await rankings(await matched(), as)).status).toBe(status));

  it('go by the weights of the deployment', async () => {
    const { candidates } = only(await rankings(await matched({ weights: matchingWeights.parse({ fit: 5 }) })));
    expect(candidates.map(({ provider }) => provider.id)).toEqual(['provider-a', 'provider-b']);
  });
});
