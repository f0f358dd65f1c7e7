import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical } from '../../shared/domain/canonical.ts';
import type { Catalogue } from '../../shared/domain/catalogue/schema.ts';
import { catalogueFolder, publishedFiles, readCatalogues } from './catalogue-files.ts';
import { commandLine } from './command-line.ts';
import { LocalAwsError } from './instance.ts';
import { run } from './progress.ts';

const { values } = commandLine(
  `npm run catalogue [-- --check] [-- --unreleased]

Publishes the catalogue of needs: checks every file of shared/domain/catalogue/versions/ and, when all are sound, writes
what the service reads. To publish a new version, copy the newest folder under a new name, change it, give its
catalogue.yaml the new version and the day from which it holds, and run this. No code changes.

A version that is in force is never changed: referrals were sent under it.

  --check        only check; writes nothing
  --unreleased   change a version although its day has come, because no referral was ever sent under it`,
  { check: { type: 'boolean', default: false }, unreleased: { type: 'boolean', default: false } },
);

await run(async () => {
  const { catalogues, faults } = readCatalogues();
  if (!values.unreleased) faults.push(...changesInForce(catalogues));
  if (faults.length > 0) {
    throw new LocalAwsError(`The catalogue cannot be published:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  }
  for (const { version, effectiveFrom, needs: own } of catalogues) {
    const criteria = own.flatMap(({ complexityLevels }) => complexityLevels.flatMap((level) => level.criteria));
    console.log(`  version ${version}, from ${effectiveFrom}: ${own.length} needs, ${criteria.length} criteria`);
  }
  if (values.check) return;
  for (const [file, text] of Object.entries(publishedFiles(catalogues)))
    writeFileSync(join(catalogueFolder, file), text);
  console.log('  published: what is deployed next goes by it');
});

/** C3: what has come into force stays as it was. */
function changesInForce(catalogues: Catalogue[]) {
  const published = join(catalogueFolder, 'published.json');
  const before: Catalogue[] = existsSync(published) ? JSON.parse(readFileSync(published, 'utf8')) : [];
  const today = new Date().toISOString().slice(0, 10);
  return before
    .filter(({ effectiveFrom }) => effectiveFrom <= today)
    .filter((old) => canonical(old) !== canonical(catalogues.find(({ version }) => version === old.version)))
    .map(({ version, effectiveFrom }) => `${version}: is in force since ${effectiveFrom}; make a new version` as const);
}
