import { areasLimitedTo } from '../area-availability.ts';
import { areaName } from '../areas.ts';
import { ask, isUnknown, noObjection, type Rule, refuse } from './rule.ts';

/** E5: only the dated list of areas refuses by area; that no service has a place never does. */
export const areaIsOpen: Rule = ({ facts: { area, person }, need: { need }, index, at }) => {
  const areas = areasLimitedTo(need, at);
  if (!areas) return noObjection;
  if (isUnknown(area)) return ask('/area');
  if (areas.includes(area)) return noObjection;
  return refuse({
    rule: 'E5',
    fields: ['/area', `/needs/${index}/need`],
    reason: `This need is not served in ${areaName(area)}. It is served in ${areas.map(areaName).join(', ')}.`,
    instead:
      person?.sex === 'female'
        ? `Refer to the women's service (${`womens-${need}`}), which is not limited to these areas.`
        : 'Look to the other interventions of the probation region, or point the person to local services that are open to everyone.',
  });
};
