import '../builders/function-environment.ts';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { definitionRelease } from '../../shared/contracts/workflow.ts';
import { currentDefinitions } from './played.ts';
import { recordingOf, releasesFolder } from './releases.ts';

/** Records the release of the definitions that this folder deploys. What is recorded already is never changed. */
const folder = join(releasesFolder, String(definitionRelease));
const recording = await recordingOf(currentDefinitions);
const differing: string[] = [];
for (const [name, text] of Object.entries(recording)) {
  const recorded = await readFile(join(folder, `${name}.json`), 'utf8').catch(() => text);
  if (recorded !== text) differing.push(name);
}
if (differing.length > 0) {
  console.error(
    `Release ${definitionRelease} is recorded already, and now differs in ${differing.join(', ')}. ` +
      'Raise `definitionRelease` in shared/contracts/workflow.ts, then record the new one.',
  );
  process.exitCode = 1;
} else {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(recording)) await writeFile(join(folder, `${name}.json`), text);
  console.log(`Release ${definitionRelease} is recorded: ${Object.keys(recording).join(', ')}.`);
}
