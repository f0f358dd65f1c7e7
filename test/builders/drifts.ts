import { indexKeys, keys, workAt, workKey } from '../../shared/adapters/keys.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { lifecycleStanding } from '../../shared/domain/standing.ts';
import { waitsOf } from '../../shared/domain/waits.ts';
import type { RunningTown } from './running-town.ts';
import { services } from './town.ts';

type Item = Record<string, unknown>;

/**
 * Ways in which what belongs together comes apart: a fault, or somebody's hand. Each says what it did, or undefined
 * where there was nothing that it could be done to. `as`: under which of these names the reconciler is to find it.
 */
export interface Drift {
  as: string[];
  /** It cannot be healed: somebody is told. */
  isRaised?: true;
  inject: (town: RunningTown, pick: number) => string | undefined;
}

const at = <T>(all: readonly T[], pick: number): T | undefined => all[pick % Math.max(1, all.length)];
const open = (town: RunningTown) => town.referrals.filter(({ conclusion }) => !conclusion);

/** The execution whose current segment waits, as the record keeps it. */
const waiting = (town: RunningTown): Item[] =>
  town.tables.all('record').filter((item) => {
    const { sk, executionId, segment, workKey: mark } = item;
    if (!String(sk).startsWith('EXECUTION#') || mark) return false;
    const run = town.stepFunctions.runs.get(`${executionId}-${segment}`);
    return run?.ended === undefined && run?.execution.parked !== undefined;
  });
const nameOf = ({ executionId, segment }: Item): string => `${executionId}-${segment}`;

const execution = (as: string[], act: (town: RunningTown, item: Item) => void): Drift => ({
  as,
  inject: (town, pick) => {
    const item = at(waiting(town), pick);
    if (!item) return undefined;
    act(town, item);
    return nameOf(item);
  },
});

const task = (as: string[], act: (town: RunningTown, item: Item) => void): Drift => ({
  as,
  inject: (town, pick) => {
    const listed = town.referrals.flatMap(({ openTasks }) => openTasks.map(({ id }) => id));
    const id = at(listed, pick);
    const [item] = id ? town.tables.items('record', keys.task(id).pk) : [];
    if (!item) return undefined;
    act(town, item);
    return id;
  },
});

const planted = (town: RunningTown, pick: number, referral: Pick<Referral, 'id' | 'crn'>): Item => {
  const id = `99999999-0000-4000-8000-${String(pick).padStart(12, '0')}`;
  const dueAt = new Date(town.now.getTime() + 86_400_000 * 5).toISOString();
  return {
    ...keys.task(id),
    id,
    type: 'missing-information',
    referralId: referral.id,
    crn: referral.crn,
    allocationId: null,
    organisation: 'north-probation',
    status: 'open',
    openedAt: town.now.toISOString(),
    remindedAt: null,
    dueAt,
    breachedAt: null,
    closedAt: null,
    ownerKey: 'TASKS#north-probation#open',
    ownerSort: `${dueAt}#${id}`,
    allKey: `TASKS#open#${workKey('TASK', id).slice('TASK#'.length)}`,
    allSort: `${dueAt}#${id}`,
    workKey: workKey('TASK', id),
    workAt: workAt(dueAt, id),
  };
};

const place =
  (prefix: 'PLACE#' | 'WAITING#'): Drift['inject'] =>
  (town, pick) => {
    const item = at(
      services.flatMap((id) => town.serviceItems(id, prefix)),
      pick,
    );
    if (item) town.tables.remove('record', item);
    return item && String(item.sk);
  };

const withoutMark = ({ workKey: _key, workAt: _at, ...item }: Item): Item => item;

