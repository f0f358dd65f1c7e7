import { systemClients } from '../../shared/adapters/changes.ts';
import { withdrawOffers } from '../../shared/domain/commands/matching-changes.ts';
import { hasEnded } from '../../shared/domain/service.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import type { DirectoryEntry, Ports } from '../../shared/ports.ts';

type EndedPorts = Pick<Ports, 'referrals' | 'places' | 'clock'>;

/**
 * O4, L3: nobody is allocated to a service whose contract has ended. Its open offers are withdrawn, and who was offered
 * is matched again, by the time that they have waited; delivery that has begun goes on. Told twice, it happens once.
 */
export async function withdrawFromEnded(ports: EndedPorts, service: DirectoryEntry): Promise<void> {
  const { referrals, places, clock } = ports;
  if (!hasEnded(service, londonDate(await clock.now()))) return;
  let failure: unknown;
  for (const referralId of await places.offeredTo(service.id)) {
    try {
      await referrals.execute(referralId, {}, ({ referral }) => withdrawOffers(referral, service.id), {
        by: { organisation: 'system', client: systemClients.places },
      });
    } catch (error) {
      // One that fails holds up nobody: it is tried again.
      failure ??= error;
    }
  }
  if (failure) throw failure;
}
