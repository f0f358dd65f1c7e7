import { endReferralEarly as contract } from '../../shared/contracts/routes/changes.ts';
import { endEarly as decide } from '../../shared/domain/commands/end-early.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint } from '../middleware/endpoint.ts';
import { changeBySender } from '../middleware/sender-commands.ts';

/** L4, L5: ends a delivery that has begun, before its time. */
export const endReferralEarly = (ports: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(
    contract,
    ports,
    changeBySender(contract, ports, decide, ({ body }) => body),
  );

export const handler = deployed(() => endReferralEarly(commanding()));
