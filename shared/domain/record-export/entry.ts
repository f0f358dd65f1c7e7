/**
 * Why a part of a record needs a look before it is handed to the person whom it is about. `third-party`: words by or
 * about somebody else. `sensitive`: health, protected characteristics, risk, and what rows O14 and O15 are about.
 */
export const exportMarks = ['third-party', 'sensitive'] as const;
export type ExportMark = (typeof exportMarks)[number];

/** What the marks mean, for whoever reads the document. */
export const legend: Record<ExportMark, string> = {
  'third-party':
    'Written by somebody else than the person, or about somebody else. Before it is handed over, decide whether their rights stand against it.',
  sensitive:
    'Health, protected characteristics, risk, abuse or sex work. Hand it over with care; if it could do serious harm, take advice first.',
};

/** An item as it is kept: where, and what it says. */
export interface HeldItem {
  /** Its sort key. */
  key: string;
  content: Record<string, unknown>;
}

/** One part of the document. */
export interface ExportEntry {
  /** Null: about the person, and no referral in particular. */
  referralId: string | null;
  /** Under which heading it stands. */
  section: string;
  /** Which one of its section. */
  key: string;
  marks: ExportMark[];
  data: Record<string, unknown>;
}
