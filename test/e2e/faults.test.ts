import { randomUUID } from 'node:crypto';
import {
  type DynamoDBClient,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { listReferrals as listReferralsIn } from '../../functions/api/list-referrals.ts';
import { listTasks as listTasksIn } from '../../functions/api/list-tasks.ts';
import { respondToTask as respondToTaskIn } from '../../functions/api/respond-to-task.ts';
import { sendReferral as sendReferralIn } from '../../functions/api/send-referral.ts';
import { listReferrals, sendReferral } from '../../shared/contracts/routes/referrals.ts';
import { listTasks, respondToTask } from '../../shared/contracts/routes/tasks.ts';
import type { AreaId } from '../../shared/domain/areas.ts';
import { call } from './support/call.ts';
import { type Application, application } from './support/deployment.ts';
import { eventCounts, offered, respond, send, someone } from './support/journeys.ts';
import { aboveRetries, belowRetries, type Call, type Meddler } from './support/meddle.ts';
import { storedOf } from './support/record.ts';
import { itsProvider, onlyServiceIn, placesOf } from './support/services.ts';
import { sweptOnly } from './support/sweeper.ts';
import { offeredUnheard, referralOf } from './support/unheard.ts';

const accepted = { decision: 'accepted' } as const;
/** Where there is no service but this file's own. */
const area: AreaId = 'dorset';

/** A command that can be given again, and how much of it the tables hold. */
interface Command {
  give(app: Application): Promise<{ status: number; body: Record<string, unknown> }>;
  stored(): Promise<'nothing' | 'all' | object>;
}

async function sending(): Promise<Command> {
  const facts = someone().with({ setting: null });
  const idempotencyKey = randomUUID();
  const whole = { PERSON: 1, REFERRAL: 1, EVENT: 3, EXECUTION: 1 };
  return {
    give: (app) => call(sendReferralIn(app), sendReferral, 'practitioner', { body: facts, idempotencyKey }),
    async stored() {
      const { crn } = facts;
      const { items } = await application().referrals.list({ by: 'crn', crn }, { limit: 10 });
      const found = await storedOf({ crn, referralId: items[0]?.id });
      const tasks = await Promise.all(items.flatMap(({ openTasks }) => openTasks.map(({ id }) => taskStatus(id))));
      return summary(found, [{}, []], [whole, ['open']], tasks);
    },
  };
}

async function accepting(area: AreaId, serviceId: string): Promise<Command> {
  const facts = someone().with({ area });
  const { referralId, taskId } = await offeredUnheard(facts);
  const crn = facts.crn;
  const before = await storedOf({ crn, referralId });
  const { confirmed } = await placesOf(serviceId);
  const whole = {
    ...before,
    ALLOCATION: 1,
    ANSWER: (before.ANSWER ?? 0) + 1,
    EVENT: (before.EVENT ?? 0) + 3,
    EXECUTION: 2,
  };
  return {
    give: (app) =>
      call(respondToTaskIn(app), respondToTask, `provider:${itsProvider}`, { params: { taskId }, body: accepted }),
    async stored() {
      const { allocations } = await referralOf(referralId);
      const allocationId = allocations[0]?.id;
      const found = await storedOf({ crn, referralId, allocationId });
      const taken = (await placesOf(serviceId)).confirmed - confirmed;
      const now = [await taskStatus(taskId), taken, allocations.length];
      return summary(found, [before, ['open', 0, 0]], [whole, ['answered', 1, 1]], now);
    },
  };
}

const taskStatus = async (id: string) => (await application().tasks.find(id))?.status;

function summary(
  found: object,
  nothing: [object, unknown[]],
  all: [object, unknown[]],
  other: unknown[],
): 'nothing' | 'all' | object {
  const isSame = ([items, rest]: [object, unknown[]]): boolean =>
    canonical([found, other]) === canonical([items, rest]);
  return isSame(nothing) ? 'nothing' : isSame(all) ? 'all' : { found, other };
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

/** An application of which the SDK call of that number fails, whatever the SDK itself has tried. */
function failing(number: number, when: 'before' | 'after') {
  let calls = 0;
  const act: Meddler = async ({ carryOut }) => {
    calls += 1;
    if (calls !== number) return carryOut();
    if (when === 'after') await carryOut();
    throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
  };
  const app = application({ dynamo: aboveRetries(act), stepFunctions: aboveRetries(act) });
  return { app, wasReached: () => calls >= number };
}

async function expectAllOrNothing(command: () => Promise<Command>, when: 'before' | 'after'): Promise<number> {
  for (let number = 1; ; number += 1) {
    const { give, stored } = await command();
    const { app, wasReached } = failing(number, when);
    const { status } = await give(app);
    if (!wasReached()) return number - 1;
    const left = await stored();
    expect([503, 202], `call ${number}`).toContain(status);
    expect(status === 202 ? ['all'] : ['nothing', 'all'], `call ${number}`).toContainEqual(left);

    const again = await give(application());
    expect(again.status).toBe(202);
    expect(await stored()).toBe('all');
  }
}

describe('Rule 1: a fault at any one SDK call of a command leaves all of it or nothing, and it can be given again', () => {
  it.each(['before', 'after'] as const)('sending a referral, %s the call', async (when) => {
    expect(await expectAllOrNothing(sending, when)).toBeGreaterThan(5);
  });

  it.each(['before', 'after'] as const)('accepting an offer, %s the call', async (when) => {
    const serviceId = await onlyServiceIn(area, 100);
    expect(await expectAllOrNothing(() => accepting(area, serviceId), when)).toBeGreaterThan(10);
  });
});

/** Both commands, made ready; what comes of them has to be the whole. */
const commands: [string, () => Promise<Command>][] = [
  ['sending a referral', sending],
  ['accepting an offer', async () => accepting(area, await onlyServiceIn(area, 1))],
];

async function expectSurvived(command: Command, meddle: (client: DynamoDBClient) => void): Promise<void> {
  const { status } = await command.give(application({ dynamo: meddle }));
  expect(status).toBe(202);
  expect(await command.stored()).toBe('all');
}

const transaction = 'TransactWriteItemsCommand';

/** DynamoDB's own answer to a transaction that it will not take just now. */
const cancelledFor = (Code: string) =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    $metadata: { httpStatusCode: 400 },
    CancellationReasons: [{ Code: 'None' }, { Code }],
  });

