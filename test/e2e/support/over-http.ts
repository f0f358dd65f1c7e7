import { randomUUID } from 'node:crypto';
import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { until } from '../../../infra/local/actors.ts';
import { type ApiClient, client } from '../../../infra/local/api-client.ts';
import { clientNamed, token } from '../../../infra/local/local-aws.ts';
import { sampleServices } from '../../../infra/local/sample-directory.ts';
import type { EndpointContract } from '../../../shared/contracts/endpoint.ts';
import { putService, stateAvailability } from '../../../shared/contracts/routes/services.ts';
import type { Referral } from '../../../shared/domain/referral.ts';
import { lifecycleStanding } from '../../../shared/domain/standing.ts';
import { type Item, storedOf } from '../../model/stored.ts';
import type { Answer, Party, Request, Stored, World } from '../../model/world.ts';
import { application, stack } from './deployment.ts';
import { statusOf } from './executions.ts';

const { db, clock, directory, executions, referrals } = application();
const clients = new Map<string, ApiClient>();

function clientOf(party: Party): ApiClient {
  const name = typeof party === 'string' ? party : `provider:${party.provider}`;
  const found =
    clients.get(name) ?? client({ apiUrl: stack.apiUrl, token: () => token(stack, clientNamed(stack, name)) });
  clients.set(name, found);
  return found;
}

async function itemsOf(pk: string): Promise<Item[]> {
  const found: Item[] = [];
  const query = {
    TableName: stack.recordTableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client: db }, query)) found.push(...Items);
  return found;
}

const run = randomUUID().slice(0, 8);
/** One need each, as in process: so each need is a group of its own. More places than there are sequences. */
const market = {
  rival: { id: `model-rival-${run}`, provider: 'northern-pathways', needs: ['accommodation'] },
  other: { id: `model-other-${run}`, provider: 'thames-futures', needs: ['accommodation'] },
  minds: { id: `model-minds-${run}`, provider: 'thames-futures', needs: ['emotional-wellbeing'] },
} as const;
const places = 200;

/** Puts the services that the model's referrals are offered to. */
export async function openMarket(): Promise<void> {
  const [sample] = sampleServices;
  if (!sample) throw new Error('the sample directory is empty');
  for (const { id: serviceId, provider, needs } of Object.values(market)) {
    const params = { serviceId };
    const body = {
      ...sample.service,
      name: serviceId,
      provider: { id: provider, name: provider },
      needs: [...needs],
      areas: [overHttp.areas.home],
    };
    const put = await clientOf('contract-manager').must(putService, { params, body, ifNoneMatch: '*' });
    const states = clientOf({ provider });
    await states.must(stateAvailability, { params, ifMatch: put.etag ?? '', body: { places } });
  }
}

/** The deployed service, over HTTP; the system works there by itself, and only the test moves the clock. */
export const overHttp: World = {
  rivals: [market.rival.id, market.other.id],
  byHand: { accommodation: market.rival.id, 'emotional-wellbeing': market.minds.id },
  // Where nobody but the model has a service, and where nobody has one.
  areas: { home: 'cleveland', far: 'bedfordshire' },
  worksByItself: true,

  async request({ to, as, params, body, ifMatch, key }: Request): Promise<Answer> {
    const request = {
      ...(params ? { params } : {}),
      ...(to.method === 'GET' ? {} : { body }),
      ...(ifMatch === undefined ? {} : { ifMatch: `"${ifMatch}"` }),
      ...(key && to.idempotencyKey ? { idempotencyKey: key } : {}),
    };
    const asks = async (): Promise<Answer> => {
      const { status, body: answer } = await clientOf(as).call(to as EndpointContract, request as never);
      return { status, body: answer as Answer['body'] };
    };
    const answer = await asks();
    // Who does not hear the answer asks again, and is told of the same thing as it stands now; it was done only once.
    if (key && to.idempotencyKey && answer.status < 300) {
      const again = await asks();
      expect([again.status, again.body.id], `${to.name}, again`).toEqual([answer.status, answer.body.id]);
    }
    return answer;
  },

  async settle(_delivery, referralId): Promise<void> {
    await until(`the system to have done its part for ${referralId}`, async () => {
      const state = await referrals.load(referralId);
      if (!state || state.referral.sentAt === null) return true;
      const standing = lifecycleStanding(state.referral);
      if (standing === 'recommend-complexity' || standing === 'make-offers') return undefined;
      return (await haveFollowed(state.referral)) || undefined;
    });
  },

  pass: async () => {
    throw new Error('the clock is everybody’s: the test moves it once for all');
  },
  now: () => clock.now(),
  stored: (referralId, groupIds): Promise<Stored> => storedOf(itemsOf, referralId, groupIds),
  services: () => directory.inArea(overHttp.areas.home),
};

/** Whoever has a seat is where its group session is, and nobody has one who does not come. */
async function haveFollowed({ id, booked, paused }: Referral): Promise<boolean> {
  const seats = booked.flatMap(({ groupId, ...seat }) => (groupId ? [{ groupId, ...seat }] : []));
  const all = await Promise.all(
    seats.map(async ({ groupId, allocationId, appointmentId }) => {
      const scope = { allocationId, appointmentId, groupId };
      const { appointment, groupSession } = (await referrals.load(id, scope)) ?? {};
      const isLeft = paused !== null && groupSession !== undefined && groupSession.startsAt > paused.at;
      return groupSession?.revision === appointment?.groupRevision && !isLeft;
    }),
  );
  return all.every(Boolean);
}

/** For each that waits one execution runs, and nothing runs for what has ended. */
export async function expectOneExecutionEach(referralId: string): Promise<void> {
  await until(`one execution for each that waits in ${referralId}`, async () => {
    const state = await referrals.load(referralId);
    if (!state) return true;
    const running = await Promise.all(
      waitingIn(state.referral).map(async ({ executionId, isWaiting }) => {
        const { segment = 0 } = (await executions.find({ referralId, executionId })) ?? {};
        const segments = Array.from({ length: segment }, (_, n) =>
          statusOf({ referralId, executionId, segment: n + 1 }),
        );
        const count = (await Promise.all(segments)).filter((status) => status === 'RUNNING').length;
        return count === (isWaiting ? 1 : 0);
      }),
    );
    return running.every(Boolean) || undefined;
  });
}
const waitingIn = ({ id, sentAt, conclusion, allocations }: Referral) => [
  ...(sentAt ? [{ executionId: id, isWaiting: !conclusion }] : []),
  ...allocations.map(({ id: executionId, phase }) => ({ executionId, isWaiting: phase !== 'ended' })),
];
