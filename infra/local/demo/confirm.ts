import type { TaskSubject } from '../../../shared/contracts/views/task.ts';
import type { ComplexityLevel, NeedId } from '../../../shared/domain/vocabulary.ts';
import type { Note, Scene } from './scene.ts';

export interface Override {
  need: NeedId;
  level: ComplexityLevel;
  reason: string;
}

/** The practitioner reads what is recommended and why, then confirms it, or one level `instead`. */
export async function confirm(
  { practitioner, tell }: Pick<Scene, 'practitioner' | 'tell'>,
  referralId: string,
  { level = 'medium', instead }: { level?: ComplexityLevel; instead?: Override } = {},
): Promise<void> {
  const { subject } = await practitioner.task(referralId, 'complexity-confirmation');
  const explained = subject?.needs.filter(({ recommended }) => recommended !== null) ?? [];
  for (const need of explained) tell(`Recommended for ${need.need}: ${need.recommended}, ${need.certainty}`, why(need));
  await practitioner.confirmComplexity(referralId, level, instead ? [instead] : []);
  const rest = explained.length > 0 ? 'what is recommended' : level;
  if (!instead) return tell(`The practitioner confirms the complexity: ${rest}`);
  tell(`The practitioner decides on ${instead.level} instead; both are kept`, [{ mark: 'why', text: instead.reason }]);
}

type Recommended = TaskSubject<'complexity-confirmation'>['needs'][number];

const why = ({ reasons, missing, atMost }: Recommended): Note[] => [
  ...reasons.map(({ because, indicators }) => {
    const answers = Object.entries(indicators).map(([id, value]) => `${id}: ${value}`);
    return { mark: 'why', text: `${because} (${answers.join(', ')})` };
  }),
  ...(missing.length > 0 ? [{ mark: 'ask', text: `${missing.join(', ')}: it could be ${atMost}` }] : []),
];
