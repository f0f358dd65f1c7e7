import { ProblemError } from '../../shared/contracts/problems.ts';
import { getCatalogue as contract } from '../../shared/contracts/routes/catalogue.ts';
import { catalogueAt } from '../../shared/domain/catalogue/index.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** C1–C3: the catalogue in force now, or on a past date. */
export const getCatalogue = ({ clients, clock }: Pick<Ports, 'clients' | 'clock'>) =>
  endpoint(contract, { clients }, async ({ query: { at } }) => {
    const found = catalogueAt(at ? new Date(`${at}T12:00:00Z`) : await clock.now());
    if (!found) throw new ProblemError('not-found', 'There was no catalogue on that date.');
    return { status: status.ok, body: found };
  });

export const handler = deployed(() => getCatalogue(basics()));
