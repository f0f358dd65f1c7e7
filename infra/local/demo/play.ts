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

async function played(story: Story, number: number, scene: Scene): Promise<Played> {
  const startedAt = performance.now();
  const result: Played = { number, story, milliseconds: 0, history: [], faults: [] };
  try {
    const end = await story.play(scene, number);
    if ('refused' in end) result.refused = end.refused;
    else result.referral = await scene.practitioner.concluded(end.referralId);
  } catch (fault) {
    result.faults.push((fault as Error).message);
  }
  result.milliseconds = performance.now() - startedAt;
  const [is, must] = [endingOf(result), said(story.mustEnd)];
  if (result.faults.length === 0 && is !== must) result.faults.push(`it ended as "${is}", not as "${must}"`);
  scene.tell(result.faults.length > 0 ? `FAILED: ${result.faults.join('; ')}` : `Ended as it must (${is})`);
  return result;
}