export const drifts: Record<string, Drift> = {
  'execution stopped, and nobody told': execution(['execution-stopped'], (town, item) =>
    town.stepFunctions.end(nameOf(item), 'ABORTED'),
  ),
  'execution timed out, and nobody told': execution(['execution-timed-out'], (town, item) =>
    town.stepFunctions.end(nameOf(item), 'TIMED_OUT'),
  ),
  'execution failed, and nobody told': {
    ...execution(['execution-failed'], (town, item) => town.stepFunctions.end(nameOf(item), 'FAILED')),
    isRaised: true,
  },
  'execution that Step Functions does not have': execution(['execution-missing'], (town, item) =>
    town.stepFunctions.forget(nameOf(item)),
  ),
  'execution that ended as if all were done': execution(['execution-missing'], (town, item) =>
    town.stepFunctions.end(nameOf(item), 'SUCCEEDED'),
  ),
  'token lost': execution(['execution-token-lost'], (town, { executionId }) =>
    town.tables.remove('private', keys.token(String(executionId))),
  ),
  'token of nobody': execution(['execution-token-lost'], (town, item) => {
    const [token] = town.tables.items('private', keys.token(String(item.executionId)).pk);
    town.tables.put('private', { ...token, token: 'nobody' });
    town.tables.put('record', { ...item, turn: Number(item.turn) + 1 });
  }),
  'wake lost': execution(['wake-lost'], (town, item) =>
    town.tables.put('record', { ...item, turn: Number(item.turn) + 1 }),
  ),
  'start lost': execution(['start-lost'], (town, item) => {
    town.stepFunctions.end(nameOf(item), 'SUCCEEDED');
    town.tables.put('record', { ...withoutMark(item), segment: Number(item.segment) + 1 });
  }),
  'execution open for a concluded referral': {
    as: ['execution-left-open'],
    inject: (town, pick) => {
      const over = town.referrals.filter(({ conclusion }) => conclusion);
      const referral = at(over, pick);
      if (!referral) return undefined;
      const [item] = town.tables.items('record', keys.referral(referral.id).pk, `EXECUTION#${referral.id}`);
      const run = item && town.stepFunctions.runs.get(nameOf(item));
      if (!item || !run || run.execution.status !== 'succeeded' || run.ended) return undefined;
      // As it would be if it had never been woken, and nobody could.
      run.ended = 'RUNNING';
      town.tables.remove('private', keys.token(referral.id));
      town.tables.put('record', { ...item, ...indexKeys.open(referral.id) });
      return nameOf(item);
    },
  },
  'task deleted': task(['task-lost'], (town, item) => town.tables.remove('record', item)),
  'task closed beside its referral': task(['task-lost'], (town, item) => {
    const { workKey: _key, workAt: _at, ...rest } = item;
    const ownerKey = String(item.ownerKey).replace('#open', '#answered');
    town.tables.put('record', { ...rest, status: 'answered', ownerKey, closedAt: town.now.toISOString() });
  }),
  'task that its owner does not see': task(['task-lost'], (town, { ownerKey: _key, ownerSort: _sort, ...item }) =>
    town.tables.put('record', item),
  ),
  'task whose time nobody keeps': task(['task-lost'], (town, item) => {
    const { workKey: key, ...rest } = item;
    // One whose clock rests has none: then it is its deadline that is wrong.
    town.tables.put('record', key ? rest : { ...item, dueAt: '2020-01-01T00:00:00.000Z' });
  }),
  'task that its referral does not know': {
    as: ['task-unlisted'],
    inject: (town, pick) => {
      const referral = at(town.referrals, pick);
      if (referral) town.tables.put('record', planted(town, pick, referral));
      return referral?.id;
    },
  },
  'task of no referral': {
    as: ['task-of-nothing'],
    isRaised: true,
    inject: (town, pick) => {
      const item = planted(town, pick, { id: '99999999-0000-4000-8000-ffffffffffff', crn: 'X000000' });
      town.tables.put('record', item);
      return String(item.id);
    },
  },
  'open task of a concluded referral': {
    as: ['task-outlived'],
    inject: (town, pick) => {
      const referral = at(
        town.referrals.filter(({ conclusion }) => conclusion),
        pick,
      );
      if (!referral) return undefined;
      const item = planted(town, pick, referral);
      const { id, type, organisation, openedAt, dueAt, breachedAt } = item;
      const listed = { id, type, organisation, openedAt, dueAt, remindAt: null, breachedAt };
      const [stored = {}] = town.tables.items('record', keys.referral(referral.id).pk, 'REFERRAL');
      town.tables.put('record', { ...stored, openTasks: [...(stored.openTasks as object[]), listed] });
      town.tables.put('record', item);
      const [own = {}] = town.tables.items('record', keys.referral(referral.id).pk, `EXECUTION#${referral.id}`);
      town.tables.put('record', { ...own, ...indexKeys.open(referral.id) });
      return String(id);
    },
  },
  'wait with no task and no clock': {
    as: ['wait-unattended'],
    isRaised: true,
    inject: (town, pick) => {
      const found = at(
        open(town).flatMap((referral) => {
          const needed = waitsOf(referral).flatMap(({ tasks }) => (tasks.length === 1 ? tasks : []));
          const isCalled = referral.attention !== null && !referral.attention.taskId;
          return isCalled ? [] : needed.map(({ id }) => ({ referral, id }));
        }),
        pick,
      );
      if (!found) return undefined;
      const { referral, id } = found;
      const [stored = {}] = town.tables.items('record', keys.referral(referral.id).pk, 'REFERRAL');
      const openTasks = referral.openTasks.filter((one) => one.id !== id);
      town.tables.put('record', { ...stored, openTasks });
      town.tables.remove('record', keys.task(id));
      return id;
    },
  },
  'counter off': {
    as: ['capacity-wrong'],
    inject: (town, pick) => {
      const id = at(services, pick) ?? '';
      const [counted = {}] = town.serviceItems(id, 'CAPACITY');
      const wrong = ['reserved', 'confirmed', 'free', 'waiting'][pick % 4] ?? '';
      town.tables.put('record', { ...counted, [wrong]: Number(counted[wrong]) + 1 + (pick % 2) });
      return `${id} ${wrong}`;
    },
  },
  'place of nobody': {
    as: ['capacity-wrong'],
    inject: (town, pick) => {
      const serviceId = at(services, pick) ?? '';
      const holder = `nobody-${pick}`;
      const stray = { serviceId, holder, as: 'reserved', referralId: 'nobody' };
      town.tables.put('record', { ...keys.place(serviceId, holder), ...stray });
      return holder;
    },
  },
  'place in line of nobody': {
    as: ['capacity-wrong'],
    inject: (town, pick) => {
      const serviceId = at(services, pick) ?? '';
      const stray = { serviceId, referralId: `nobody-${pick}`, since: town.now.toISOString(), releaseOn: null };
      town.tables.put('record', { ...keys.waiting(serviceId, stray.referralId), ...stray });
      return stray.referralId;
    },
  },
  'place deleted': { as: ['place-lost', 'capacity-wrong'], inject: place('PLACE#') },
  'place in line deleted': { as: ['place-lost', 'capacity-wrong'], inject: place('WAITING#') },
};

