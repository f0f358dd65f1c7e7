import type { SentenceType } from '../vocabulary.ts';
import { isOrder, opensThroughUnpaidWork, requirementsOf } from './requirements.ts';
import { ask, type FailedRule, isUnknown, noObjection, type Rule, refuse } from './rule.ts';

/**
 * E1: a community order or suspended sentence order with a rehabilitation activity requirement, a licence, or
 * post-sentence supervision. Custody is accepted for the last two, with an expected release date. Before sentence
 * (`proposed`) the setting says nothing: the proposal is for what comes after.
 */
export const sentenceGivesAccess: Rule = ({ facts, need }) => {
  const type = facts.sentence?.type;
  const requirements = requirementsOf(facts);
  const setting = facts.sentence?.proposed ? 'community' : facts.setting;

  if (type && type in withoutAccess) return refuse(noAccess(type));
  if (type && isOrder(type)) {
    const failed: FailedRule[] = [];
    const open =
      !requirements || requirements.has('rehabilitation-activity') || opensThroughUnpaidWork(need.need, requirements);
    if (!open) failed.push(withoutRar(type));
    if (setting === 'custody') failed.push(orderInCustody(type));
    if (failed.length > 0) return refuse(...failed);
  }

  const missing = [];
  if (isUnknown(type)) missing.push('/sentence/type');
  if (!requirements) missing.push('/sentence/requirements');
  if (isUnknown(setting)) missing.push('/setting');
  if (type && !isOrder(type) && setting === 'custody' && isUnknown(facts.expectedReleaseDate)) {
    missing.push('/expectedReleaseDate');
  }
  return missing.length > 0 ? ask(...missing) : noObjection;
};

/** The sentences that never give access, as they are spoken of. */
const withoutAccess: Partial<Record<SentenceType, string>> = {
  fine: 'A fine',
  'conditional-discharge': 'A conditional discharge',
  'custody-without-supervision': 'A custodial sentence with no supervision after release',
  'none-on-remand': 'Remand without a sentence',
};

const noAccess = (type: SentenceType): FailedRule => ({
  rule: 'E1',
  reason: `${withoutAccess[type]} gives no access to these services: it takes a community or suspended sentence order with a rehabilitation activity requirement, a licence or post-sentence supervision.`,
  instead:
    type === 'none-on-remand'
      ? 'Refer once there is a sentence that gives access; until then, point the person to services that are open to everyone.'
      : 'Point the person to services that are open to everyone, such as the council, the NHS or Jobcentre Plus.',
});

const orderNames = { 'community-order': 'community order', 'suspended-sentence-order': 'suspended sentence order' };
const orderName = (type: SentenceType) => orderNames[type as keyof typeof orderNames];

const withoutRar = (type: SentenceType): FailedRule => ({
  rule: 'E1',
  reason: `The ${orderName(type)} has no rehabilitation activity requirement.`,
  instead:
    'Propose a rehabilitation activity requirement before sentence, or ask the court to add one; otherwise point the person to services that are open to everyone.',
});

const orderInCustody = (type: SentenceType): FailedRule => ({
  rule: 'E1',
  reason: `The person is in custody, and a ${orderName(type)} gives access only in the community.`,
  instead:
    'Refer under the licence or post-sentence supervision that follows custody, with the expected release date, or once the person is in the community.',
});
