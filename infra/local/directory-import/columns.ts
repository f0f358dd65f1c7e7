import { contractClocks } from '../../../shared/domain/service.ts';

type Kind = 'text' | 'list' | 'number' | 'yes-no';

export interface Column {
  /** Where it stands in what the API takes. */
  pointer: string;
  kind: Kind;
  /** Must be there, if not in the file then in the mapping's defaults: nothing of this is ever guessed. */
  required: boolean;
  /** Empty says that there is none. */
  isNullable: boolean;
  /** Empty says nothing: what follows from the rest stands. */
  isSilent: boolean;
  about: string;
}

const column =
  (kind: Kind) =>
  (pointer: string, about: string, is?: 'required' | 'nullable' | 'silent'): Column => ({
    pointer,
    kind,
    required: is === 'required',
    isNullable: is === 'nullable',
    isSilent: is === 'silent',
    about,
  });
const [text, list, number, yesNo] = [column('text'), column('list'), column('number'), column('yes-no')];

const clockColumns = Object.fromEntries(
  contractClocks.map((clock) => [
    clock,
    number(`/serviceLevels/${clock}`, `working days that the contract agrees for ${clock}`),
  ]),
) as Record<(typeof contractClocks)[number], Column>;

/** What a file of services may say: one row a service. */
export const columns = {
  service_id: text('/id', 'the id that the service has, or is to have', 'required'),
  name: text('/name', 'what people call it', 'required'),
  provider_id: text('/provider/id', 'the organisation that answers for it', 'required'),
  provider_name: text('/provider/name', 'its name', 'required'),
  subcontractors: list('/subcontractors', 'ids of organisations that deliver a part of it'),
  needs: list('/needs', 'ids of needs, as GET /v1/catalogue lists them', 'required'),
  cohort: text('/cohort', 'general or women; general where nothing is said'),
  sexes: list('/sexes', 'female, male; empty: both, or those of its cohort', 'silent'),
  areas: list('/areas', 'police areas, by id or name; a region where no area has that name'),
  regions: list('/regions', 'probation regions; all of their areas, for a row that names no area'),
  sites: list('/sites', 'id|name|police area'),
  catchment: text('/catchment', 'where it works within its areas, in words'),
  minimum_age: number('/minimumAge', 'whole years; empty: none', 'nullable'),
  maximum_age: number('/maximumAge', 'whole years; empty: none', 'nullable'),
  sentence_types: list('/sentenceTypes', 'the sentences that it takes people under', 'required'),
  settings: list('/settings', 'community, custody', 'required'),
  suitability: text('/suitability', 'whom it suits, in words'),
  delivery_modes: list('/deliveryModes', 'in-person, phone, video …'),
  languages: list('/languages', 'language codes'),
  accessibility: list('/accessibility', 'step-free-access, hearing-loop …'),
  waiting_list: yesNo('/waitingList', 'yes or no: whether people may wait for it when it is full'),
  contract_reference: text('/contract/reference', 'what the contract is called', 'required'),
  opens: text('/contract/opens', 'its first day, as 2026-04-01', 'required'),
  closes: text('/contract/closes', 'its last day; empty: none is set', 'nullable'),
  sessions_low: number('/contract/sessionsPerLevel/low', 'sessions for a low complexity level', 'required'),
  sessions_medium: number('/contract/sessionsPerLevel/medium', 'sessions for a medium one', 'required'),
  sessions_high: number('/contract/sessionsPerLevel/high', 'sessions for a high one', 'required'),
  ...clockColumns,
} satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as [ColumnName, ...ColumnName[]];

/** The column that a JSON pointer into what the API takes leads to. */
export const columnAt = (pointer: string): ColumnName | undefined =>
  columnNames.find((name) => `${pointer}/`.startsWith(`${columns[name].pointer}/`)) ??
  columnNames.find((name) => columns[name].pointer.startsWith(`${pointer}/`));
