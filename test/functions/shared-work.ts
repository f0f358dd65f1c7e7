import { sendReferral } from '../../functions/api/send-referral.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { makeOffers } from '../../shared/domain/commands/make-offers.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import { Memory } from '../builders/memory.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { type Answered, type Asking, ask, registered } from './request.ts';

type Factory = (memory: Memory) => Parameters<typeof ask>[0];

export const caseSystem = 'north-case-system';
/** Two providers that work for one referral, each at its own part. */
export const [providerA, providerB] = ['system-of-a', 'system-of-b'] as const;
/** Who has nothing to do with it, though their role might. */
export const strangers = ['south-case-system'];

/** One referral that two providers work for, function by function. */
export class SharedWork {
  readonly memory = registered(new Memory());
  referralId = '';
  #keys = 0;

  async started(): Promise<this> {
    const needs = [aNeed('accommodation'), aNeed('emotional-wellbeing')];
    const headers = { 'idempotency-key': 'sent' };
    const body = aReferral().with({ needs, practitioner: { id: 'pp-17', team: 'leeds-2' } });
    const sent = await ask(sendReferral(this.memory), endpoints.sendReferral, { body, headers });
    this.referralId = String(sent.body.id);
    await this.does(recommendComplexity, {});
    const levels = (['accommodation', 'emotional-wellbeing'] as const).map((need) => ({ need, level: 'low' as const }));
    await this.does(confirmComplexity, { taskId: this.taskOf('complexity-confirmation'), needs: levels });
    await this.does(makeOffers, {
      services: [
        serviceOf('provider-a', { needs: ['accommodation'] }),
        serviceOf('provider-b', { needs: ['emotional-wellbeing'] }),
      ],
    });
    for (const { id: taskId } of this.referral.openTasks)
      await this.does(answerOffer, { taskId, answer: { decision: 'accepted' } });
    return this;
  }

  get referral() {
    const root = this.memory.roots.get(this.referralId);
    if (!root) throw new Error('it has not been sent');
    return root.referral;
  }

  allocationOf = (provider: string): string =>
    this.referral.allocations.find(({ providerId }) => providerId === provider)?.id ?? '';

  taskOf = (type: string): string => this.referral.openTasks.find((task) => task.type === type)?.id ?? '';

  does<C>(decide: Decide<C>, command: C, allocationId?: string) {
    return this.memory.referrals.execute(
      this.referralId,
      { confidential: true, allocationId },
      (state, context) => decide(state, command, context),
      { by: { organisation: 'system', client: 'referral-lifecycle' } },
    );
  }

  /** Nothing of it was begun, so it concludes at once; then as many days pass. */
  async concluded(days = 0): Promise<void> {
    await this.does(withdrawReferral, { reason: 'moved' });
    this.pass(days * 24);
  }

  pass(hours: number): void {
    this.memory.now = new Date(this.memory.now.getTime() + hours * 3_600_000);
  }

  /** Asks with a fresh key, where the route wants one; each thing a minute later. */
  call(make: Factory, contract: EndpointContract, { headers, ...asking }: Asking): Promise<Answered> {
    this.pass(1 / 60);
    this.#keys += 1;
    const key: Record<string, string> = contract.idempotencyKey ? { 'idempotency-key': `key-${this.#keys}` } : {};
    return ask(make(this.memory), contract, { ...asking, headers: { ...key, ...headers } });
  }

  /** The data of the events of a type, as one organisation's feed tells them. */
  told = (organisation: string, type: string) =>
    this.memory.entries
      .filter((entry) => entry.type === type && entry.audience.includes(organisation))
      .map(({ data }) => data);

  /** All that is not private: no word may be in it. */
  get record(): string {
    const { entries, roots, allocationsById, messagesById, onwardLinksById, taskRecords } = this.memory;
    const referrals = [...roots.values()].map(({ referral }) => referral);
    const kept = [allocationsById, messagesById, onwardLinksById, taskRecords].flatMap((items) => [...items.values()]);
    return JSON.stringify([entries, referrals, kept]);
  }
}
