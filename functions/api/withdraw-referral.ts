import { withdrawReferral as contract } from '../../shared/contracts/routes/referrals.ts';
import { withdrawReferral as decide } from '../../shared/domain/commands/change-referral.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint } from '../middleware/endpoint.ts';
import { changeBySender } from '../middleware/sender-commands.ts';

/** L4, L6: withdraws a referral, at any moment. */
export const withdrawReferral = (ports: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(
    contract,
    ports,
    changeBySender(contract, ports, decide, ({ body }) => body),
  );

export const handler = deployed(() => withdrawReferral(commanding()));
