import { type Figures, publishedFigures, publishedPeriod } from '../effectiveness.ts';

/** O3, O4: what may be told of what came of a service's work. */
export function effectivenessView(months: readonly Figures[], minimumGroup: number, now: Date) {
  const told = { ...publishedPeriod(now), minimumGroup };
  const figures = publishedFigures(months, minimumGroup);
  return figures ? { ...told, notEnoughData: false as const, ...figures } : { ...told, notEnoughData: true as const };
}
