import type { RankingView } from '../../../shared/contracts/views/ranking.ts';
import { scoreParts } from '../../../shared/domain/ranked.ts';
import { table, wrapped } from './text.ts';

/** L3: a ranking as the practitioner may read it: whose score is made of what, and who could not be asked, and why. */
export function rankingTable({ needs, candidates, filtered }: RankingView): string[] {
  const number = (title: string) => ({ title, align: 'right' as const });
  const columns = [number('#'), { title: 'service' }, number('score'), ...scoreParts.map(number)];
  const rows = candidates.map(({ service, score, parts }, at) => [
    at + 1,
    service.name ?? service.id,
    score,
    ...scoreParts.map((part) => parts[part]),
  ]);
  const left = filtered.map(({ service, reasons }) =>
    wrapped('  –  ', `${service.name ?? service.id}: ${reasons.map(({ detail }) => detail).join(' ')}`),
  );
  return [`  For ${needs.join(', ')}:`, ...table(columns, rows), ...left.flat()];
}
