import { describe, expect, it } from 'vitest';
import { inWords } from '../../../infra/local/demo/in-words.ts';
import type { HistoryItem } from '../../../shared/contracts/views/history.ts';

const happened = (events: [HistoryItem['type'], string, Record<string, unknown>][]): HistoryItem[] =>
  events.map(([type, occurredAt, data], index) => ({
    id: `event-${index}`,
    sequence: index + 1,
    type,
    occurredAt,
    by: { organisation: 'probation-service', client: 'delius' },
    data,
  }));

describe('L4: a history in words', () => {
  const started = { allocationId: 'a-1', providerId: 'northern-pathways', needs: [{ need: 'accommodation' }] };
  const lines = inWords(
    happened([
      ['allocation.started.v1', '2026-11-24T10:00:00Z', started],
      ['task.opened.v1', '2026-11-24T10:00:00Z', { taskId: 't-1', taskType: 'action-plan', allocationId: 'a-1' }],
      [
        'attendance.recorded.v1',
        '2026-11-25T10:00:00Z',
        { allocationId: 'a-1', purpose: 'session', session: 2, attendance: 'no' },
      ],
      ['referral.paused.v1', '2026-11-25T11:00:00Z', { reason: 'recalled' }],
      [
        'end-of-service-report.submitted.v1',
        '2026-11-26T11:00:00Z',
        { allocationId: 'a-1', outcomes: [{ outcomeId: 'accommodation.suitable-home', level: 'partially-achieved' }] },
      ],
    ]),
  );

  it('stands under its days', () =>
    expect(lines.filter((line) => /^ {2}\S/.test(line))).toEqual(['  Tue 24 Nov', '  Wed 25 Nov', '  Thu 26 Nov']));

  it('names the provider whose part a line is, whatever its event tells', () =>
    expect(lines.find((line) => line.includes('Session 2'))).toMatch(/Northern Pathways +Session 2: did not come$/));

  it('says codes as words, and leaves out how the system came to it', () => {
    expect(lines.join('\n')).toContain('recalled to custody');
    expect(lines.join('\n')).toContain('suitable home: partially achieved');
    expect(lines.join('\n')).not.toContain('task');
  });
});
