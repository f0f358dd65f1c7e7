import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** A place where the emulator differs from AWS in a way that this application rests on. */
interface Repair {
  why: string;
  file: string;
  /** Must occur exactly once in the pinned version: an upgrade that moves it is noticed at installation. */
  find: string;
  replace: string;
}

export const repairs: readonly Repair[] = [];

/** Mends the installed copy, which is the project's own. */
export async function repair(sitePackages: string): Promise<void> {
  for (const { why, file, find, replace } of repairs) {
    const path = resolve(sitePackages, file);
    const source = await readFile(path, 'utf8');
    if (source.split(find).length !== 2)
      throw new Error(`The emulator has changed: cannot repair "${why}" in ${file}.`);
    await writeFile(
      path,
      source.replace(find, () => replace),
    );
  }
}
