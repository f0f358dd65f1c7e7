import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { look } from '../../functions/tasks/look.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { park } from '../../functions/tasks/park.ts';
import { recommendComplexity } from '../../functions/tasks/recommend-complexity.ts';
import { renew } from '../../functions/tasks/renew.ts';
import { PlaceTaken } from '../../shared/contracts/errors.ts';
import { allocateManually } from '../../shared/domain/commands/answer-offer.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { confirmComplexity } from '../../shared/domain/commands/complexity.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import type { ReferralFacts } from '../../shared/domain/referral-facts.ts';
import { needIds } from '../../shared/domain/vocabulary.ts';
import type { Ports } from '../../shared/ports.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { choiceOf, serviceOf } from '../builders/services.ts';
import { sender } from '../builders/story.ts';
import { at } from '../builders/times.ts';

/** A referral with its first execution, as a machine's functions find it. */
async function started(facts: ReferralFacts = aReferral()) {
  const memory = new Memory();
  const command = { referenceNumber: 'BCDF1234', facts: { ...facts }, catalogueVersion: '1', possibleDuplicates: [] };
  const outcome = await memory.referrals.create(
    (context) => sendReferral({ ...command, id: context.newId() }, context),
    { by: sender },
  );
  if (isRefusal(outcome)) throw new Error(outcome.refused);
  const referralId = outcome.state.referral.id;
  await memory.executions.advance({ referralId, executionId: referralId });
  return { memory, ref: { referralId, executionId: referralId, segment: 1 } };
}
type Started = Awaited<ReturnType<typeof started>>;

const policy = { mostPasses: 10, release: 1 };
const looking = ({ memory, ref }: Started, passes = 0, segment = 1) =>
  look(memory, policy)({ ...ref, segment, passes, definition: 1 }, lambdaContext);
const does = <C>({ memory, ref }: Started, decide: Decide<C>, command: C) =>
  memory.referrals.execute(
    ref.referralId,
    { confidential: true },
    (state, context) => decide(state, command, context),
    {
      by: sender,
    },
  );
const confirmed = async (begun: Started) => {
  const { memory, ref } = begun;
  await recommendComplexity(memory)(ref, lambdaContext);
  const { referral } = memory.roots.get(ref.referralId) ?? {};
  const needs = (referral?.needs ?? []).map(({ need }) => ({ need, level: 'low' as const }));
  await does(begun, confirmComplexity, { taskId: referral?.openTasks[0]?.id ?? '', needs });
  return begun;
};

describe('To look', () => {
  it('tells where the record says that the execution stands, and how much of it was seen', async () => {
    const begun = await started();
    expect(await looking(begun)).toEqual({ standing: 'recommend-complexity', turn: 0 });
    await does(begun, withdrawReferral, { reason: 'moved' });
    expect(await looking(begun)).toEqual({ standing: 'concluded', turn: 1 });
  });

  it('reads the turn before the record, so that what happens in between is seen again, not missed', async () => {
    const begun = await started();
    const { memory } = begun;
    const order: string[] = [];
    const ports = {
      clock: memory.clock,
      executions: {
        find: (...key: Parameters<Ports['executions']['find']>) => {
          order.push('turn');
          return memory.executions.find(...key);
        },
        noteDefinition: memory.executions.noteDefinition,
      },
      referrals: {
        load: (...key: Parameters<Ports['referrals']['load']>) => {
          order.push('record');
          return memory.referrals.load(...key);
        },
      },
    };
    await look(ports, policy)({ ...begun.ref, passes: 0, definition: 1 }, lambdaContext);
    expect(order).toEqual(['turn', 'record']);
  });

  it('as another segment than the record names is superseded', async () => {
    const begun = await started();
    await expect(looking(begun, 0, 2)).rejects.toThrow(expect.objectContaining({ name: 'SegmentSuperseded' }));
    await renew(begun.memory)(begun.ref, lambdaContext);
    await expect(looking(begun)).rejects.toThrow(expect.objectContaining({ name: 'SegmentSuperseded' }));
    expect(await looking(begun, 0, 2)).toMatchObject({ standing: 'recommend-complexity' });
  });

  it('too often fills the segment', async () => {
    const begun = await started();
    expect(await looking(begun, 9)).toMatchObject({ standing: 'recommend-complexity' });
    expect(await looking(begun, 10)).toMatchObject({ standing: 'segment-full' });
  });

  it('after 269 days fills the segment, and starts the count anew in the next', async () => {
    const begun = await started();
    begun.memory.now = at('2027-03-11T09:00:00Z');
    expect(await looking(begun)).toMatchObject({ standing: 'segment-full' });
    begun.memory.now = at('2027-03-11T08:59:00Z');
    expect(await looking(begun)).toMatchObject({ standing: 'recommend-complexity' });
    begun.memory.now = at('2027-03-12T09:00:00Z');
    await renew(begun.memory)(begun.ref, lambdaContext);
    expect(await looking(begun, 0, 2)).toMatchObject({ standing: 'recommend-complexity' });
  });

  it('once it is over ends, however full the segment is', async () => {
    const begun = await started();
    await does(begun, withdrawReferral, { reason: 'moved' });
    expect(await looking(begun, 10)).toMatchObject({ standing: 'concluded' });
  });

  it('at what is not there fails loudly', async () => {
    const { memory, ref } = await started();
    memory.roots.clear();
    await expect(look(memory, policy)({ ...ref, passes: 0, definition: 1 }, lambdaContext)).rejects.toThrow(
      'is not there',
    );
  });

  it.each([
    ['nothing', undefined],
    ['no ids', { passes: 0, definition: 1 }],
    [
      'something that is not an id',
      { referralId: 'X320741', executionId: 'X320741', segment: 1, passes: 0, definition: 1 },
    ],
  ])('with %s is refused', async (_, input) => {
    const { memory } = await started();
    await expect(look(memory, policy)(input, lambdaContext)).rejects.toThrow(
      expect.objectContaining({ name: 'ZodError' }),
    );
  });
});