/** Whether the referral's own execution does its work: it waits where the record stands, or somebody is called. */
export function faultsOf(town: RunningTown): string[] {
  const faults: string[] = [];
  const record = town.tables.all('record');
  const byId = new Map(town.referrals.map((one) => [one.id, one]));
  for (const item of record.filter(({ sk }) => String(sk).startsWith('EXECUTION#'))) {
    const referral = byId.get(String(item.referralId));
    const summary = referral?.allocations.find(({ id }) => id === item.executionId);
    const isOver = summary ? summary.phase === 'ended' : Boolean(referral?.conclusion);
    const name = nameOf(item);
    const run = town.stepFunctions.runs.get(name);
    const [token] = town.tables.items('private', keys.token(String(item.executionId)).pk);
    const runs = town.stepFunctions.running().includes(name);
    if (isOver) {
      if (runs) faults.push(`${name} is open though it is over`);
      continue;
    }
    const isCalled = referral?.attention !== null && !referral?.attention.taskId;
    if (isCalled) continue;
    const parked = run?.execution.parked?.token;
    const isParked = runs && parked !== undefined && parked === token?.token && token?.turn === item.turn;
    if (!isParked) faults.push(`${name} is not parked where the record stands`);
  }
  for (const referral of byId.values()) {
    for (const { id } of referral.openTasks) {
      const [item] = town.tables.items('record', keys.task(id).pk);
      if (item?.status !== 'open' || !item.ownerKey) faults.push(`task ${id} is lost`);
    }
    if (lifecycleStanding(referral) === 'concluded') continue;
    const isCalled = referral.attention !== null && !referral.attention.taskId;
    for (const { name, tasks } of waitsOf(referral))
      if (tasks.length === 0 && !isCalled) faults.push(`${name} of ${referral.id} is nobody's`);
  }
  const listed = new Set(town.referrals.flatMap(({ openTasks }) => openTasks.map(({ id }) => id)));
  for (const { sk, id, status, referralId } of record) {
    const isStray = sk === 'TASK' && status === 'open' && !listed.has(String(id));
    if (isStray && byId.has(String(referralId))) faults.push(`task ${id} is nobody's`);
  }
  return faults;
}
