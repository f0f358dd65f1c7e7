import { type Context, type Decide, isRefusal, type ReferralState, type Refusal, refuse } from '../decision.ts';
import type { DomainEvent, EventOf } from '../events.ts';
import type { NeedsGroup, Offer, OpenTask, Referral } from '../referral.ts';
import type { Service } from '../service.ts';
import { openOffers } from '../standing.ts';
import { taskPolicies } from '../task-types.ts';
import { namedRefusal, openTask, openTaskOf, withConclusion } from './common.ts';
import { withdrawn } from './matching-changes.ts';

type DeclineReason = EventOf<'offer.declined.v1'>['data']['reason'];
export type OfferAnswer =
  | { decision: 'accepted'; reason?: string | undefined; text?: string | undefined }
  | { decision: 'declined'; reason: DeclineReason; text?: string | undefined }
  | { decision: 'returned'; reason?: string | undefined; text: string };

/**
 * L3, T1: a provider answers its offer: accepted, the allocation starts; declined, the next candidate is asked once no
 * other offer is open; returned, the practitioner is asked for information. Refusals: `TaskNoLongerOpen`, `TaskLapsed`.
 */
export const answerOffer: Decide<{ taskId: string; answer: OfferAnswer }> = (state, { taskId, answer }, context) => {
  const found = openOffer(state, taskId, { isReturned: false }, context);
  if (isRefusal(found)) return found;
  const { group, offer } = found;
  const ids = { offerId: offer.id, groupId: group.id, serviceId: offer.serviceId, providerId: offer.providerId };
  const answers = { taskId, answer };
  const words =
    'text' in answer && answer.text ? { texts: { key: `OFFER#${taskId}`, words: { text: answer.text } } } : {};
  switch (answer.decision) {
    case 'accepted':
      return accepted(state, group, offer, { answers, ...words }, context);
    case 'declined':
      return [
        { type: 'offer.declined.v1', data: { ...ids, reason: answer.reason }, answers, ...words },
        ...(answer.reason === 'conflict-of-interest' ? otherOffersOf(state.referral, offer).map(withdrawn) : []),
      ];
    case 'returned': {
      const opened = openTask('offer-returned', state.referral, context, { groupId: group.id });
      const { id } = opened.opens;
      const texts = { key: `OFFER#${id}`, words: { text: answer.text } };
      return [{ type: 'offer.returned.v1', data: { ...ids, taskId: id }, answers, texts }, opened];
    }
  }
};

/** L3: a provider with a conflict of interest is asked for nothing else of this referral. */
const otherOffersOf = (referral: Referral, { id, providerId }: Offer) =>
  openOffers(referral).filter((other) => other.providerId === providerId && other.id !== id);

/** Whoever else was asked for these needs is asked no more. */
function accepted(
  { referral }: ReferralState,
  group: NeedsGroup,
  { id: offerId, serviceId, providerId, terms }: Offer,
  said: Pick<DomainEvent, 'answers' | 'texts'>,
  context: Context,
): DomainEvent[] {
  const allocationId = context.newId();
  const groupId = group.id;
  const needs = referral.needs.flatMap(({ need, confirmed }) =>
    confirmed && group.needs.includes(need) ? [{ need, level: confirmed }] : [],
  );
  const others = openOffers(referral).filter((other) => other.groupId === groupId && other.id !== offerId);
  return [
    ...others.map(withdrawn),
    { type: 'offer.accepted.v1', data: { offerId, groupId, serviceId, providerId, allocationId }, ...said },
    { type: 'allocation.started.v1', data: { allocationId, serviceId, providerId, needs }, detail: { terms } },
    openTask('supplier-assessment', referral, context, {
      provider: providerId,
      allocationId,
      levels: terms.serviceLevels,
    }),
  ];
}

/** The practitioner adds what a provider asked for; the same provider is asked again, with a new deadline (T1). */
export const addOfferInformation: Decide<{ taskId: string; information: string }> = (state, command, context) => {
  const { taskId, information } = command;
  const found = openOffer(state, taskId, { isReturned: true }, context);
  if (isRefusal(found)) return found;
  const { group, offer } = found;
  const { serviceId, providerId, terms } = offer;
  const opened = openTask('offer', state.referral, context, {
    provider: providerId,
    groupId: group.id,
    levels: terms.serviceLevels,
  });
  const { id, dueAt } = opened.opens;
  return [
    {
      type: 'offer.information-added.v1',
      data: { offerId: offer.id, groupId: group.id, serviceId, providerId, taskId: id, dueAt },
      answers: { taskId, answer: { information } },
      texts: { key: `OFFER#${id}`, words: { information } },
    },
    opened,
  ];
};

/**
 * T1, T7, L7: an offer that nobody answered lapses, and the next candidate is asked. One whose provider had asked for
 * information that nobody gave is withdrawn: that provider did answer.
 */
export function lapseOffer(
  { referral }: ReferralState,
  { id: taskId, type: taskType, dueAt }: OpenTask,
): DomainEvent[] {
  const offer = openOffers(referral).find((one) => one.taskId === taskId);
  if (!offer) return [];
  const { id: offerId, groupId, serviceId, providerId } = offer;
  const { owner } = taskPolicies[taskType];
  return [
    { type: 'task.lapsed.v1', data: { taskId, taskType, owner, dueAt } },
    offer.isReturned
      ? withdrawn(offer)
      : { type: 'offer.lapsed.v1', data: { offerId, groupId, serviceId, providerId } },
  ];
}

export type ManualAllocation = { serviceId: string; reason: string } | { decision: 'close'; reason: string };

export interface AllocateManually {
  taskId: string;
  answer: ManualAllocation;
  /** The service that the answer names, if the directory knows it. */
  service?: Service | undefined;
}

/**
 * L3: operations allocate by hand what matching could not or what has waited long enough, or close it. Refusals:
 * `TaskNoLongerOpen`, and `Contradiction` where the named service is none that can be asked.
 */
export const allocateManually: Decide<AllocateManually> = (state, { taskId, answer, service }, { now }) => {
  const task = openTaskOf(state.referral, taskId, now);
  if (isRefusal(task)) return task;
  if (!task.groupId) throw new Error('a manual allocation is for a group of needs');
  const refused =
    'serviceId' in answer ? namedRefusal(state.referral, { serviceId: answer.serviceId, service }, now) : undefined;
  if (refused) return refused;
  const decision = 'serviceId' in answer ? ('offer' as const) : ('close' as const);
  const events: DomainEvent[] = [
    {
      type: 'referral.allocated-manually.v1',
      data: { groupId: task.groupId, decision, ...('serviceId' in answer ? { serviceId: answer.serviceId } : {}) },
      answers: { taskId, answer },
      texts: { key: `MANUAL#${taskId}`, words: { reason: answer.reason } },
    },
  ];
  return withConclusion(state, events, now);
};

function openOffer(
  { referral }: ReferralState,
  taskId: string,
  { isReturned }: Pick<Offer, 'isReturned'>,
  { now }: Context,
): { group: NeedsGroup; offer: Offer } | Refusal {
  const task = openTaskOf(referral, taskId, now);
  if (isRefusal(task)) return task;
  const group = referral.groups.find(({ id }) => id === task.groupId);
  const offer = group?.place.at === 'offered' ? group.place.offers.find((one) => one.taskId === taskId) : undefined;
  return group && offer?.isReturned === isReturned
    ? { group, offer }
    : refuse('TaskNoLongerOpen', 'This offer is no longer open.');
}
