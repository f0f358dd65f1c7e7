import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogueFolder, publishedFiles, readCatalogues } from '../../infra/local/catalogue-files.ts';
import { canonical } from '../../shared/domain/canonical.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the catalogue's files. */
function copied(): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'));
  folders.push(folder);
  cpSync(join(catalogueFolder, 'versions'), join(folder, 'versions'), { recursive: true });
  return folder;
}

function replace(folder: string, file: string, from: string, to: string): void {
  const path = join(folder, 'versions', file);
  const before = readFileSync(path, 'utf8');
  if (!before.includes(from)) throw new Error(`${file} does not have ${from}`);
  writeFileSync(path, before.replace(from, to));
}

describe('C3: the published catalogue', () => {
  it('is what its files say: `npm run catalogue` has been run', () => {
    const { catalogues, faults } = readCatalogues();
    expect(faults).toEqual([]);
    for (const [file, text] of Object.entries(publishedFiles(catalogues))) {
      expect(readFileSync(join(catalogueFolder, file), 'utf8'), file).toBe(text);
    }
  });

  it('keeps every version as it was: referrals were sent under it', () => {
    const digest = (version: object) => createHash('sha256').update(canonical(version)).digest('hex').slice(0, 16);
    const digests = readCatalogues().catalogues.map((version) => [version.version, digest(version)]);
    // A new version gets a line; a line that is there never changes.
    expect(Object.fromEntries(digests)).toEqual({ '1': 'a08c4a601f9cd173' });
  });

  it('takes a new version with a new need and a new cohort from files alone', () => {
    const folder = copied();
    cpSync(join(folder, 'versions/1'), join(folder, 'versions/2'), { recursive: true });
    replace(folder, '2/catalogue.yaml', 'version: "1"', 'version: "2"');
    replace(folder, '2/catalogue.yaml', '2021-01-01', '2027-04-01');
    replace(folder, '2/catalogue.yaml', '  - accommodation\n', '  - accommodation\n  - social-inclusion\n');
    cpSync(join(folder, 'versions/1/accommodation.yaml'), join(folder, 'versions/2/social-inclusion.yaml'));
    replace(folder, '2/social-inclusion.yaml', 'id: accommodation', 'id: social-inclusion');
    replace(folder, '2/social-inclusion.yaml', 'cohort: general', 'cohort: young-adults');
    const youngAdults = '  - id: young-adults\n    name: young adults\n    who: { minimumAge: 18, maximumAge: 25 }\n';
    replace(folder, '2/catalogue.yaml', 'cohorts:\n', `cohorts:\n${youngAdults}`);

    const { catalogues, faults } = readCatalogues(folder);
    expect(faults).toEqual([]);
    expect(catalogues.map(({ version, needs }) => [version, needs.length])).toEqual([
      ['1', 14],
      ['2', 15],
    ]);
    const { 'needs.ts': names } = publishedFiles(catalogues);
    expect(names).toContain('"young-adults": {"name":"young adults","who":{"minimumAge":18,"maximumAge":25}');
    expect(names).toContain('"social-inclusion": {"cohort":"young-adults"');
    expect(names?.match(/^ {2}"accommodation":/gm)).toHaveLength(1);
  });
});

describe('C2: what cannot be published', () => {
  it('is refused with every fault, each with its file', () => {
    const folder = copied();
    replace(folder, '1/catalogue.yaml', '  - emotional-wellbeing\n', '  - wellbeing\n');
    replace(folder, '1/accommodation.yaml', 'all: { home: at-risk }', 'all: { home: settled }');
    replace(folder, '1/accommodation.yaml', 'learning-difficulty: yes', 'learning-difficulty: maybe');
    replace(folder, '1/lifestyle-associates.yaml', 'cohort: general', 'cohort: everyone');
    replace(folder, '1/finance-benefit-debt.yaml', 'id: finance-benefit-debt', 'id: finance');
    const { faults } = readCatalogues(folder);
    expect(faults.join('\n')).toContain('1/catalogue.yaml: lists wellbeing, which has no file that can be read');
    expect(faults.join('\n')).toContain('1/catalogue.yaml: does not list emotional-wellbeing');
    expect(faults.join('\n')).toContain('home: settled or worse, which everyone has');
    expect(faults.join('\n')).toContain('learning-difficulty: maybe, which is none of its values');
    expect(faults.join('\n')).toContain('1/catalogue.yaml: has no cohort everyone, which lifestyle-associates is for');
    expect(faults.join('\n')).toContain('1/finance-benefit-debt.yaml: holds finance');
  });

  it('is a criterion that never decides, and an indicator that nothing asks for', () => {
    const folder = copied();
    replace(folder, '1/accommodation.yaml', 'all: { home: temporary }', 'all: { home: at-risk }');
    replace(
      folder,
      '1/accommodation.yaml',
      '  - id: means\n',
      '  - id: money\n    question: Is there money?\n    values: [no, yes]\n  - id: means\n',
    );
    expect(readCatalogues(folder).faults).toEqual(['1/accommodation.yaml: no criterion asks for the indicator money']);
    replace(
      folder,
      '1/accommodation.yaml',
      'all: { home: at-risk }\n',
      'all: { home: homeless, tenancy-history: poor, tenancy-skills: few }\n',
    );
    expect(readCatalogues(folder).faults.join()).toContain('always outdone');
  });
});
