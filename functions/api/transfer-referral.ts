import { transferReferral as contract } from '../../shared/contracts/routes/changes.ts';
import { transferReferral as decide } from '../../shared/domain/commands/transfer-referral.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint } from '../middleware/endpoint.ts';
import { changeBySender } from '../middleware/sender-commands.ts';

/** L4: takes the work to another area, or to another service. */
export const transferReferral = (ports: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(
    contract,
    ports,
    changeBySender(contract, ports, decide, ({ body }) => body),
  );

export const handler = deployed(() => transferReferral(commanding()));
