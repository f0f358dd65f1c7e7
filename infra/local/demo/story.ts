import type { AppointmentView } from '../../../shared/contracts/views/appointment.ts';
import type { HistoryItem } from '../../../shared/contracts/views/history.ts';
import type { RankingView } from '../../../shared/contracts/views/ranking.ts';
import type { ReferralView } from '../../../shared/contracts/views/referral.ts';
import type { Scene } from './scene.ts';

/** How a story must end. */
export type Ending =
  | { refused: readonly string[] }
  | { endState: NonNullable<ReferralView['endState']>; endReason: ReferralView['endReason'] };

export interface Story {
  /** One or two words, for the line of each step. */
  name: string;
  /** What happens, in one line. */
  plot: string;
  mustEnd: Ending;
  /** Its timeline is also told in words, as a practitioner would read it. */
  inWords?: true;
  /** Plays it to the end. */
  play(scene: Scene, number: number): Promise<void>;
}

/** A story as it was played. */
export interface Played {
  number: number;
  story: Story;
  milliseconds: number;
  referral?: ReferralView;
  /** The record's own account, for the timeline and to hold the received events against. */
  history: HistoryItem[];
  refused?: string[];
  /** As its practitioner sees them, where the timeline is also told in words. */
  appointments?: readonly AppointmentView[];
  /** How matching came to ask whom, where the story shows it. */
  rankings?: readonly RankingView[];
  /** What went wrong. */
  faults: string[];
}

export const endingOf = ({ referral, refused }: Pick<Played, 'referral' | 'refused'>): string => {
  if (refused) return said({ refused });
  if (!referral) return 'not known';
  const { endState, endReason, status } = referral;
  return endState ? said({ endState, endReason }) : `still ${status}`;
};

/** An ending in words. What was completed was completed by its intervention: that is not worth saying twice. */
export function said(ending: Ending): string {
  if ('refused' in ending) return `refused: ${ending.refused.join(', ')}`;
  const { endState, endReason } = ending;
  if (endState === 'completed' && endReason === 'intervention-completed') return endState;
  return `${endState}: ${endReason ?? 'for no reason'}`;
}
