import type { Referral } from '../domain/referral.ts';
import { keys, workAt, workKey } from './keys.ts';
import { type Change, put } from './writes.ts';

interface Tables {
  record: string;
  private: string;
}

/** Refused while a legal hold stands: part of every transaction that removes something (ADR 24). */
export const noHoldOn = (crn: string, table: string): Change => ({
  purpose: 'hold',
  write: {
    ConditionCheck: { TableName: table, Key: keys.legalHold(crn), ConditionExpression: 'attribute_not_exists(pk)' },
  },
});

/**
 * A referral is to be looked at once its period has run since its conclusion; one that was reopened is not, until it
 * concludes again. Its removal takes the person with it, and leaves the CRN with the mark alone, until the rest of what
 * stands under it has gone too.
 */
export function retentionChanges(
  before: Referral | undefined,
  after: Referral,
  now: Date,
  { record, private: privateTable }: Tables,
): Change[] {
  const mark = (attributes: object): Change => ({
    purpose: 'state',
    write: put(record, { ...keys.retention(after.id), ...attributes }),
  });
  const due = () => {
    if (!after.conclusion) throw new Error('a period runs from the conclusion');
    return { workKey: workKey('RETENTION', after.id), workAt: workAt(after.conclusion.at, after.id) };
  };
  if (before && after.removedAt && !before.removedAt) {
    const Key = keys.person(before.crn, before.id);
    return [
      noHoldOn(before.crn, privateTable),
      { purpose: 'private', write: { Delete: { TableName: privateTable, Key } } },
      mark({ ...due(), crn: before.crn }),
    ];
  }
  if (!after.sentAt || before?.conclusion === after.conclusion) return [];
  if (after.conclusion) return [mark(due())];
  return before?.conclusion ? [mark({ reopenedAt: now.toISOString() })] : [];
}
