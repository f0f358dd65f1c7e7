import type { AppointmentView } from '../../../shared/contracts/views/appointment.ts';
import type { ReferralView } from '../../../shared/contracts/views/referral.ts';
import type { Practitioner } from '../actors.ts';
import type { Scene, Setting } from './scene.ts';
import { endingOf, type Played, type Story, said } from './story.ts';
import { wrapped } from './text.ts';

/** Plays all stories side by side. One that fails leaves the others alone. */
export function play(stories: readonly Story[], setting: Setting, elapsed: () => string): Promise<Played[]> {
  return setting.clock.playing(
    stories.map((story, index) => () => {
      const number = index + 1;
      const tell: Scene['tell'] = (step, notes = []) => {
        const lead = `${elapsed()}  ${String(number).padStart(2)} ${story.name.padEnd(11)}  `;
        const indent = ' '.repeat(lead.length);
        const below = notes.flatMap(({ mark, text }) => wrapped(`${indent}${mark}  `, text));
        console.log([...wrapped(lead, step), ...below].join('\n'));
      };
      return played(story, number, { ...setting, tell });
    }),
  );
}

async function played(story: Story, number: number, scene: Setting & Pick<Scene, 'tell'>): Promise<Played> {
  const { practitioner, tell } = scene;
  const startedAt = performance.now();
  const result: Played = { number, story, milliseconds: 0, history: [], faults: [] };
  const send: Scene['send'] = async (facts) => {
    result.referral = await practitioner.send(facts);
    return result.referral;
  };
  const refused: Scene['refused'] = (rules) => {
    result.refused = [...rules];
  };
  const ranked: Scene['ranked'] = (rankings) => {
    result.rankings = rankings;
  };
  try {
    await story.play({ ...scene, send, refused, ranked }, number);
    if (result.referral) result.referral = await practitioner.concluded(result.referral.id);
    if (story.inWords) result.appointments = await appointmentsOf(practitioner, result.referral);
  } catch (fault) {
    result.faults.push((fault as Error).message);
    // What became of it so far is shown all the same.
    if (result.referral) result.referral = await practitioner.read(result.referral.id).catch(() => result.referral);
  }
  result.milliseconds = performance.now() - startedAt;
  const [is, must] = [endingOf(result), said(story.mustEnd)];
  if (result.faults.length === 0 && is !== must) result.faults.push(`it ended as "${is}", not as "${must}"`);
  tell(result.faults.length > 0 ? `FAILED: ${result.faults.join('; ')}` : `Ended as it must (${is})`);
  return result;
}

async function appointmentsOf(practitioner: Practitioner, referral?: ReferralView): Promise<AppointmentView[]> {
  const { allocations = [] } = referral ?? {};
  return (await Promise.all(allocations.map(({ id }) => practitioner.appointments(id)))).flat();
}
