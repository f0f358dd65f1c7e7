import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Mapping, mapping } from '../../infra/local/directory-import/mapping.ts';

const mappingFile = resolve(import.meta.dirname, '../../infra/local/directory-import/crs-contracts.mapping.json');

/** How the published contracts are read. */
export const contractsMapping: Mapping = mapping.parse(JSON.parse(readFileSync(mappingFile, 'utf8')));

const header =
  'contract_reference,title,contract_type,probation_region,police_area,female,male,minimum_age,maximum_age,opens,closes,prime_provider,subcontractors,need_areas';

/** Made-up rows of that shape, with what is untidy in the real ones. */
export const contractLines = [
  "W-1,Women's Services for London,WOS,London,,yes,no,18,,2021-01-01,2022-12-01,PROVIDER_A,,Accommodation;Emotional Wellbeing;Social Inclusion",
  "W-2,Women's Services in Gwent,WOS,Wales,Gwent,yes,no,18,,2024-06-02,,PROVIDER_B,CHARITY_1;CHARITY_2,Finance Benefits & Debt",
  'A-1,Accommodation Services - East Midlands,ACC,East Midlands,,yes,yes,18,,2021-01-01,,PROVIDER_A,,Accommodation',
  'P-1,Personal Wellbeing Services in Avon,PWB,South West,Avon & Somerset,no,yes,18,25,2021-01-01,,PROVIDER_C,,Emotional Wellbeing;Personal Wellbeing;Social Inclusion',
  'D-1,"Recovery, West Midlands",DNR-WM,West Midlands,West Midlands,no,yes,26,,2024-06-02,,PROVIDER_C,,"Dependency & Recovery (1), Low Complexity;Dependency & Recovery (2), Medium Complexity"',
  'D-2,Recovery in the North East,DNR-NE,North East,,yes,yes,18,,2021-01-01,,PROVIDER_C,,Dependency & Recovery',
  'F-1,Money in Kent,FBD-K,"Kent, Surrey and Sussex",Kent,yes,yes,18,,2021-01-01,2199-03-31,PROVIDER_B,,Money Management;Access to advice',
  'M-1,Peer Support,MTR,Greater Manchester,,yes,yes,18,,2021-01-01,,PROVIDER_D,,',
  'E-1,ETE Services for Wales,ETE,Wales,,yes,yes,18,,2021-01-01,,PROVIDER_D,,ETE',
];

export const contractsFile = (lines: readonly string[] = contractLines): string => [header, ...lines, ''].join('\n');
