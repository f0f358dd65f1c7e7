import type { ServiceView } from '../../../shared/contracts/views/service.ts';
import { canonical } from '../../../shared/domain/canonical.ts';
import type { ServiceDescription } from '../../../shared/domain/service.ts';
import { closingOf } from '../../../shared/domain/service-rules.ts';
import { londonDate } from '../../../shared/domain/working-days.ts';
import { closedByE5, descriptionOf, type Entry, wanted } from './entries.ts';
import type { Finding } from './finding.ts';
import type { Mapping } from './mapping.ts';

export interface Present {
  service: ServiceView;
  etag: string;
}

/** What an import makes of one service. */
export interface Change {
  kind: 'create' | 'change' | 'unchanged';
  row: number;
  id: string;
  service: ServiceDescription;
  /** What it replaces, and the version of that. */
  before: ServiceDescription | undefined;
  etag: string | undefined;
  differences: Difference[];
  /** O4: the last day, where the change sets one or brings it forward. */
  closesOn: string | undefined;
}

export interface Difference {
  field: string;
  from: unknown;
  to: unknown;
}

export interface Plan {
  changes: Change[];
  faults: Finding[];
  /** What is taken although something of it is not, or cannot be used. */
  notes: Finding[];
}

/**
 * Holds what a file says against what is there. A service that the file does not name is left alone; one that is the
 * same already is not written again, so that an import that was killed goes on where it was.
 */
export function planOf(entries: Entry[], present: ReadonlyMap<string, Present>, map: Mapping, now: Date): Plan {
  const plan: Plan = { changes: [], faults: [], notes: [] };
  const today = londonDate(now);
  for (const entry of entries) {
    const before = present.get(entry.id);
    const { service, found } = wanted(entry, before?.service, map);
    plan.faults.push(...found);
    if (!service) continue;
    plan.notes.push(...entry.own.notes, ...closedByE5(entry, service, map, now));
    const described = before && descriptionOf(before.service);
    const differences = described ? differencesBetween(described, service) : [];
    plan.changes.push({
      kind: before === undefined ? 'create' : differences.length > 0 ? 'change' : 'unchanged',
      row: entry.own.row,
      id: entry.id,
      service,
      before: described,
      etag: before?.etag,
      differences,
      closesOn: closingOf(before?.service.contract, service.contract, today),
    });
  }
  return plan;
}

export const isSame = (one: ServiceDescription, other: ServiceDescription): boolean =>
  canonical(one) === canonical(other);

/** Field by field; those of the contract each by itself. */
function differencesBetween(before: ServiceDescription, after: ServiceDescription): Difference[] {
  const flat = ({ contract, ...fields }: ServiceDescription): Record<string, unknown> => ({
    ...fields,
    ...Object.fromEntries(Object.entries(contract).map(([field, value]) => [`contract.${field}`, value])),
  });
  const [from, to] = [flat(before), flat(after)];
  return Object.keys({ ...from, ...to })
    .filter((field) => canonical(from[field]) !== canonical(to[field]))
    .map((field) => ({ field, from: from[field], to: to[field] }));
}