/** Fails so many times, then lets everything pass. */
function failingFirst(times: number, isMeant: (call: Call) => boolean, fault: () => Error, when = 'before') {
  let failed = 0;
  return belowRetries(async (call) => {
    if (!isMeant(call) || failed >= times) return call.carryOut();
    failed += 1;
    if (when === 'after') await call.carryOut();
    throw fault();
  });
}

const noAnswer = () => Object.assign(new Error('no answer'), { name: 'TimeoutError' });
const isTransaction = ({ command }: Call): boolean => command === transaction;

describe.each(commands)('%s survives without a 5xx', (_, prepared) => {
  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'a transaction that is cancelled for %s, five times in a row',
    async (reason) => {
      const conflicting = failingFirst(5, isTransaction, () => cancelledFor(reason));
      await expectSurvived(await prepared(), conflicting);
    },
  );

  it('throttling of every call, once each', async () => {
    const throttled = new Set<string>();
    const once = ({ command, input }: Call): boolean => {
      const call = command + JSON.stringify(input);
      return !throttled.has(call) && Boolean(throttled.add(call));
    };
    const fault = () => new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
    await expectSurvived(await prepared(), failingFirst(1000, once, fault));
    expect(throttled.size).toBeGreaterThan(4);
  });

  it('a time-out after the commit, which the SDK then sends again', async () => {
    await expectSurvived(await prepared(), failingFirst(1, isTransaction, noAnswer, 'after'));
  });

  it('a time-out after the commit, whatever the SDK tries', async () => {
    await expectSurvived(await prepared(), failingFirst(1000, isTransaction, noAnswer, 'after'));
  });
});

describe('An index that lags behind is survived without a 5xx', () => {
  /** The newest entries have not reached the index yet. */
  const withoutNewest = belowRetries(async ({ input, carryOut }) => {
    const output = await carryOut();
    return isIndex(input) ? { ...output, Items: [], Count: 0 } : output;
  });

  it('a referral is sent, though an earlier one of the same person is not seen', async () => {
    const facts = someone();
    await send(facts);
    const handler = sendReferralIn(application({ dynamo: withoutNewest }));
    const request = { body: facts, idempotencyKey: randomUUID() };
    const { status, body } = await call(handler, sendReferral, 'practitioner', request);
    expect([status, body.possibleDuplicates]).toEqual([202, []]);
  });

  it('the index says that a task is open, and it has been answered: it is not shown as open', async () => {
    const { referralId, provider, taskId } = await offered();
    const read = () => call(listTasksIn(lagging), listTasks, `provider:${provider.id}`, { query: { limit: 100 } });
    const pages = new Map<string, object>();
    const lagging = application({ dynamo: replayed(pages) });
    expect(idsIn((await read()).body)).toContain(taskId);

    await respond(provider, taskId, accepted);
    const stale = await read();
    expect(stale.status).toBe(200);
    expect(idsIn(stale.body)).not.toContain(taskId);
    expect(await eventCounts(referralId)).toMatchObject({ 'offer.accepted.v1': 1 });
  });

  it('the index says that a task is due, and it has been answered: nothing lapses', async () => {
    const { referralId, provider, taskId } = await offered();
    await respond(provider, taskId, accepted);
    await sweptOnly({ referralId, taskId }, aYear);
    expect(await eventCounts(referralId)).not.toHaveProperty('offer.lapsed.v1');
  });

  it('the index names a referral that cannot be read yet: the list goes on without it', async () => {
    const facts = someone();
    const referralId = await send(facts);
    const query = { crn: facts.crn };
    const early = belowRetries(async ({ command, carryOut }) => {
      const output = await carryOut();
      return command === 'BatchGetItemCommand' ? { ...output, Responses: {} } : output;
    });
    const seen = await call(listReferralsIn(application()), listReferrals, 'practitioner', { query });
    expect(idsIn(seen.body)).toEqual([referralId]);
    const unseen = await call(listReferralsIn(application({ dynamo: early })), listReferrals, 'practitioner', {
      query,
    });
    expect([unseen.status, idsIn(unseen.body)]).toEqual([200, []]);
  });
});

const aYear = 365 * 24 * 60 * 60 * 1000;
const isIndex = (input: object): boolean => 'IndexName' in input && input.IndexName !== undefined;
const idsIn = ({ items }: Record<string, unknown>): string[] => (items as { id: string }[]).map(({ id }) => id);

/** An index that gives again what it gave when it was first asked. */
const replayed = (pages: Map<string, object>) =>
  belowRetries(async ({ input, carryOut }) => {
    if (!isIndex(input)) return carryOut();
    const asked = JSON.stringify(input);
    const output = await carryOut();
    if (!pages.has(asked)) pages.set(asked, output);
    return pages.get(asked) ?? output;
  });
