import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  /** Comes inside the package that it stands below, and so under that one's hash. */
  inBundle?: boolean;
  optionalDependencies?: Record<string, string>;
}

const file = resolve(import.meta.dirname, '../package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Locked> };
const { '': _root, ...locked } = packages;

describe('The lock file', () => {
  it('holds the packages of every platform, or `npm ci` refuses it', () => {
    const missing = Object.entries(locked).flatMap(([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !locked[`node_modules/${name}`] && !locked[`${place}/node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  it('pins each package by its contents, and names no registry', () => {
    expect(Object.values(locked).filter(({ integrity, inBundle }) => !integrity && !inBundle)).toEqual([]);
    expect(Object.values(locked).filter(({ resolved }) => resolved)).toEqual([]);
  });
});
