import { movedByFacts } from '../deadlines.ts';
import { type Decide, isRefusal, refuse } from '../decision.ts';
import { checkEligibility, contradictions, missingFacts } from '../eligibility/index.ts';
import type { DomainEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import { type FactChanges, mergeFacts } from '../merge-facts.ts';
import { ownersRecorded } from '../opd.ts';
import { joined } from '../referral.ts';
import { openTaskOf, ownCatalogue } from './common.ts';
import { recommendedAgain } from './complexity.ts';
import { changesMatching, ineligibleNow, withdrawOffers } from './matching-changes.ts';
import { riskTold } from './risk.ts';
import { requestInformation } from './send-referral.ts';

/**
 * L1, T7: the practitioner answers `missing-information`. What is still missing is asked for again; a referral that
 * the new facts make ineligible concludes as `cancelled`, with the failed rules kept. Facts may go missing again while
 * providers are asked: then open offers that hung on a changed fact are made anew, as for an amendment.
 */
export const supplyInformation: Decide<{ taskId: string; facts: FactChanges }> = (
  state,
  { taskId, facts },
  context,
) => {
  const { referral, confidential } = state;
  const task = openTaskOf(referral, taskId, context.now);
  if (isRefusal(task)) return task;
  if (!confidential) throw new Error('supplying information needs what was sent before');
  const foreign = (facts.needs ?? []).flatMap(({ need }, index) =>
    referral.needs.some((state) => state.need === need)
      ? []
      : [{ pointer: `/needs/${index}/need`, detail: `${need} is not a need of this referral` }],
  );
  if (foreign.length > 0) return refuse('Contradiction', 'The answer does not fit the referral.', { faults: foreign });
  const before = joined(referral.crn, referral.facts, confidential);
  const known = mergeFacts(before, facts);
  const faults = contradictions(known, context.now, ownCatalogue(referral));
  if (faults.length > 0) return refuse('Contradiction', 'The answer contradicts what is known.', { faults });

  const missing = missingFacts(known);
  const rematch = changesMatching(before, known, referral);
  const supplied = (dueDates: Record<string, string>): DomainEvent => ({
    type: 'referral.information-supplied.v1',
    data: { taskId, supplied: referral.missing.filter((pointer) => !missing.includes(pointer)) },
    detail: { facts: known, missing, rematch, dueDates },
    answers: { taskId, answer: facts },
  });
  const after = evolve(state, supplied({}), context.now);
  const events = [
    supplied(movedByFacts(referral, after.referral, context.now)),
    ...ownersRecorded(known, before),
    ...riskTold(referral, known.risk?.seriousHarm),
    ...recommendedAgain(confidential, after),
  ];
  const eligibility = checkEligibility(known, context.now, new Date(referral.sentAt ?? context.now));
  if (eligibility.result === 'refused') return ineligibleNow(state, events, eligibility, context.now);
  const offers = rematch ? withdrawOffers(referral) : [];
  return [...events, ...offers, ...requestInformation(referral, missing, context)];
};
