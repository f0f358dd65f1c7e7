import type { DomainEvent } from './events.ts';
import type { OpdOwners, ReferralFacts } from './referral-facts.ts';

type Pathway = Pick<ReferralFacts, 'opdPathway' | 'opdOwners'>;

/** E9: who shares responsibility with whom, once the person is known to be on the pathway and both are recorded. */
export const opdOwnersOf = ({ opdPathway, opdOwners }: Pathway): OpdOwners | null => (opdPathway && opdOwners) || null;

/** E9: the event by which both owners are informed: facts record them, record others instead, or record none any more. */
export function ownersRecorded(after: Pathway, before: Pathway = {}): DomainEvent[] {
  const [owners, former] = [opdOwnersOf(after), opdOwnersOf(before)];
  if (!owners) return former ? [{ type: 'opd.owners-removed.v1', data: { ...former } }] : [];
  const { probation, health } = owners;
  if (probation === former?.probation && health === former.health) return [];
  return [{ type: 'opd.owners-recorded.v1', data: { probation, health }, detail: { former } }];
}
