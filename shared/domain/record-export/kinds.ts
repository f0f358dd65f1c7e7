import { sensitiveRows } from '../vocabulary.ts';
import { type ExportEntry, type ExportMark, exportMarks, type HeldItem } from './entry.ts';

/** What is known of a kind of item: its heading, and what always marks it. */
interface Kind {
  begins: string;
  section: string;
  marks: readonly ExportMark[];
  /** What marks one of them in particular. */
  also?: (content: Record<string, unknown>) => ExportMark[];
}

const other = ['third-party'] as const;
const both = exportMarks;

/** Keys of the private table, after their referral. The first that fits tells the kind. */
const ofPrivate: readonly Kind[] = [
  { begins: 'PERSON', section: 'The person, and what was written when they were referred', marks: both },
  { begins: 'TEXT#RISK', section: 'Reports and reassessments of risk', marks: both },
  {
    begins: 'TEXT#CASE-NOTE#',
    section: 'Case notes',
    marks: other,
    also: ({ words }) => (isSensitiveRow(words) ? ['sensitive'] : []),
  },
  { begins: 'TEXT#MESSAGE#', section: 'Messages: their words', marks: other },
  { begins: 'TEXT#COMPLEXITY#', section: 'Reasons for a level of complexity', marks: both },
  { begins: 'TEXT#OFFER#', section: 'Offers: questions, information and answers', marks: other },
  { begins: 'TEXT#MANUAL#', section: 'Allocations by hand: why', marks: other },
  { begins: 'TEXT#CASEWORKER#', section: 'Caseworkers', marks: other },
  { begins: 'TEXT#ENGAGEMENT#', section: 'Responsibilities: who explained them and how', marks: other },
  { begins: 'TEXT#APPOINTMENT#', section: 'Appointments: where', marks: [] },
  { begins: 'TEXT#RESCHEDULED#', section: 'Appointments: why they were moved', marks: both },
  { begins: 'TEXT#CANCELLATION#', section: 'Appointments: why they were cancelled', marks: both },
  { begins: 'TEXT#FEEDBACK#', section: 'Appointments: what was said of them', marks: both },
  { begins: 'TEXT#NON_ENGAGEMENT#', section: 'Appointments missed: what was decided', marks: both },
  { begins: 'TEXT#PLAN#', section: 'Action plans', marks: both },
  { begins: 'TEXT#APPROVAL#', section: 'Approvals: why', marks: other },
  { begins: 'TEXT#RETURNED#', section: 'What was returned, and why', marks: other },
  { begins: 'TEXT#REVISION-RETURNED#', section: 'What was returned, and why', marks: other },
  { begins: 'TEXT#REPORT#', section: 'End of service reports', marks: both },
  { begins: 'TEXT#COMPLETION#', section: 'Ends of delivery: why', marks: both },
  { begins: 'TEXT#ONWARD-LINK#', section: 'Onward links', marks: both },
  { begins: 'TEXT#AMENDMENT#', section: 'Amendments: why', marks: both },
  { begins: 'TEXT#PAUSE', section: 'Pauses: why', marks: both },
  { begins: 'TEXT#WITHDRAWAL', section: 'Withdrawal: why', marks: both },
  { begins: 'TEXT#EXTENSION#', section: 'Extensions: why', marks: both },
  { begins: 'TEXT#TRANSFER#', section: 'Transfers: why', marks: both },
  { begins: 'TEXT#EARLY-END', section: 'Early end: why', marks: both },
  { begins: 'TEXT#REOPENING#', section: 'Reopenings: why', marks: other },
  { begins: 'TEXT#OPERATION#', section: 'Acts of operations: why', marks: other },
  { begins: 'TEXT#', section: 'Other words', marks: both },
  { begins: 'LEGAL-HOLD', section: 'Legal holds', marks: other },
  { begins: 'ANSWER#', section: 'Answers to tasks', marks: both },
];

/** Keys of the record's partitions of a referral and its allocations, and of its tasks. */
const ofRecord: readonly Kind[] = [
  { begins: 'REFERRAL', section: 'The referral', marks: both },
  {
    begins: 'EVENT#',
    section: 'What happened',
    marks: other,
    also: ({ type }) => (isOfRisk(type) ? ['sensitive'] : []),
  },
  { begins: 'RETENTION', section: 'How long it is kept', marks: [] },
  { begins: 'PARTY#', section: 'Providers that were asked', marks: [] },
  { begins: 'MESSAGE#', section: 'Messages: when, by whom and to whom', marks: other },
  { begins: 'TASK', section: 'Tasks', marks: [] },
  { begins: 'ALLOCATION', section: 'Allocations', marks: other },
  { begins: 'APPOINTMENT#', section: 'Appointments', marks: other },
  { begins: 'ONWARD-LINK#', section: 'Onward links: when and what kind', marks: [] },
];

const unknown: Omit<Kind, 'begins'> = { section: 'Other items', marks: both };

function isSensitiveRow(words: unknown): boolean {
  const row = typeof words === 'object' && words !== null && 'outputRow' in words ? words.outputRow : undefined;
  return sensitiveRows.some((sensitive) => sensitive === row);
}

const isOfRisk = (type: unknown): boolean => typeof type === 'string' && type.startsWith('risk.');

function entry(kinds: readonly Kind[], referralId: string | null, key: string, data: HeldItem['content']): ExportEntry {
  // What no kind fits is told all the same, and marked with everything: nobody has thought about it yet.
  const { section, marks, also }: Omit<Kind, 'begins'> = kinds.find(({ begins }) => key.startsWith(begins)) ?? unknown;
  const own = new Set([...marks, ...(also?.(data) ?? [])]);
  return { referralId, section, key, marks: exportMarks.filter((mark) => own.has(mark)), data };
}

const underReferral = /^REFERRAL#([^#]+)#/;

/** The referral under which an item of the private table stands, if it stands under one. */
export const referralOf = (key: string): string | undefined => underReferral.exec(key)?.[1];

export const privateEntry = ({ key, content }: HeldItem): ExportEntry => {
  return entry(ofPrivate, referralOf(key) ?? null, key.replace(underReferral, ''), content);
};

export const recordEntry = (referralId: string, { key, content }: HeldItem): ExportEntry =>
  entry(ofRecord, referralId, key, content);

/** ADR 11 keeps it apart from all else, and here too it has its own heading. */
export const equalityEntry = ({ key, content }: HeldItem): ExportEntry => ({
  referralId: key.startsWith('REFERRAL#') ? key.slice('REFERRAL#'.length) : null,
  section: 'Equality monitoring',
  key: '',
  marks: ['sensitive'],
  data: content,
});