describe('To park', () => {
  const parking = ({ memory, ref }: Started, token: string, turn = 0, changes: object = {}) =>
    park(memory)({ ...ref, turn, token, enteredAt: '2026-06-15T09:00:00.000Z', retries: 0, ...changes }, lambdaContext);
  const redeemedIn = ({ memory }: Started): string[] => {
    const redeemed: string[] = [];
    memory.machines = { ...memory.machines, redeem: (token) => redeemed.push(token) > 0 };
    return redeemed;
  };

  it('keeps the token until the record moves on, and never answers it', async () => {
    const begun = await started();
    const redeemed = redeemedIn(begun);
    expect(await parking(begun, 'token-1')).toEqual({});
    expect(redeemed).toEqual([]);
    await does(begun, withdrawReferral, { reason: 'moved' });
    expect(redeemed).toEqual(['token-1']);
  });

  it('behind the record is redeemed at once', async () => {
    const begun = await started();
    const redeemed = redeemedIn(begun);
    await does(begun, withdrawReferral, { reason: 'moved' });
    await parking(begun, 'token-1');
    expect(redeemed).toEqual(['token-1']);
  });

  it('again, after a retry, is what counts', async () => {
    const begun = await started();
    const redeemed = redeemedIn(begun);
    await parking(begun, 'token-1');
    await parking(begun, 'token-2', 0, { retries: 1 });
    await does(begun, withdrawReferral, { reason: 'moved' });
    expect(redeemed).toEqual(['token-2']);
  });

  it('as a segment that was taken over is superseded', async () => {
    const begun = await started();
    await renew(begun.memory)(begun.ref, lambdaContext);
    await expect(parking(begun, 'token-1')).rejects.toThrow(expect.objectContaining({ name: 'SegmentSuperseded' }));
  });

  it('without a token is refused, and the message does not show what came', async () => {
    const begun = await started();
    await expect(parking(begun, '')).rejects.toThrow(expect.objectContaining({ name: 'ZodError' }));
  });
});

describe('To recommend', () => {
  it('asks the practitioner, once, however often it is tried', async () => {
    const { memory, ref } = await started();
    await recommendComplexity(memory)(ref, lambdaContext);
    await recommendComplexity(memory)(ref, lambdaContext);
    const types = memory.historyOf(ref.referralId).map(({ type }) => type);
    expect(types).toEqual(['referral.sent.v1', 'task.opened.v1', 'complexity.recommended.v1']);
  });

  it('as a segment that was taken over changes nothing', async () => {
    const { memory, ref } = await started();
    await renew(memory)(ref, lambdaContext);
    await expect(recommendComplexity(memory)(ref, lambdaContext)).rejects.toThrow(
      expect.objectContaining({ name: 'SegmentSuperseded' }),
    );
    expect(memory.historyOf(ref.referralId)).toHaveLength(1);
  });
});

