import { checkEligibility, contradictions } from '../eligibility/index.ts';
import { type Confidential, isDraft, joined, type Referral } from '../referral.ts';
import { practitionerView } from './referral-view.ts';

/** To the case system that sent it: all of it, and of a draft also what stands between it and being sent (L1). */
export function senderView(state: { referral: Referral; confidential: Confidential }, now: Date) {
  const { referral, confidential } = state;
  const view = practitionerView(state);
  const keptUntil = referral.openTasks.find(({ type }) => type === 'draft')?.dueAt;
  if (!isDraft(referral) || !keptUntil) return view;
  const facts = joined(referral.crn, referral.facts, confidential);
  const { needs } = checkEligibility(facts, now);
  return { ...view, draft: { keptUntil, errors: contradictions(facts, now), needs } };
}
