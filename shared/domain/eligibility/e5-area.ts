import { areasLimitedTo } from '../area-availability.ts';
import { areaName } from '../areas.ts';
import { ageOf, cohortNamed, cohortOf, ownNeed } from '../cohorts.ts';
import { ask, isUnknown, noObjection, type Rule, refuse } from './rule.ts';

/** E5: only the dated list of areas refuses by area; that no service has a place never does. */
export const areaIsOpen: Rule = ({ facts: { area, person }, need: { need }, index, at }) => {
  const own = ownNeed(need, { sex: person?.sex, age: ageOf(person?.dateOfBirth, at) });
  const areas = areasLimitedTo(need, at);
  if (!areas) return noObjection;
  if (isUnknown(area)) return ask('/area');
  if (areas.includes(area)) return noObjection;
  return refuse({
    rule: 'E5',
    fields: ['/area', `/needs/${index}/need`],
    reason: `This need is not served in ${areaName(area)}. It is served in ${areas.map(areaName).join(', ')}.`,
    instead:
      own && !areasLimitedTo(own, at)
        ? `Refer to the service for ${cohortNamed(cohortOf(own)).name} (${own}), which is not limited to these areas.`
        : 'Look to the other interventions of the probation region, or point the person to local services that are open to everyone.',
  });
};
