import { NotFound } from '../../shared/contracts/errors.ts';
import type { ExportEntry, HeldItem } from '../../shared/domain/record-export/entry.ts';
import { equalityEntry, privateEntry, recordEntry, referralOf } from '../../shared/domain/record-export/kinds.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import type { WholeRecords } from '../../shared/ports/records.ts';
import type { Caller } from '../../shared/ports.ts';

export interface Held {
  /** Null: the record was removed. */
  crn: string | null;
  /** Those that the caller's case system sent. */
  referrals: Referral[];
  /** How many others sent. */
  heldByOthers: number;
  entries: ExportEntry[];
}

/** Everything held on one person that is the caller's to hand over. Who sent nothing about them learns nothing. */
export async function heldOn(
  records: WholeRecords,
  { organisation }: Pick<Caller, 'organisation'>,
  { crn, referralId }: { crn?: string | undefined; referralId?: string | undefined },
): Promise<Held> {
  const named = referralId ? await records.referral(referralId) : undefined;
  if (referralId && named?.organisation !== organisation) throw new NotFound(referralId);
  if (named?.removedAt) return { crn: null, referrals: [named], heldByOthers: 0, entries: [] };
  const person = (named?.crn ?? crn ?? '').toUpperCase();
  const { items, equality } = await records.onCrn(person);

  const secret = [...items.map(privateEntry), ...equality.map(equalityEntry)];
  const ids = [...new Set(items.flatMap(({ key }) => referralOf(key) ?? []))];
  const found = (await Promise.all(ids.map((id) => records.referral(id)))).filter((one) => one !== undefined);
  const others = new Set(found.filter((one) => one.organisation !== organisation).map(({ id }) => id));
  const referrals = found.filter(({ id }) => !others.has(id));
  if (referrals.length === 0) throw new NotFound(person);

  const own = new Set(referrals.map(({ id }) => id));
  const recorded = await Promise.all(
    referrals.map(async (one) =>
      (await records.ofReferral(one)).map((item) => recordEntry(one.id, withoutOthers(item, own))),
    ),
  );
  // What stands under a referral that there is not, or under none, is held on the person all the same.
  const ownSecret = secret.filter((entry) => !(entry.referralId && others.has(entry.referralId)));
  return { crn: person, referrals, heldByOthers: others.size, entries: [...ownSecret, ...recorded.flat()] };
}

/** L1 tells a possible duplicate whoever sent it. Here it is told of one's own: which referrals others sent is theirs. */
function withoutOthers({ key, content }: HeldItem, own: ReadonlySet<string>): HeldItem {
  const told = (of: Record<string, unknown>) =>
    Array.isArray(of.possibleDuplicates)
      ? {
          ...of,
          possibleDuplicates: of.possibleDuplicates.filter((one) => own.has(typeof one === 'string' ? one : one.id)),
        }
      : of;
  const { data } = content;
  const isEvent = typeof data === 'object' && data !== null;
  return { key, content: told(isEvent ? { ...content, data: told(data as Record<string, unknown>) } : content) };
}
