import type { PlannedActivity, Provider } from '../actors.ts';
import { nameOf, type Scene } from './scene.ts';
import { plural } from './text.ts';

const caseworkers: Record<string, { id: string; name: string }> = {
  'northern-pathways': { id: 'np-204', name: 'Aisha Rahman' },
  'thames-futures': { id: 'tf-118', name: 'Tom Okafor' },
  'cambrian-support': { id: 'cs-031', name: 'Carys Bevan' },
};

/** The stories share a clock, so each has a caseworker to itself: nobody holds two appointments at a time. */
export function caseworkerOf({ id }: Provider, allocationId: string): { id: string; name: string } {
  const caseworker = caseworkers[id] ?? { id: 'cw-1', name: 'A caseworker' };
  return { ...caseworker, id: `${caseworker.id}-${allocationId}` };
}

/** From the accepted offer to an approved action plan. */
export async function beginDelivery(
  { practitioner, clock, tell }: Scene,
  provider: Provider,
  {
    referralId,
    allocationId,
    sessions,
    activity,
  }: { referralId: string; allocationId: string; sessions: number; activity?: PlannedActivity },
): Promise<void> {
  const caseworker = caseworkerOf(provider, allocationId);
  await provider.assignCaseworker(allocationId, caseworker);
  await provider.acceptEngagement(allocationId, caseworker.name, clock.now());
  await provider.hold(allocationId, { purpose: 'supplier-assessment' }, clock.now());
  tell(`${caseworker.name}: supplier assessment held, responsibilities accepted`);
  await provider.submitPlan(allocationId, sessions, [], activity);
  const { id } = await practitioner.task(referralId, 'action-plan-approval');
  await practitioner.answer(id, { decision: 'approved' });
  tell(`Action plan of ${sessions} sessions: submitted by ${nameOf(provider)}, approved`);
}

/** The sessions of the plan that are still to be held, and the end of delivery. */
export async function finishSessions(
  { clock, tell }: Scene,
  provider: Provider,
  { allocationId, sessions, from = 1 }: { allocationId: string; sessions: number; from?: number },
): Promise<void> {
  for (let session = from; session <= sessions; session += 1) {
    await provider.hold(allocationId, { purpose: 'session', session }, clock.now(), session === 2 ? 'late' : 'yes');
  }
  await provider.complete(allocationId);
  tell(`${sessions} sessions held, attendance recorded; delivery by ${nameOf(provider)} is complete`);
}

/** The end of service report, outcome by outcome, and its acknowledgement. */
export async function reportBack(
  { practitioner, tell }: Scene,
  provider: Provider,
  {
    referralId,
    allocationId,
    level,
  }: { referralId: string; allocationId: string; level: 'achieved' | 'partially-achieved' },
): Promise<void> {
  const own = await provider.needsOf(allocationId);
  const { needs } = await practitioner.read(referralId);
  const outcomes = needs
    .filter(({ need }) => own.includes(need))
    .flatMap(({ desiredOutcomes }) => desiredOutcomes ?? []);
  await provider.report(allocationId, outcomes, level);
  const { id } = await practitioner.task(referralId, 'end-of-service-report-acknowledgement');
  await practitioner.answer(id, { decision: 'acknowledged' });
  tell(`End of service report: ${plural(outcomes.length, 'outcome')} ${level.replace('-', ' ')}; acknowledged`);
}

/** All of delivery, as it goes when nothing comes in between. */
export async function deliver(scene: Scene, provider: Provider, referralId: string): Promise<void> {
  const allocationId = await provider.allocationOf(referralId);
  const delivery = { referralId, allocationId, sessions: 2 };
  await beginDelivery(scene, provider, delivery);
  await finishSessions(scene, provider, delivery);
  await reportBack(scene, provider, { referralId, allocationId, level: 'achieved' });
}
