import { describe, expect, it } from 'vitest';
import {
  cancelGroupSession,
  changeGroupSession,
  type GroupChange,
  type GroupOutcome,
  planGroupSession,
} from '../../../shared/domain/commands/group-sessions.ts';
import { isRefusal } from '../../../shared/domain/decision.ts';
import type { Diary, DiaryEntry } from '../../../shared/domain/diary.ts';
import { eventData } from '../../../shared/domain/events.ts';
import { aGroupSession, sender } from '../../builders/story.ts';
import { friday, monday, thursday } from '../../builders/times.ts';

const context = (now = monday('09:00')) => ({
  now,
  by: sender,
  newId: () => '00000000-0000-4000-8000-00000000bbbb',
});
const diary = (...taken: DiaryEntry[]): Diary => ({ caseworkerId: 'cw-lead', days: [], taken });
const busy: DiaryEntry = { groupId: 'another', startsAt: thursday('10:00').toISOString(), durationMinutes: 60 };
const providerId = 'provider-a';
const service = { provider: { id: providerId, name: 'A' } };
const command = {
  serviceId: 'service-a',
  caseworkerId: 'cw-lead',
  outputRows: ['O9' as const, 'O9' as const],
  startsAt: thursday('10:00').toISOString(),
  durationMinutes: 90,
  mode: 'in-person' as const,
  place: 'The library',
  places: 8,
};
const session = aGroupSession({ providerId, serviceId: 'service-a' });
const seats = ['1', '2', '3'].map((n) => ({ referralId: `r${n}`, allocationId: `al${n}`, appointmentId: `ap${n}` }));

function done(outcome: GroupOutcome): GroupChange {
  if (isRefusal(outcome)) throw new Error(`${outcome.detail} ${JSON.stringify(outcome.faults)}`);
  for (const { type, data } of outcome.events) eventData[type].parse(data);
  return outcome;
}
const refusal = (outcome: GroupOutcome) => (isRefusal(outcome) ? outcome : undefined);

describe('L4: a group session is planned', () => {
  const plan = (changes: Partial<typeof command> = {}, at = diary(), of: typeof service | undefined = service) =>
    planGroupSession({ ...command, ...changes }, { service: of, providerId, diary: at }, context());

  it('with its places, all of them free, and tells so without what it is about (O14, O15)', () => {
    const { session: planned, events, place } = done(plan({ outputRows: ['O14' as never] }));
    expect(planned).toMatchObject({ providerId, places: 8, seats: [], status: 'planned', version: 1, sequence: 1 });
    expect(place).toBe('The library');
    expect(events.map(({ type }) => type)).toEqual(['group-session.planned.v1']);
    expect(JSON.stringify([events, planned])).not.toContain('The library');
    expect(JSON.stringify(events)).not.toContain('O14');
  });

  it('names a row once', () => expect(done(plan()).session.outputRows).toEqual(['O9']));

  it('is refused for a service of somebody else, or for none', () => {
    const other = { provider: { id: 'provider-b', name: 'B' } };
    expect(refusal(plan({}, diary(), other))?.faults).toMatchObject([{ pointer: '/serviceId' }]);
    const none = planGroupSession(command, { service: undefined, providerId, diary: diary() }, context());
    expect(refusal(none)?.faults).toMatchObject([{ pointer: '/serviceId' }]);
  });

  it('is refused while its caseworker has something else, which it names', () => {
    const refused = refusal(plan({}, diary(busy)));
    expect(refused).toMatchObject({ refused: 'NotPossibleNow', faults: [{ pointer: '/startsAt', rule: 'L4' }] });
    expect(JSON.stringify(refused)).toContain('another');
  });
});

describe('L4: a group session that is ahead', () => {
  const change = (changes: object, { of = session, at = diary(), now = monday('09:00') } = {}) =>
    changeGroupSession(of, { reason: 'place-unavailable', ...changes }, at, context(now));

  it('moves, and counts a revision for its appointments to follow', () => {
    const { session: moved, events } = done(change({ startsAt: friday('14:00').toISOString() }));
    expect(moved).toMatchObject({ version: 2, revision: 2, sequence: 2, revisedFor: 'place-unavailable' });
    expect(events).toMatchObject([
      { type: 'group-session.rescheduled.v1', data: { from: session.startsAt, to: friday('14:00').toISOString() } },
    ]);
  });

  it('is held elsewhere: that is to be followed too', () => {
    const { session: moved, events, place } = done(change({ place: 'Room 2' }));
    expect([moved.revision, place]).toEqual([2, 'Room 2']);
    expect(events).toMatchObject([{ data: { from: session.startsAt, to: session.startsAt } }]);
  });

  it('is led by another and takes more people: nothing that its appointments follow', () => {
    const { session: changed, events } = done(change({ caseworkerId: 'cw-2', places: 12 }));
    expect(changed).toMatchObject({ caseworkerId: 'cw-2', places: 12, version: 2, revision: 1 });
    expect(events).toMatchObject([{ type: 'group-session.changed.v1', data: { fields: ['caseworkerId', 'places'] } }]);
  });

  it('does both at once: two events in their order', () => {
    const { session: changed, events } = done(change({ startsAt: friday('14:00').toISOString(), places: 12 }));
    expect(events.map(({ type }) => type)).toEqual(['group-session.rescheduled.v1', 'group-session.changed.v1']);
    expect(changed).toMatchObject({ version: 2, sequence: 3 });
  });

  it('stays as it is where nothing would change', () => {
    expect(done(change({ startsAt: session.startsAt, places: 8 }))).toEqual({ session, events: [] });
  });

  it('keeps a place for each who has a seat', () => {
    const of = { ...session, seats };
    expect(refusal(change({ places: 2 }, { of }))?.faults).toMatchObject([{ pointer: '/places' }]);
    expect(done(change({ places: 3 }, { of })).session.places).toBe(3);
  });

  it('does not move to where its caseworker, or the new one, has something else', () => {
    const at = diary(busy);
    expect(refusal(change({ startsAt: friday('10:00').toISOString() }, { at }))?.refused).toBe('NotPossibleNow');
    expect(refusal(change({ caseworkerId: 'cw-2' }, { at }))?.refused).toBe('NotPossibleNow');
    expect(done(change({ places: 9 }, { at })).session.places).toBe(9);
  });

  it('is cancelled with a code for why, and then neither moves nor is cancelled again', () => {
    const { session: cancelled, events } = done(cancelGroupSession(session, { reason: 'safety' }, context()));
    expect(cancelled).toMatchObject({ status: 'cancelled', revision: 2, revisedFor: 'safety' });
    expect(events).toMatchObject([{ type: 'group-session.cancelled.v1', data: { reason: 'safety' } }]);
    expect(refusal(change({ places: 9 }, { of: cancelled }))?.refused).toBe('NotPossibleNow');
    expect(refusal(cancelGroupSession(cancelled, { reason: 'safety' }, context()))?.refused).toBe('NotPossibleNow');
  });

  it('does not move into the past', () =>
    expect(refusal(change({ startsAt: monday('08:00').toISOString() }))).toMatchObject({
      refused: 'Contradiction',
      faults: [{ pointer: '/startsAt' }],
    }));

  it('that has begun stays', () => {
    const now = thursday('10:00');
    expect(refusal(change({ places: 9 }, { now }))?.refused).toBe('NotPossibleNow');
    expect(refusal(cancelGroupSession(session, { reason: 'other' }, context(now)))?.refused).toBe('NotPossibleNow');
  });
});
