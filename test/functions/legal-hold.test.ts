import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { putLegalHold } from '../../functions/api/put-legal-hold.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { LegalHold, LegalHolds } from '../../shared/ports/records.ts';
import { Memory } from '../builders/memory.ts';
import { wednesday } from '../builders/times.ts';
import { ask, registered } from './request.ts';

function holding() {
  const memory = registered(new Memory());
  const stands = new Map<string, LegalHold>();
  const holds: LegalHolds = {
    find: async (crn) => stands.get(crn),
    place: async (crn, hold) => {
      if (!stands.has(crn)) stands.set(crn, hold);
      return stands.get(crn) ?? hold;
    },
    lift: async (crn) => void stands.delete(crn),
  };
  const put = (body: object, as = 'operations-console') =>
    ask(putLegalHold({ ...memory, clock: memory.clock, clients: memory.clients, holds }), endpoints.putLegalHold, {
      body: { crn: 'X123456', held: true, reason: 'litigation', ...body },
      as,
      headers: { 'X-On-Behalf-Of': 'ops-1' },
    });
  return { memory, stands, put };
}

describe('A legal hold', () => {
  it('is placed by operations, with who and why, and on anybody: nothing is told of what is held on them', async () => {
    const { memory, stands, put } = holding();
    const { status, body } = await put({});
    expect(status).toBe(200);
    expect(endpoints.putLegalHold.responses[200].safeParse(body).error).toBeUndefined();
    const hold = {
      since: memory.now.toISOString(),
      by: { organisation: 'operations', client: 'operations-console', person: 'ops-1' },
      reason: 'litigation',
    };
    expect(body).toEqual({ crn: 'X123456', held: true, hold });
    expect(stands.get('X123456')).toEqual(hold);
  });

  it('stands as it was first placed, however often it is asked for, in whatever letters', async () => {
    const { memory, put } = holding();
    const first = await put({});
    memory.now = wednesday('10:00');
    expect((await put({ crn: 'x123456', reason: 'complaint' })).body).toEqual(first.body);
  });

  it('is lifted, and lifting what does not stand is the same', async () => {
    const { stands, put } = holding();
    await put({});
    for (const _twice of [1, 2]) {
      const { status, body } = await put({ held: false, reason: 'other' });
      expect({ status, body }).toEqual({ status: 200, body: { crn: 'X123456', held: false, hold: null } });
      expect(stands.size).toBe(0);
    }
  });

  it('is nobody else’s to place or to lift', async () => {
    const { stands, put } = holding();
    for (const as of ['north-case-system', 'system-of-a', 'contract-office', 'court-reports']) {
      expect({ as, status: (await put({}, as)).status }).toEqual({ as, status: 403 });
    }
    expect(stands.size).toBe(0);
  });
});
