import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Change, Purpose } from './writes.ts';

/** How a transaction came out: committed, refused by the conditions named, or in conflict with another one. */
export type CommitOutcome = { committed: true } | { committed: false; refusedBy: Purpose[]; conflict: boolean };

/**
 * DynamoDB's own limit. Commands are made for 50 (rule 1) and stay below it; only the withdrawal of a referral with many
 * providers and sessions goes over, which must not fail for that.
 */
const itemLimit = 100;
const transient = new Set(['TransactionConflict', 'ProvisionedThroughputExceeded', 'ThrottlingError']);

/** DynamoDB would not take the transaction, for no condition of ours: a fault in it, told without its values. */
class TransactionRefused extends Error {
  override readonly name = 'TransactionRefused';
  constructor(changes: Change[], reasons: { Code?: string | undefined }[]) {
    const codes = changes.map(({ purpose }, i) => `${purpose}: ${reasons[i]?.Code ?? 'unknown'}`);
    super(codes.filter((code) => !code.endsWith(': None')).join(', '));
  }
}

/** Commits all the changes or none. Faults that are not an answer of DynamoDB's are thrown. */
export async function commit(client: DynamoDBDocumentClient, changes: Change[]): Promise<CommitOutcome> {
  if (changes.length > itemLimit)
    throw new Error(`a command touches ${changes.length} items; ${itemLimit} is the limit`);
  try {
    await client.send(new TransactWriteCommand({ TransactItems: changes.map(({ write }) => write) }));
    return { committed: true };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const reasons = error.CancellationReasons ?? [];
    const refusedBy = changes.flatMap(({ purpose }, i) =>
      reasons[i]?.Code === 'ConditionalCheckFailed' ? [purpose] : [],
    );
    const conflict = reasons.some(({ Code }) => Code !== undefined && transient.has(Code));
    if (refusedBy.length === 0 && !conflict) throw new TransactionRefused(changes, reasons);
    return { committed: false, refusedBy, conflict };
  }
}

/** A pause that grows with the attempt and differs between rivals, so that they do not meet again. */
export const backOff = (attempt: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(1000, 10 * 2 ** attempt)));

const conflictAttempts = 8;

/** A plain write that meets a transaction on the same item is refused by DynamoDB, and the SDK does not repeat it. */
export async function despiteConflicts<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const isConflict = error instanceof Error && error.name === 'TransactionConflictException';
      if (!isConflict || attempt >= conflictAttempts) throw error;
      await backOff(attempt);
    }
  }
}
