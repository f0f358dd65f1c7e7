import { randomUUID } from 'node:crypto';
import { needsOf } from '../../shared/domain/cohorts.ts';
import { makeOffers } from '../../shared/domain/commands/make-offers.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { aService } from '../builders/services.ts';
import { aReferralState, sender } from '../builders/story.ts';
import type { Section } from './report.ts';

const needs = needsOf('general');
/** All in the referral's area; in London every need is open. */
const services = 1000;
const area = 'metropolitan-police';
/** Of so many needs in a row each, so that no one provider takes all and several ways of grouping them compete. */
const needsPerService = [1, 2, 3, 4];

/** L3: one referral placed whole, as `make-offers` decides it: grouped, each group ranked, offered. */
export function measurePlacing({ repeats }: { repeats: number }): Section {
  const facts = aReferral().with({ person: { sex: 'male' }, area, needs: needs.map((need) => aNeed(need)) });
  const { world } = aReferralState(facts).confirmed();
  const inArea = Array.from({ length: services }, (_, at) => {
    const covered = needsPerService[at % needsPerService.length] ?? 1;
    const own = Array.from({ length: covered }, (_n, next) => needs[(at + next) % needs.length] ?? 'accommodation');
    return aService(`service-${at}`, { free: at % 3 === 0 ? 0 : 1 + (at % 30), areas: [area], needs: own });
  });
  const context = { now: world.now, by: sender, newId: () => randomUUID() };
  let offers = 0;
  const once = (): number => {
    const before = process.threadCpuUsage();
    const events = makeOffers(world, { services: inArea }, context);
    const { user, system } = process.threadCpuUsage(before);
    offers = events.filter(({ type }) => type === 'offer.made.v1').length;
    if (offers === 0) throw new Error('nothing was offered');
    return (user + system) / 1000;
  };
  for (let warm = 0; warm < 3; warm += 1) once();
  const median = Array.from({ length: repeats }, once).toSorted((a, b) => a - b)[Math.floor(repeats / 2)] ?? 0;
  return {
    title: 'Placing a whole referral, in process',
    about: [
      `Needs grouped, every group ranked and offered (\`makeOffers\`), of a referral with ${needs.length} needs in an area of`,
      `${services.toLocaleString('en')} services that cover one to four needs each, a third of them full.`,
      `Processor time, the median of ${repeats} runs after a warm-up.`,
    ],
    columns: ['What', '>Needs', '>Services', '>Offers', '>Measured'],
    rows: [['Grouping and placing', needs.length, services.toLocaleString('en'), offers, `${median.toFixed(1)} ms`]],
  };
}
