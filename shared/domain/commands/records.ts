import type { Decide } from '../decision.ts';
import type { ExportReason } from '../vocabulary.ts';

/** That everything on the person was handed over, with who asked and why, stands in the history of each referral. */
export const noteExport: Decide<{ exportId: string; reason: ExportReason }> = (_state, { exportId, reason }) => [
  { type: 'record.exported.v1', data: { exportId, reason } },
];
