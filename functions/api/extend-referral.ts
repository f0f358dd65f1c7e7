import { extendReferral as contract } from '../../shared/contracts/routes/changes.ts';
import { extendReferral as decide } from '../../shared/domain/commands/extend-referral.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint } from '../middleware/endpoint.ts';
import { changeBySender } from '../middleware/sender-commands.ts';

/** L4: the sentence of a referral ends later than was known. */
export const extendReferral = (ports: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(
    contract,
    ports,
    changeBySender(contract, ports, decide, ({ body }) => body),
  );

export const handler = deployed(() => extendReferral(commanding()));
