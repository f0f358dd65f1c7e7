import { randomUUID } from 'node:crypto';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import type { Reconciled } from '../../../functions/events/reconcile.ts';
import { sdkConfig } from '../../../infra/local/local-only.ts';
import { moveClock } from '../../../infra/local/move-clock.ts';
import { keys, workKey } from '../../../shared/adapters/keys.ts';
import { reconciliation } from '../../../shared/adapters/reconciliation.ts';
import { withdrawReferral } from '../../../shared/contracts/routes/referrals.ts';
import { TEST_INSTANCE } from '../local-aws.setup.ts';
import { application, stack } from '../support/deployment.ts';
import { detached, ended, parked, statusOf } from '../support/executions.ts';
import {
  allocated,
  awaitingConfirmation,
  eventCounts,
  offered,
  practitioner,
  sentIncomplete,
} from '../support/journeys.ts';

const { db, sfn, referrals } = application();
const minute = 60_000;
const mostMinutes = 5;

afterAll(() => moveClock('reset', { instance: TEST_INSTANCE }));

type Key = { pk: string; sk: string };
const read = async (Key: Key) =>
  (await db.send(new GetCommand({ TableName: stack.recordTableName, Key, ConsistentRead: true }))).Item;
const write = (Item: object) => db.send(new PutCommand({ TableName: stack.recordTableName, Item: Item as never }));
const remove = (Key: Key) => db.send(new DeleteCommand({ TableName: stack.recordTableName, Key }));
const change = (Key: Key, UpdateExpression: string, values?: Record<string, unknown>) => {
  const names = [...UpdateExpression.matchAll(/#(\w+)/g)].map(([text, name = '']) => [text, name]);
  return db.send(
    new UpdateCommand({
      TableName: stack.recordTableName,
      Key,
      UpdateExpression,
      ...(names.length > 0 ? { ExpressionAttributeNames: Object.fromEntries(names) } : {}),
      ...(values ? { ExpressionAttributeValues: values } : {}),
    }),
  );
};
const referralOf = async (id: string) => {
  const state = await referrals.load(id);
  if (!state) throw new Error(`${id} is not there`);
  return state.referral;
};
const arnOf = (machine: string, name: string): string =>
  `${(stack.stateMachineArns[machine] ?? '').replace(':stateMachine:', ':execution:')}:${name}`;

/** Something that came apart: how it was done, and how one sees that it is whole again, or that somebody is told. */
interface Injected {
  name: string;
  isMended: () => Promise<boolean>;
}

/** Its execution is a fresh one, and waits where the record stands. */
const replaced = async (referralId: string, executionId = referralId): Promise<boolean> => {
  const { executions } = application();
  const execution = await executions.find({ referralId, executionId });
  if (!execution || execution.segment < 2) return false;
  return (await statusOf({ referralId, executionId, segment: execution.segment })) === 'RUNNING';
};

const injections: Record<string, () => Promise<() => Promise<boolean>>> = {
  'lifecycle stopped': async () => {
    const referralId = await awaitingConfirmation();
    await parked({ referralId });
    await sfn.send(new StopExecutionCommand({ executionArn: arnOf('referral-lifecycle', `${referralId}-1`) }));
    return async () => (await replaced(referralId)) && (await referralOf(referralId)).attention === null;
  },
  'delivery stopped': async () => {
    const { referralId, allocationId } = await allocated();
    await parked({ referralId, executionId: allocationId });
    await sfn.send(new StopExecutionCommand({ executionArn: arnOf('allocation-delivery', `${allocationId}-1`) }));
    return () => replaced(referralId, allocationId);
  },
  'execution that there never was': async () => {
    const referralId = await sentIncomplete();
    await parked({ referralId });
    await change(keys.execution(referralId, referralId), 'SET #segment = :two, startedSegment = :two', { ':two': 2 });
    return async () => (await replaced(referralId)) && (await parked({ referralId })).segment > 2;
  },
  'token deleted': async () => {
    const referralId = await awaitingConfirmation();
    await detached({ referralId });
    return () => replaced(referralId);
  },
  'wake lost': async () => {
    const referralId = await awaitingConfirmation();
    const { turn } = await parked({ referralId });
    await change(keys.execution(referralId, referralId), 'ADD turn :one', { ':one': 1 });
    return async () => {
      const Key = keys.token(referralId);
      const { Item } = await db.send(new GetCommand({ TableName: stack.privateTableName, Key, ConsistentRead: true }));
      return Item?.turn === turn + 1;
    };
  },
  'concluded, and nobody could wake it': async () => {
    const referralId = await awaitingConfirmation();
    await detached({ referralId });
    const { etag: ifMatch } = await practitioner.read(referralId);
    await practitioner.api.must(withdrawReferral, { params: { referralId }, body: { reason: 'moved' }, ifMatch });
    expect(await statusOf({ referralId })).toBe('RUNNING');
    return async () => (await statusOf({ referralId })) !== 'RUNNING';
  },
  'task deleted': async () => {
    const { provider, taskId } = await offered();
    await remove(keys.task(taskId));
    return async () => {
      if (!(await read(keys.task(taskId)))) return false;
      // It can be answered again, once.
      expect((await provider.readTask(taskId)).status).toBe('open');
      return true;
    };
  },
  'task closed beside its referral': async () => {
    const { taskId } = await offered();
    await change(keys.task(taskId), 'SET #status = :closed REMOVE workKey, workAt', { ':closed': 'withdrawn' });
    return async () => (await read(keys.task(taskId)))?.status === 'open';
  },
  'task out of its owner’s list': async () => {
    const { taskId } = await offered();
    await change(keys.task(taskId), 'REMOVE ownerKey, ownerSort');
    return async () => (await read(keys.task(taskId)))?.ownerKey !== undefined;
  },
  'task planted': async () => {
    const referralId = await awaitingConfirmation();
    const { id, openTasks } = await referralOf(referralId);
    const own = await read(keys.task(openTasks[0]?.id ?? ''));
    const planted = randomUUID();
    const sort = `${own?.dueAt}#${planted}`;
    const shard = workKey('TASK', planted).slice('TASK#'.length);
    await write({
      ...own,
      ...keys.task(planted),
      id: planted,
      referralId: id,
      ownerSort: sort,
      allKey: `TASKS#open#${shard}`,
      allSort: sort,
      workKey: workKey('TASK', planted),
    });
    return async () => (await read(keys.task(planted)))?.status === 'withdrawn';
  },
  'task of nothing': async () => {
    const referralId = await awaitingConfirmation();
    const { openTasks } = await referralOf(referralId);
    const own = await read(keys.task(openTasks[0]?.id ?? ''));
    const planted = randomUUID();
    const shard = workKey('TASK', planted).slice('TASK#'.length);
    const { workKey: _key, workAt: _at, ...rest } = own ?? {};
    const strange = { ...rest, ...keys.task(planted), id: planted, referralId: randomUUID() };
    await write({ ...strange, ownerSort: planted, allKey: `TASKS#open#${shard}`, allSort: `${own?.dueAt}#${planted}` });
    return async () => {
      if (!raised['task-of-nothing']) return false;
      await remove(keys.task(planted));
      return true;
    };
  },
  'wait that nobody was asked for': async () => {
    const { referralId, taskId } = await offered();
    const { openTasks } = await referralOf(referralId);
    const left = openTasks.filter(({ id }) => id !== taskId);
    await change(keys.referral(referralId), 'SET openTasks = :left', { ':left': left });
    await remove(keys.task(taskId));
    return async () => (await referralOf(referralId)).attention !== null;
  },
  'counter off': async () => {
    const { referralId } = await allocated();
    const serviceId = (await referralOf(referralId)).allocations[0]?.serviceId ?? '';
    await change(keys.capacity(serviceId), 'ADD confirmed :three', { ':three': 3 });
    return async () => (await reconciliation(db).miscounted([serviceId])).length === 0;
  },
  'place deleted': async () => {
    const { referralId } = await allocated();
    const { id = '', serviceId = '' } = (await referralOf(referralId)).allocations[0] ?? {};
    await remove(keys.place(serviceId, id));
    return async () => (await read(keys.place(serviceId, id))) !== undefined;
  },
  'place of nobody': async () => {
    const { referralId } = await allocated();
    const { serviceId = '' } = (await referralOf(referralId)).allocations[0] ?? {};
    const holder = randomUUID();
    await write({ ...keys.place(serviceId, holder), serviceId, holder, as: 'reserved', referralId: randomUUID() });
    return async () => (await read(keys.place(serviceId, holder))) === undefined;
  },
};

const raised: Record<string, number> = {};
const healed: Record<string, number> = {};

/** The deployed function, with its own role, as its schedule runs it. */
async function reconciles(): Promise<Reconciled> {
  const lambda = new LambdaClient(sdkConfig(stack.endpointUrl));
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: stack.reconcilerFunctionName }),
  );
  const answer = new TextDecoder().decode(Payload);
  if (FunctionError) throw new Error(`The reconciler failed: ${answer}`);
  const came = JSON.parse(answer) as Reconciled;
  for (const [drift, n] of Object.entries(came.healed)) healed[drift] = (healed[drift] ?? 0) + n;
  for (const [drift, n] of Object.entries(came.raised)) raised[drift] = (raised[drift] ?? 0) + n;
  return came;
}

