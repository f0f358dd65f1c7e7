import type { Decide } from '../decision.ts';
import type { ExportReason } from '../vocabulary.ts';

/** That everything on the person was handed over, with who asked and why, stands in the history of each referral. */
export const noteExport: Decide<{ exportId: string; reason: ExportReason }> = (_state, { exportId, reason }) => [
  { type: 'record.exported.v1', data: { exportId, reason } },
];

/**
 * What is held on the person goes: whose the referral was, and everything that tells. Decided over all referrals of the
 * person (`retention.ts`); here again what may have changed since.
 */
export const removeRecord: Decide<{ periodMonths: number; concludedAt: string }> = ({ referral }, command) =>
  referral.conclusion && referral.openTasks.length === 0 && referral.sentAt !== null
    ? [{ type: 'record.removed.v1', data: command }]
    : [];
