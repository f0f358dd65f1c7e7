import { directory } from '../../shared/adapters/directory.ts';
import {
  endReferralEarly as endContract,
  extendReferral as extendContract,
  transferReferral as transferContract,
} from '../../shared/contracts/routes/changes.ts';
import { endEarly } from '../../shared/domain/commands/end-early.ts';
import { extendReferral as decideExtension } from '../../shared/domain/commands/extend-referral.ts';
import { transferReferral as decideTransfer } from '../../shared/domain/commands/transfer-referral.ts';
import type { Directory, Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint } from '../middleware/endpoint.ts';
import { routed } from '../middleware/routed.ts';
import { changeBySender } from '../middleware/sender-commands.ts';

type ChangePorts = Pick<Ports, 'clients' | 'referrals'>;

/** L4: the sentence of a referral ends later than was known. */
export const extendReferral = (ports: ChangePorts) =>
  endpoint(
    extendContract,
    ports,
    changeBySender(extendContract, ports, decideExtension, ({ body }) => body),
  );

/** L4, L5: ends a delivery that has begun, before its time. */
export const endReferralEarly = (ports: ChangePorts) =>
  endpoint(
    endContract,
    ports,
    changeBySender(endContract, ports, endEarly, ({ body }) => body),
  );

/** L4: takes the work to another area, or to another service. */
export const transferReferral = (ports: ChangePorts & { directory: Pick<Directory, 'find'> }) =>
  endpoint(
    transferContract,
    ports,
    changeBySender(transferContract, ports, decideTransfer, async ({ body }) => ({
      ...body,
      service: body.serviceId === undefined ? undefined : await ports.directory.find(body.serviceId),
    })),
  );

export const handler = deployed(() => {
  const commands = commanding();
  const ports = { ...commands, directory: directory(commands.db, commands.clock) };
  return routed(
    [extendContract, extendReferral(ports)],
    [endContract, endReferralEarly(ports)],
    [transferContract, transferReferral(ports)],
  );
});