describe('The reconciler on the deployed stack (ADR 25)', () => {
  it('first finds what other tests have left, then nothing', async () => {
    for (let n = 0; n < mostMinutes; n += 1) {
      await moveClock(minute, { instance: TEST_INSTANCE });
      await reconciles();
    }
    await moveClock(2 * minute, { instance: TEST_INSTANCE });
    const { raised: still, failed, ...came } = await reconciles();
    expect({ ...came, failed }).toEqual({ healed: {}, failed: 0, left: {} });
    expect(Object.keys(still).filter((drift) => drift !== 'task-of-nothing')).toEqual([]);
  }, 300_000);

  it('heals or raises all that is injected within five minutes', async () => {
    for (const counts of [healed, raised]) for (const drift of Object.keys(counts)) delete counts[drift];
    const open: Injected[] = [];
    for (const [name, inject] of Object.entries(injections)) open.push({ name, isMended: await inject() });
    const after: Record<string, number> = {};
    for (let n = 1; n <= mostMinutes; n += 1) {
      await moveClock(minute, { instance: TEST_INSTANCE });
      await reconciles();
      for (const { name, isMended } of open) if (!(name in after) && (await isMended())) after[name] = n;
    }
    const count = Object.keys(after).length;
    process.stdout.write(
      `Drift on the deployed stack: ${count} of ${open.length} healed or raised within ${mostMinutes} minutes ` +
        `(by then, in minutes: ${JSON.stringify(after)}; healed ${JSON.stringify(healed)}, raised ${JSON.stringify(raised)})\n`,
    );
    expect(open.map(({ name }) => name).filter((name) => !(name in after))).toEqual([]);
  }, 600_000);

  it('loses no answer and doubles none: what it restored is answered once, and goes on', async () => {
    const { referralId, provider, taskId } = await offered();
    await parked({ referralId });
    await sfn.send(new StopExecutionCommand({ executionArn: arnOf('referral-lifecycle', `${referralId}-1`) }));
    await remove(keys.task(taskId));
    for (let n = 0; n < mostMinutes; n += 1) {
      await moveClock(minute, { instance: TEST_INSTANCE });
      await reconciles();
    }
    await provider.answer(taskId, { decision: 'accepted' });
    await practitioner.read(referralId);
    await parked({ referralId });
    expect(await eventCounts(referralId)).toMatchObject({
      'offer.made.v1': 1,
      'offer.accepted.v1': 1,
      'allocation.started.v1': 1,
      'execution.redriven.v1': 1,
      'task.repaired.v1': 1,
    });
    expect(await ended({ referralId })).toBe('ABORTED');
  }, 300_000);
});
