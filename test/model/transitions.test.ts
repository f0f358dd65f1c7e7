import { describe, expect, it } from 'vitest';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import { explores, follows, numbers, scripts } from './play.ts';
import { expectPlacesKept, started } from './started.ts';
import { Coverage } from './table.ts';

/** What these routes change is no referral, and is proved elsewhere. */
const ofNoReferral = [
  'put-service',
  'check-eligibility',
  'put-webhook',
  'rotate-webhook-secret',
  'remove-webhook',
  'replay-dead-letters',
  'make-record-export',
  'put-legal-hold',
];

/** The model-based proof, directed (ADR 27): with fixed seeds, so that each row of the table is met in each run. */
describe('A referral, whatever is done to it', () => {
  it('takes every legal transition of the table, and refuses every illegal one by its name', async () => {
    const coverage = new Coverage();
    let steps = 0;
    for (const { isDraft, acts } of scripts) {
      const session = await started(coverage, isDraft ? 0 : 2);
      await session.settle('once');
      await follows(session, acts);
    }
    for (let n = 0; n < 400 && coverage.untaken.length > 0; n += 1) {
      const next = numbers(n + 1);
      const session = await started(coverage, n);
      for (let step = 0; step < 60; step += 1) {
        await explores(session, coverage, next);
        steps += 1;
      }
      await expectPlacesKept(session);
    }
    console.info(`Model, directed: ${coverage.summary}; ${steps} steps`);
    expect(coverage.untaken).toEqual([]);
    const changing = allEndpoints.filter(({ method }) => method !== 'GET').map(({ name }) => name);
    expect(changing.filter((name) => !coverage.asked.has(name))).toEqual(ofNoReferral);
  }, 600_000);
});
