import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { begunPlans, mostPlanned, nextPeriod, planFaults, withPlan } from '../../shared/domain/planned-places.ts';
import { aService } from '../builders/services.ts';

const today = '2026-11-24';
const planned = [
  { from: '2027-01-01', places: 5 },
  { from: '2027-04-01', places: 8 },
];

describe('L3: places of a day to come', () => {
  it('stand in the order of their days; one for the same day replaces the former, none takes it away', () => {
    expect(withPlan(planned, { from: '2027-02-01', places: 6 }).map(({ from }) => from)).toEqual([
      '2027-01-01',
      '2027-02-01',
      '2027-04-01',
    ]);
    expect(withPlan(planned, { from: '2027-01-01', places: 0 })[0]).toEqual({ from: '2027-01-01', places: 0 });
    expect(withPlan(planned, { from: '2027-01-01', places: null })).toEqual(planned.slice(1));
  });

  it('are planned for a day after today, of which there may be twenty-four', () => {
    const full = Array.from({ length: mostPlanned }, (_, at) => ({ from: `2027-01-${at + 1}`.padEnd(10), places: 1 }));
    const fault = (of: typeof planned, from: string, places: number | null = 1) =>
      planFaults(of, { from, places }, today).map(({ pointer, detail }) => `${pointer} ${detail}`);
    expect(fault([], '2026-11-25')).toEqual([]);
    expect(fault([], today)).toEqual([expect.stringContaining('/from is no day after 2026-11-24')]);
    expect(fault([], '2020-01-01')).toHaveLength(1);
    expect(fault(full, '2028-01-01')).toEqual(['/from 24 other days are planned already']);
    expect(fault(full, full[3]?.from ?? '')).toEqual([]);
    expect(fault(full, full[3]?.from ?? '', null)).toEqual([]);
    expect(fault(planned, '2027-02-01', null)).toEqual(['/from no places are planned from that day']);
  });

  it('take effect with their day: of several that have come the latest counts', () => {
    expect(begunPlans(planned, '2026-12-31')).toEqual({ places: undefined, later: planned });
    expect(begunPlans(planned, '2027-01-01')).toEqual({ places: 5, later: planned.slice(1) });
    expect(begunPlans(planned, '2028-01-01')).toEqual({ places: 8, later: [] });
  });

  it('begin at midnight in London, which in summer is an hour earlier', () => {
    const service = aService('homes');
    const summer = { from: '2027-04-01', places: 1 };
    expect(nextPeriod({ ...service, planned }, today)?.toISOString()).toBe('2027-01-01T00:00:00.000Z');
    expect(nextPeriod({ ...service, planned: [summer] }, today)?.toISOString()).toBe('2027-03-31T23:00:00.000Z');
    expect(nextPeriod(service, today)).toBeUndefined();
  });

  it('share what wakes the sweeper with the end of a contract, at the midnight after its last day', () => {
    const { contract, ...service } = aService('homes');
    const ending = { ...service, planned, contract: { ...contract, closes: '2027-03-27' } };
    expect(nextPeriod(ending, today, new Date('2027-01-01T00:00:00Z'))?.toISOString()).toBe('2027-03-28T00:00:00.000Z');
    expect(nextPeriod(ending, today, new Date('2027-03-28T00:00:00Z'))?.toISOString()).toBe('2027-03-31T23:00:00.000Z');
  });

  it('share it with its first day, unless that lay before it was published', () => {
    const { contract, ...service } = aService('homes');
    const opening = (opens: string) => ({ ...service, contract: { ...contract, opens } });
    expect(nextPeriod(opening('2027-04-01'), today)?.toISOString()).toBe('2027-03-31T23:00:00.000Z');
    expect(nextPeriod(opening('2027-04-01'), today, new Date('2027-03-31T23:00:00Z'))).toBeUndefined();
    expect(nextPeriod(opening('2026-11-23'), today)).toBeUndefined();
  });

  it('are each of a different day and in order, whatever is planned and taken back', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((n) => `2027-02-${String(n).padStart(2, '0')}`);
    const plans = fc.array(fc.record({ from: day, places: fc.option(fc.nat(20)) }), { maxLength: 60 });
    fc.assert(
      fc.property(plans, (all) => {
        const left = all.reduce(
          (before, plan) => (planFaults(before, plan, today).length > 0 ? before : withPlan(before, plan)),
          [] as ReturnType<typeof withPlan>,
        );
        const days = left.map(({ from }) => from);
        expect(days).toEqual([...new Set(days)].sort());
        expect(days.length).toBeLessThanOrEqual(mostPlanned);
      }),
    );
  });
});
