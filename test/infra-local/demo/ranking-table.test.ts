import { describe, expect, it } from 'vitest';
import { rankingTable } from '../../../infra/local/demo/ranking-table.ts';
import { WIDTH } from '../../../infra/local/demo/text.ts';
import type { RankingView } from '../../../shared/contracts/views/ranking.ts';

describe('L3: the demo’s ranking', () => {
  const ranking: RankingView = {
    sequence: 9,
    rankedAt: '2026-06-15T09:00:00.000Z',
    groupId: '00000000-0000-4000-8000-000000000001',
    needs: ['emotional-wellbeing'],
    candidates: [
      {
        service: { id: 'thames-wellbeing', name: 'Living well' },
        provider: { id: 'thames-futures', name: 'Thames Futures' },
        score: 75,
        parts: { preference: 0, cohort: 0, coverage: 20, availability: 20, locality: 0, speed: 5, fit: 30 },
      },
    ],
    filtered: [
      {
        service: { id: 'northern-wellbeing', name: 'Personal wellbeing' },
        reasons: [{ code: 'tried', detail: 'It was asked before and declined, or no answer came in time.' }],
      },
    ],
  };

  it('shows each score with its parts, and who could not be asked with the reason', () =>
    expect(rankingTable(ranking)).toEqual([
      '  For emotional-wellbeing:',
      '  #  service      score  preference  cohort  coverage  availability  locality  speed  fit',
      '  1  Living well     75           0       0        20            20         0      5   30',
      '  –  Personal wellbeing: It was asked before and declined, or no answer came in time.',
    ]));

  it('is no wider than the rest', () => {
    for (const line of rankingTable(ranking)) expect(line.length).toBeLessThanOrEqual(WIDTH);
  });
});
