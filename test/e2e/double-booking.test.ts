import { randomUUID } from 'node:crypto';
import { addDays, addMinutes } from 'date-fns';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Provider } from '../../infra/local/actors.ts';
import { inParallel } from '../../infra/local/in-parallel.ts';
import { getAllocation } from '../../shared/contracts/routes/allocations.ts';
import { bookAppointment, cancelAppointment, changeAppointment } from '../../shared/contracts/routes/appointments.ts';
import { withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import type { AreaId } from '../../shared/domain/areas.ts';
import { offered, practitioner, someone } from './support/journeys.ts';
import { onlyServiceIn } from './support/services.ts';

/** L4: one caseworker with the work of several referrals, whose diary they share (ADR 21). */

const area: AreaId = 'gloucestershire';
const caseworker = { id: `cw-${randomUUID()}`, name: 'Jo Worker' };
const tomorrow = addDays(new Date(), 1);
let provider: Provider;
let allocations: string[];
let referrals: string[];

beforeAll(async () => {
  await onlyServiceIn(area, 5);
  const all = await inParallel([1, 2, 3, 4, 5], 5, async () => {
    const at = await offered(someone().with({ area }));
    const allocationId = await at.provider.acceptOffer(at.referralId);
    await at.provider.assignCaseworker(allocationId, caseworker);
    return { ...at, allocationId };
  });
  provider = all[0]?.provider as Provider;
  allocations = all.map(({ allocationId }) => allocationId);
  referrals = all.map(({ referralId }) => referralId);
});

const booking = (startsAt: Date, durationMinutes = 60) => ({
  purpose: 'supplier-assessment' as const,
  startsAt: startsAt.toISOString(),
  durationMinutes,
  mode: 'phone' as const,
});
const book = (allocationId: string | undefined, startsAt: Date, minutes?: number) =>
  provider.api.call(bookAppointment, {
    params: { allocationId: allocationId ?? '' },
    idempotencyKey: randomUUID(),
    body: booking(startsAt, minutes),
  });
const booked = async (allocationId: string | undefined, startsAt: Date) => {
  const { status, body, etag } = await book(allocationId, startsAt);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return {
    params: { allocationId: allocationId ?? '', appointmentId: (body as { id: string }).id },
    ifMatch: etag ?? '',
  };
};

describe('L4: a caseworker of several referrals', () => {
  it('is booked by one of five who ask at once for times that overlap; the others are told what they clash with', async () => {
    const asked = await Promise.all(allocations.map((id, index) => book(id, addMinutes(tomorrow, index * 10))));
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    const won = asked.find(({ ok }) => ok)?.body as { id: string };
    for (const { ok, body } of asked) {
      if (ok) continue;
      expect(body).toMatchObject({ type: '/problems/not-possible-now', errors: [{ pointer: '/startsAt' }] });
      expect(JSON.stringify(body)).toContain(won.id);
    }
  });

  it('is free again after a cancellation, a move and a withdrawal, and not before', async () => {
    const [first, second, third] = allocations;
    const day = addDays(tomorrow, 1);
    const cancelled = await booked(first, day);
    expect((await book(second, day)).status).toBe(409);
    await provider.api.must(cancelAppointment, { ...cancelled, body: { reason: 'Ill' } });
    const moved = await booked(second, day);
    const change = { startsAt: addMinutes(day, 90).toISOString(), reason: 'Later', requestedBy: 'person' as const };
    await provider.api.must(changeAppointment, { ...moved, body: change });
    expect((await book(third, addMinutes(day, 100))).status).toBe(409);
    await booked(third, day);
    expect((await book(first, day)).status).toBe(409);
    await practitioner.change(withdrawReferral, referrals[2] ?? '', { reason: 'moved' });
    await booked(first, day);
  });

  it('cannot be moved to a time that another referral has, over midnight too', async () => {
    const midnight = new Date(`${addDays(tomorrow, 5).toISOString().slice(0, 10)}T00:00:00.000Z`);
    await booked(allocations[3], addMinutes(midnight, -30));
    const other = await booked(allocations[4], addMinutes(midnight, 60));
    const to = (minutes: number) => ({
      startsAt: addMinutes(midnight, minutes).toISOString(),
      reason: 'Earlier',
      requestedBy: 'provider' as const,
    });
    expect((await provider.api.call(changeAppointment, { ...other, body: to(15) })).status).toBe(409);
    expect((await provider.api.call(changeAppointment, { ...other, body: to(30) })).status).toBe(200);
  });

  it('who takes the work over takes over its appointments: the former one is free, the new one is not', async () => {
    const day = addDays(tomorrow, 9);
    const [first, second] = [allocations[3] ?? '', allocations[4] ?? ''];
    await booked(first, day);
    const successor = { id: `cw-${randomUUID()}`, name: 'Al Other' };
    await provider.assignCaseworker(first, successor);
    await booked(second, addMinutes(day, 30));
    const { body } = await provider.api.must(getAllocation, { params: { allocationId: second } });
    expect(body.caseworker?.id).toBe(caseworker.id);
    await provider.assignCaseworker(allocations[0] ?? '', successor);
    expect((await book(allocations[0], addMinutes(day, 15))).status).toBe(409);
  });
});
