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

describe('L4: appointments in words', () => {
  const alone = { allocationId: 'a-1', appointmentId: 'alone', purpose: 'session', session: 1, mode: 'phone' };
  const seat = { allocationId: 'a-1', appointmentId: 'seat', purpose: 'session', session: 2, mode: 'in-person' };
  const first = { allocationId: 'a-1', appointmentId: 'first', purpose: 'supplier-assessment', mode: 'video' };
  const [monday, tuesday] = ['2026-12-21T10:00:00.000Z', '2026-12-22T10:00:00.000Z'];
  const moved = { from: monday, to: tuesday, requestedBy: 'provider' };
  const attended = { attendance: 'late', rarDay: true, correction: false };
  const history = happened([
    ['appointment.booked.v1', '2026-12-17T10:00:01.000Z', { ...first, startsAt: '2026-12-17T10:00:00.000Z' }],
    ['appointment.booked.v1', '2026-12-17T11:00:00.000Z', { ...alone, startsAt: monday }],
    ['appointment.booked.v1', '2026-12-17T11:00:00.000Z', { ...seat, startsAt: monday }],
    [
      'appointment.rescheduled.v1',
      '2026-12-17T12:00:00.000Z',
      { ...moved, allocationId: 'a-1', appointmentId: 'alone' },
    ],
    [
      'appointment.rescheduled.v1',
      '2026-12-17T12:00:00.000Z',
      { ...moved, allocationId: 'a-1', appointmentId: 'seat' },
    ],
    ['appointment.cancelled.v1', '2026-12-17T13:00:00.000Z', { allocationId: 'a-1', appointmentId: 'alone' }],
    ['attendance.recorded.v1', '2026-12-22T11:00:00.000Z', { ...seat, ...attended }],
  ]);
  const said = (lines: string[]) => lines.filter((line) => /^ {4}\S/.test(line)).map((line) => line.slice(33));

  it('tell of one that is ahead, of its move and of its end, and which is in a group', () =>
    expect(
      said(
        inWords(history, [
          { id: 'alone', format: 'one-to-one' },
          { id: 'seat', format: 'group' },
        ]),
      ),
    ).toEqual([
      'Session 1: booked for Mon 21 Dec 10:00',
      'Session 2: booked for Mon 21 Dec 10:00, in a group',
      'Session 1: moved to Tue 22 Dec 10:00',
      'Session 2: moved with its group to Tue 22 Dec 10:00',
      'Session 1: cancelled',
      'Session 2: came late to the group',
    ]));

  it('tell what the events do where the appointments are not known', () =>
    expect(said(inWords(history))).toContain('Session 2: moved to Tue 22 Dec 10:00'));
});
