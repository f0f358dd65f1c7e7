import { amendReferral as contract } from '../../shared/contracts/routes/referrals.ts';
import { amendReferral as decide } from '../../shared/domain/commands/change-referral.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint } from '../middleware/endpoint.ts';
import { changeBySender } from '../middleware/sender-commands.ts';

/** L4: changes facts or complexity levels while the work runs. */
export const amendReferral = (ports: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(
    contract,
    ports,
    changeBySender(contract, ports, decide, ({ body }) => body),
  );

export const handler = deployed(() => amendReferral(commanding()));