describe('To make offers', () => {
  const offering = ({ memory, ref }: Started) => makeOffers(memory)(ref, lambdaContext);
  const offersIn = ({ memory, ref }: Started) =>
    memory.historyOf(ref.referralId).filter(({ type }) => type === 'offer.made.v1');

  it('offers to the best of the area, once, however often it is tried', async () => {
    const begun = await confirmed(await started());
    begun.memory.offer(serviceOf('provider-a')).offer(serviceOf('far-away', { areas: ['gwent'] }));
    expect(await offering(begun)).toEqual({});
    await offering(begun);
    expect(offersIn(begun).map(({ data }) => data.providerId)).toEqual(['provider-a']);
  });

  it('goes on until every need has its place, however many commands that takes', async () => {
    const needs = needIds.map((need) => aNeed(need));
    const begun = await confirmed(await started(aReferral().with({ area: 'metropolitan-police', needs })));
    await offering(begun);
    const { referral } = begun.memory.roots.get(begun.ref.referralId) ?? {};
    expect(referral?.groups.flatMap((group) => group.needs).sort()).toEqual([...needIds].sort());
  });

  it('that loses a race for a place ranks anew; when others are quicker each time it asks to be tried again', async () => {
    const begun = await confirmed(await started());
    const { memory } = begun;
    memory.offer(serviceOf('provider-a', { free: 20 })).offer(serviceOf('provider-b', { free: 10 }));
    const execute = memory.referrals.execute;
    let lost = 0;
    const races = (times: number) => ({
      directory: memory.directory,
      referrals: {
        ...memory.referrals,
        execute: (...command: Parameters<typeof execute>) => {
          if (lost >= times) return execute(...command);
          lost += 1;
          memory.services.delete('service-of-provider-a');
          throw new PlaceTaken('the last one went');
        },
      },
    });
    await makeOffers(races(1))(begun.ref, lambdaContext);
    expect(offersIn(begun).map(({ data }) => data.providerId)).toEqual(['provider-b']);
    lost = 0;
    const other = await confirmed(await started());
    await expect(
      makeOffers({ ...races(Number.POSITIVE_INFINITY), directory: other.memory.directory })(other.ref, lambdaContext),
    ).rejects.toThrow(expect.objectContaining({ name: 'PlaceTaken' }));
  });

  it('looks at a service that operations chose by hand, wherever it is', async () => {
    const begun = await confirmed(await started());
    const { memory, ref } = begun;
    await offering(begun);
    const far = serviceOf('far-away', { areas: ['gwent'] });
    memory.offer(far);
    const task = [...memory.taskRecords.values()].find(({ type }) => type === 'manual-allocation');
    await does(begun, allocateManually, { taskId: task?.id ?? '', ...choiceOf(far) });
    await makeOffers(memory)(ref, lambdaContext);
    expect(offersIn(begun).map(({ data }) => data.providerId)).toEqual(['far-away']);
  });
});

describe('To renew', () => {
  it('hands over to the next segment once, however often it is tried', async () => {
    const { memory, ref } = await started();
    const begun: string[] = [];
    memory.machines = { ...memory.machines, start: ({ segment }) => void begun.push(`segment ${segment}`) };
    await renew(memory)(ref, lambdaContext);
    await renew(memory)(ref, lambdaContext);
    expect(memory.records.get(ref.executionId)?.segment).toBe(2);
    expect(new Set(begun)).toEqual(new Set(['segment 2']));
  });
});

describe('Rule 8: what a task function throws', () => {
  const failing = (error: Error) => {
    const find = () => Promise.reject(error);
    return park({ executions: { ...new Memory().executions, park: find } })(
      {
        referralId: crypto.randomUUID(),
        executionId: crypto.randomUUID(),
        segment: 1,
        turn: 0,
        token: 't',
        enteredAt: '2026-06-15T09:00:00.000Z',
        retries: 0,
      },
      lambdaContext,
    );
  };
  const named = (name: string) => Object.assign(new Error('x'), { name });

  it.each(['ThrottlingException', 'ProvisionedThroughputExceededException', 'TimeoutError', 'ECONNRESET'])(
    '%s passes by itself: it is thrown under the one name that machines retry',
    async (name) => expect(failing(named(name))).rejects.toThrow(expect.objectContaining({ name: 'TransientFault' })),
  );

  it.each(['AccessDeniedException', 'ResourceNotFoundException', 'TypeError'])(
    '%s does not pass: it is thrown as it is, and nobody retries it',
    async (name) => expect(failing(named(name))).rejects.toThrow(expect.objectContaining({ name })),
  );
});
