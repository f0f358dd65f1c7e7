import { randomInt } from 'node:crypto';
import { Operations, Practitioner, Provider, until } from '../../../infra/local/actors.ts';
import { respondToTask } from '../../../shared/contracts/routes/tasks.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import { aReferralInForce } from '../../builders/referral-facts.ts';
import { stack } from './deployment.ts';

export const practitioner = new Practitioner(stack);

/** Somebody whom nobody else's test knows. */
export const someCrn = (): string => `T${String(randomInt(1_000_000)).padStart(6, '0')}`;
export const someone = () => aReferralInForce().with({ crn: someCrn() });

export const send = async (facts: ReferralFacts = someone()): Promise<string> => (await practitioner.send(facts)).id;

/** Where a referral that is sent today stands while it waits, and how it gets there over HTTP. */
export async function sentIncomplete(): Promise<string> {
  const referralId = await send(someone().with({ setting: null }));
  await practitioner.task(referralId, 'missing-information');
  return referralId;
}

export async function awaitingConfirmation(): Promise<string> {
  const referralId = await send();
  await practitioner.task(referralId, 'complexity-confirmation');
  return referralId;
}

export interface Offered {
  referralId: string;
  provider: Provider;
  /** The offer's. */
  taskId: string;
}

export async function offered(facts?: ReferralFacts): Promise<Offered> {
  const referralId = await send(facts);
  await practitioner.confirmComplexity(referralId);
  const provider = await offeredTo(referralId);
  return { referralId, provider, taskId: (await provider.task(referralId, 'offer')).id };
}

/** The provider that was asked last. */
export async function offeredTo(referralId: string, offers = 1, sender = practitioner): Promise<Provider> {
  const last = await until(`offer ${offers} of ${referralId}`, async () => {
    const made = (await sender.history(referralId)).filter(({ type }) => type === 'offer.made.v1');
    return made.length >= offers ? made.at(-1) : undefined;
  });
  return new Provider(stack, String(last.data.providerId));
}

export async function offerReturned(): Promise<Offered> {
  const at = await offered();
  await at.provider.answer(at.taskId, { decision: 'returned', text: 'Which mornings?' });
  await practitioner.task(at.referralId, 'offer-returned');
  return at;
}

/** In an area without any service, so that operations must allocate it by hand. */
export async function unmatched(): Promise<string> {
  const referralId = await send(someone().with({ area: 'north-wales' }));
  await practitioner.confirmComplexity(referralId);
  await new Operations(stack).task(referralId, 'manual-allocation');
  return referralId;
}

export interface Allocated extends Offered {
  allocationId: string;
}

export async function allocated(): Promise<Allocated> {
  const offer = await offered();
  return { ...offer, allocationId: await offer.provider.acceptOffer(offer.referralId) };
}

/** An earlier moment, so that what starts then has been. */
const justNow = (): Date => new Date();

export async function assessed(): Promise<Allocated> {
  const at = await allocated();
  await at.provider.hold(at.allocationId, { purpose: 'supplier-assessment' }, justNow());
  return at;
}

export async function planSubmitted(): Promise<Allocated> {
  const at = await assessed();
  await at.provider.submitPlan(at.allocationId, 1);
  return at;
}

export async function delivering(): Promise<Allocated> {
  const at = await planSubmitted();
  const { id } = await practitioner.task(at.referralId, 'action-plan-approval');
  await practitioner.answer(id, { decision: 'approved' });
  return at;
}

export async function reportDue(): Promise<Allocated> {
  const at = await delivering();
  await at.provider.hold(at.allocationId, { purpose: 'session', session: 1 }, justNow());
  await at.provider.complete(at.allocationId);
  return at;
}

export async function reported(): Promise<Allocated> {
  const at = await reportDue();
  await report(at);
  return at;
}

export async function report({ provider, allocationId, referralId }: Allocated): Promise<void> {
  const { needs } = await practitioner.read(referralId);
  await provider.report(
    allocationId,
    needs.flatMap(({ desiredOutcomes }) => desiredOutcomes ?? []),
  );
}

export async function acknowledge(referralId: string): Promise<void> {
  const { id } = await practitioner.task(referralId, 'end-of-service-report-acknowledgement');
  await practitioner.answer(id, { decision: 'acknowledged' });
}

/** Answers a task, whatever comes of it. */
export const respond = ({ api }: Pick<Practitioner, 'api'>, taskId: string, body: object) =>
  api.call(respondToTask, { params: { taskId }, body: body as never });

/** How often each type of event stands in a referral's history, whose sequence must have no gap and no double. */
export async function eventCounts(referralId: string): Promise<Record<string, number>> {
  const history = await practitioner.history(referralId);
  const gapless = history.every(({ sequence }, index) => sequence === index + 1);
  if (!gapless) throw new Error(`the history of ${referralId} has a gap: ${history.map((h) => h.sequence).join()}`);
  const counts: Record<string, number> = {};
  for (const { type } of history) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
