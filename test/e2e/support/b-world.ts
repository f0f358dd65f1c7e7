import { randomInt, randomUUID } from 'node:crypto';
import { Practitioner, Provider, until } from '../../../infra/local/actors.ts';
import { type ApiClient, client } from '../../../infra/local/api-client.ts';
import { clientNamed, readStack, type Stack, token } from '../../../infra/local/local-aws.ts';
import type { EndpointContract } from '../../../shared/contracts/endpoint.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import type { NeedId } from '../../../shared/domain/vocabulary.ts';
import { aReferralInForce, type BuiltReferral, aNeed as builtNeed } from '../../builders/referral-facts.ts';
import { TEST_INSTANCE } from '../local-aws.setup.ts';

/** The deployed application and everyone who uses it in these tests, each with a token of its own. */
export interface World {
  stack: Stack;
  /** The client of that name in the stack file; none: no token. */
  as: (name?: string) => ApiClient;
  practitioner: Practitioner;
  /** Of another case system: nothing of the first one's is theirs. */
  otherPractitioner: Practitioner;
  northern: Provider;
  thames: Provider;
  cambrian: Provider;
  /** A request as it goes over the wire, for what no contract allows. */
  raw: (request: RawRequest) => Promise<RawResponse>;
}

export interface RawRequest {
  as?: string;
  method: string;
  path: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

export interface RawResponse {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined where it is not JSON. */
  json: Record<string, unknown> | undefined;
}

export async function theWorld(): Promise<World> {
  const stack = await readStack({ instance: TEST_INSTANCE });
  const { apiUrl } = stack;
  const as = (name?: string): ApiClient =>
    client(name ? { apiUrl, token: () => token(stack, clientNamed(stack, name)) } : { apiUrl });
  return {
    stack,
    as,
    practitioner: new Practitioner(stack),
    otherPractitioner: new Practitioner(stack, 'other-practitioner'),
    northern: new Provider(stack, 'northern-pathways'),
    thames: new Provider(stack, 'thames-futures'),
    cambrian: new Provider(stack, 'cambrian-support'),
    raw: async ({ as: name, method, path, body, headers = {} }) => {
      const authorization: Record<string, string> = name
        ? { authorization: `Bearer ${await token(stack, clientNamed(stack, name))}` }
        : {};
      const response = await fetch(apiUrl + path, {
        method,
        headers: { ...authorization, ...headers },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: jsonOf(text) };
    },
  };
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A contract's path with its parameters filled in. */
export const pathOf = ({ path }: EndpointContract, params: Record<string, string> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? randomUUID()));

export const aCrn = (): string => `X${String(randomInt(1_000_000)).padStart(6, '0')}`;

export const aNeed = (need: NeedId, preferred?: string): ReferralFacts['needs'][number] =>
  builtNeed(need, preferred ? { preferredService: { id: preferred, reason: 'Asked for it' } } : {});

/** A man who needs somewhere to live in West Yorkshire: `northern-accommodation` or `thames-accommodation` takes it. */
export const aMansReferral = (preferred = 'northern-accommodation'): BuiltReferral =>
  aReferralInForce().with({
    crn: aCrn(),
    person: { sex: 'male' },
    needs: [aNeed('accommodation', preferred)],
  });

/** No service is ever put into this area. */
export const nobodyServes = 'cleveland';

/** As the practitioner's case system reads it again and again until it is so. */
export const whenReferral = (
  practitioner: Practitioner,
  id: string,
  what: string,
  isSo: (referral: Awaited<ReturnType<Practitioner['read']>>) => boolean,
) =>
  until(`${id} to be ${what}`, async () => {
    const referral = await practitioner.read(id);
    return isSo(referral) ? referral : undefined;
  });

const minute = 60_000;
export const justNow = (): Date => new Date(Date.now() - minute);

/** From the accepted offer to a plan that the practitioner has approved. */
export async function planApproved(
  practitioner: Practitioner,
  provider: Provider,
  referralId: string,
  sessions = 1,
): Promise<string> {
  const allocationId = await provider.acceptOffer(referralId);
  await provider.hold(allocationId, { purpose: 'supplier-assessment' }, justNow());
  await provider.submitPlan(allocationId, sessions);
  const { id } = await practitioner.task(referralId, 'action-plan-approval');
  await practitioner.answer(id, { decision: 'approved' });
  return allocationId;
}

/** From an approved plan to its acknowledged report. */
export async function delivered(
  practitioner: Practitioner,
  provider: Provider,
  referralId: string,
  allocationId: string,
  outcomes: string[],
): Promise<void> {
  await provider.hold(allocationId, { purpose: 'session', session: 1 }, justNow());
  await provider.complete(allocationId);
  await reported(practitioner, provider, referralId, allocationId, outcomes);
}

export async function reported(
  practitioner: Practitioner,
  provider: Provider,
  referralId: string,
  allocationId: string,
  outcomes: string[],
): Promise<void> {
  await provider.report(allocationId, outcomes);
  const { id } = await until(`the report of ${allocationId} to be read`, async () => {
    const task = await practitioner.task(referralId, 'end-of-service-report-acknowledgement');
    return task.allocationId === allocationId ? task : undefined;
  });
  await practitioner.answer(id, { decision: 'acknowledged' });
}

export const outcomesOf = (facts: ReferralFacts): string[] =>
  facts.needs.flatMap(({ desiredOutcomes }) => desiredOutcomes ?? []);
