import type { AreaId } from '../areas.ts';
import { type Decide, type ReferralState, refuse } from '../decision.ts';
import { checkEligibility } from '../eligibility/index.ts';
import type { DomainEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import { type AllocationSummary, joined } from '../referral.ts';
import type { Service } from '../service.ts';
import { atWork } from '../standing.ts';
import { endDelivery, namedRefusal, notRunning } from './common.ts';
import { withdrawOffers } from './matching-changes.ts';

export interface TransferReferral {
  area?: AreaId | undefined;
  serviceId?: string | undefined;
  /** The named service, if the directory knows it. */
  service?: Service | undefined;
  /** The one provider's part that goes to it; all that others do, where none is named. */
  allocationId?: string | undefined;
  reason: string;
}

/**
 * L4: the work goes to another area or to another service, and its history stays. Who is at work now ends, with a report
 * where delivery had begun (L5); their needs go to matching, to the named service before any other. What that service
 * does already stays as it is while the area does; so does all but one part, where one alone is to go. Refusals:
 * `Contradiction` where nothing would move or the named service is none that can be asked, `Ineligible` where the new
 * area does not have what is needed (E5).
 */
export const transferReferral: Decide<TransferReferral> = (state, command, context) => {
  const { area, serviceId, service, allocationId, reason } = command;
  const { referral } = state;
  const refused = notRunning(referral);
  if (refused) return refused;
  if (referral.ending) return refuse('NotPossibleNow', 'This referral is ending, so there is nothing to transfer.');
  const running = atWork(referral);
  if (running.length === 0) {
    return refuse('NotPossibleNow', 'No provider is at work on it; before that, amend what has changed.');
  }
  const from = referral.facts.area ?? null;
  const to = area ?? from;
  const moves = to !== from;
  const named = serviceId === undefined ? undefined : namedRefusal(referral, { serviceId, service }, context.now);
  const meant = running.filter(({ id }) => allocationId === undefined || id === allocationId);
  const leaving = moves ? running : meant.filter((summary) => summary.serviceId !== serviceId);
  const wrong = [...faultsOfPart(meant, command, moves), ...(named?.faults ?? [])];
  if (wrong.length > 0) return refuse('Contradiction', 'It cannot go there, or not alone.', { faults: wrong });
  const faults = moves ? [] : faultsOf(leaving, serviceId);
  if (faults.length > 0) return refuse('Contradiction', 'This would move nothing.', { faults });
  const eligibility = moves ? eligibilityIn(state, to, context.now) : undefined;
  if (eligibility?.result === 'refused') {
    return refuse('Ineligible', 'What is needed is not to be had in that area.', { needs: eligibility.needs });
  }
  const transferred: DomainEvent = {
    type: 'referral.transferred.v1',
    data: { from, to, allocationIds: leaving.map(({ id }) => id), ...(serviceId ? { serviceId } : {}) },
    texts: { key: `TRANSFER#${context.newId()}`, words: { reason } },
  };
  const after = evolve(state, transferred, context.now).referral;
  return [
    transferred,
    ...(moves ? withdrawOffers(referral) : []),
    ...leaving.flatMap((summary) => endDelivery(after, summary, 'transferred', context)),
  ];
};

function faultsOfPart(meant: AllocationSummary[], { allocationId }: TransferReferral, moves: boolean) {
  const fault = (detail: string) => [{ pointer: '/allocationId', detail, rule: 'L4' }];
  if (allocationId !== undefined && moves) return fault('cannot go alone: another area is another for all of it');
  return meant.length === 0 ? fault(`${allocationId} is no allocation of this referral that is at work`) : [];
}

function faultsOf(leaving: AllocationSummary[], serviceId: string | undefined) {
  if (serviceId === undefined) return [{ pointer: '/area', detail: 'is where the work is already', rule: 'L4' }];
  return leaving.length === 0
    ? [{ pointer: '/serviceId', detail: `${serviceId} is at work on all of it already`, rule: 'L4' }]
    : [];
}

function eligibilityIn({ referral, confidential }: ReferralState, area: AreaId | null, now: Date) {
  if (!confidential) throw new Error('a transfer needs what was sent before');
  const facts = { ...joined(referral.crn, referral.facts, confidential), area };
  return checkEligibility(facts, now, new Date(referral.sentAt ?? now));
}
