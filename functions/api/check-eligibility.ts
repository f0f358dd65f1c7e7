import { directory } from '../../shared/adapters/directory.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { checkEligibility as contract } from '../../shared/contracts/routes/eligibility.ts';
import { checkEligibility as check, contradictions } from '../../shared/domain/eligibility/index.ts';
import { eligibilityView } from '../../shared/domain/views/eligibility-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** E1–E6, O3: what would be open to this person, where, with which places free, and why not. Stores nothing. */
export const checkEligibility = (ports: Pick<Ports, 'clients' | 'clock' | 'directory'>) =>
  endpoint(contract, ports, async ({ body: facts }) => {
    const now = await ports.clock.now();
    const errors = contradictions(facts, now, { purpose: 'check' });
    if (errors.length > 0) throw new ProblemError('rule-refused', 'What was sent contradicts itself.', { errors });
    const inArea = facts.area ? await ports.directory.inArea(facts.area) : undefined;
    return { status: status.ok, body: eligibilityView(facts, check(facts, now), inArea, now) };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return checkEligibility({ clients, clock, directory: directory(db, clock) });
});
