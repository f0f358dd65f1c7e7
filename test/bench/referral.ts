import { randomInt } from 'node:crypto';
import { Operations, Practitioner, Provider } from '../../infra/local/actors.ts';
import { People } from '../../infra/local/demo/facts.ts';
import type { Stack } from '../../infra/local/local-aws.ts';
import { getCatalogue } from '../../shared/contracts/routes/catalogue.ts';
import type { ReferralFacts } from '../../shared/domain/referral-facts.ts';

/** Those who take part in the measured referrals. */
export interface Cast {
  practitioner: Practitioner;
  operations: Operations;
  northern: Provider;
  thames: Provider;
  cambrian: Provider;
  now(): Date;
  /** A person whom nobody has sent before, with these needs. */
  person(needs: readonly Part[]): ReferralFacts;
}

/** A need, and the provider who will do the work; before it, those who decline. */
export interface Part {
  need: 'accommodation' | 'education-training-employment';
  service: string;
  declinedBy?: 'northern' | 'thames' | 'cambrian';
  provider: 'northern' | 'thames' | 'cambrian';
  sessions: number;
}

export async function castOf(stack: Stack): Promise<Cast> {
  const practitioner = new Practitioner(stack);
  const { body: catalogue } = await practitioner.api.must(getCatalogue, {});
  const now = (): Date => new Date(Date.now() + stack.clock.offset);
  const people = new People(catalogue, now);
  return {
    practitioner,
    operations: new Operations(stack),
    northern: new Provider(stack, 'northern-pathways'),
    thames: new Provider(stack, 'thames-futures'),
    cambrian: new Provider(stack, 'cambrian-support'),
    now,
    person: (needs) => ({
      ...people.referral(
        0,
        needs.map(({ need, service }) => people.need(need, service)),
      ),
      crn: `B${String(randomInt(1_000_000)).padStart(6, '0')}`,
    }),
  };
}

/** One referral from the first request to its conclusion; answers its id. */
export async function wholeReferral(cast: Cast, parts: readonly Part[]): Promise<string> {
  const { practitioner } = cast;
  const facts = cast.person(parts);
  const { id } = await practitioner.send(facts);
  await practitioner.confirmComplexity(id);
  for (const part of parts) {
    if (part.declinedBy) await cast[part.declinedBy].declineOffer(id, 'no-capacity', 'Nobody is free this month');
    await cast[part.provider].acceptOffer(id);
  }
  for (const part of parts) await delivered(cast, id, part, facts);
  await practitioner.concluded(id);
  return id;
}

async function delivered(cast: Cast, referralId: string, part: Part, facts: ReferralFacts): Promise<void> {
  const { practitioner } = cast;
  const provider = cast[part.provider];
  const allocationId = await provider.allocationOf(referralId);
  await provider.assignCaseworker(allocationId, { id: `cw-${allocationId}`, name: 'A caseworker' });
  await provider.acceptEngagement(allocationId, 'A caseworker', cast.now());
  await provider.hold(allocationId, { purpose: 'supplier-assessment' }, cast.now());
  await provider.submitPlan(allocationId, part.sessions);
  const plan = await practitioner.task(referralId, 'action-plan-approval');
  await practitioner.answer(plan.id, { decision: 'approved' });
  for (let session = 1; session <= part.sessions; session += 1) {
    await provider.hold(allocationId, { purpose: 'session', session }, cast.now());
  }
  await provider.complete(allocationId);
  const outcomes = facts.needs.find(({ need }) => need === part.need)?.desiredOutcomes ?? [];
  await provider.report(allocationId, outcomes);
  const report = await practitioner.task(referralId, 'end-of-service-report-acknowledgement');
  await practitioner.answer(report.id, { decision: 'acknowledged' });
}

/** One referral with one need and no wish, in an area of its own choosing; it then waits for its complexity. */
export async function sentIn({ practitioner, person }: Cast, area: ReferralFacts['area']): Promise<string> {
  const facts = person([{ need: 'accommodation', service: '', provider: 'northern', sessions: 0 }]);
  return (await practitioner.send({ ...facts, area })).id;
}
