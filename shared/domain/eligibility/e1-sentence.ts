import type { KnownFacts } from '../referral-facts.ts';
import type { SentenceType } from '../vocabulary.ts';
import { londonDate } from '../working-days.ts';
import { isOrder, opensThroughUnpaidWork, requirementsOf } from './requirements.ts';
import { ask, type FailedRule, isUnknown, type Question, type Rule, refuse } from './rule.ts';
import { settingOf } from './setting.ts';

/**
 * E1: a community order or suspended sentence order with a rehabilitation activity requirement, a licence, or
 * post-sentence supervision. Custody is accepted for the last two, with an expected release date.
 *
 * A sentence that has ended gives access no longer. That is no contradiction, and it is asked of the day that the
 * referral was sent: one that runs out later is withdrawn by the practitioner (L6, `sentence-expired`), so neither an
 * amendment nor an answer ends a referral by it.
 */
export const sentenceGivesAccess: Rule = (question) => {
  const failed = objections(question);
  return failed.length > 0 ? refuse(...failed) : ask(...unknowns(question.facts));
};

function objections({ facts, need, index, sentAt }: Question): FailedRule[] {
  const { type, endDate } = facts.sentence ?? {};
  const requirements = requirementsOf(facts);
  const failed: FailedRule[] = [];
  if (type && type in withoutAccess) failed.push(noAccess(type));
  if (type && isOrder(type)) {
    if (requirements && !requirements.has('rehabilitation-activity')) {
      const decidedByNeed = requirements.has('unpaid-work-with-ete') ? [`/needs/${index}/need`] : [];
      if (!opensThroughUnpaidWork(need.need, requirements)) failed.push(withoutRar(type, decidedByNeed));
    }
    if (settingOf(facts) === 'custody') failed.push(orderInCustody(type));
  }
  if (endDate && endDate < londonDate(sentAt)) failed.push(hasEnded(endDate));
  return failed;
}

function unknowns(facts: KnownFacts): string[] {
  const type = facts.sentence?.type;
  const setting = settingOf(facts);
  const isToBeReleased = type && !isOrder(type) && setting === 'custody';
  return [
    ...(isUnknown(type) ? ['/sentence/type'] : []),
    ...(requirementsOf(facts) ? [] : ['/sentence/requirements']),
    ...(isUnknown(setting) ? ['/setting'] : []),
    ...(isToBeReleased && isUnknown(facts.expectedReleaseDate) ? ['/expectedReleaseDate'] : []),
  ];
}

/** The sentences that never give access, as they are spoken of. */
const withoutAccess: Partial<Record<SentenceType, string>> = {
  fine: 'A fine',
  'conditional-discharge': 'A conditional discharge',
  'custody-without-supervision': 'A custodial sentence with no supervision after release',
  'none-on-remand': 'Remand without a sentence',
};

const noAccess = (type: SentenceType): FailedRule => ({
  rule: 'E1',
  fields: ['/sentence/type'],
  reason: `${withoutAccess[type]} gives no access to these services: it takes a community or suspended sentence order with a rehabilitation activity requirement, a licence or post-sentence supervision.`,
  instead:
    type === 'none-on-remand'
      ? 'Refer once there is a sentence that gives access; until then, point the person to services that are open to everyone.'
      : 'Point the person to services that are open to everyone, such as the council, the NHS or Jobcentre Plus.',
});

const orderNames = { 'community-order': 'community order', 'suspended-sentence-order': 'suspended sentence order' };
const orderName = (type: SentenceType) => orderNames[type as keyof typeof orderNames];

const withoutRar = (type: SentenceType, decidedByNeed: string[]): FailedRule => ({
  rule: 'E1',
  fields: ['/sentence/type', '/sentence/requirements', ...decidedByNeed],
  reason: `The ${orderName(type)} has no rehabilitation activity requirement.`,
  instead:
    'Propose a rehabilitation activity requirement before sentence, or ask the court to add one; otherwise point the person to services that are open to everyone.',
});

const orderInCustody = (type: SentenceType): FailedRule => ({
  rule: 'E1',
  fields: ['/sentence/type', '/setting'],
  reason: `The person is in custody, and a ${orderName(type)} gives access only in the community.`,
  instead:
    'Refer under the licence or post-sentence supervision that follows custody, with the expected release date, or once the person is in the community.',
});

const hasEnded = (endDate: string): FailedRule => ({
  rule: 'E1',
  fields: ['/sentence/endDate'],
  reason: `The sentence ended on ${endDate}, and with it the access that it gave.`,
  instead:
    'Refer under the sentence or supervision that is in force now, or correct the date if it is wrong; otherwise point the person to services that are open to everyone.',
});
