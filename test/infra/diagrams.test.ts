import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { machineNames } from '../../infra/functions.ts';
import { drawingOf } from '../../infra/local/diagrams.ts';

it.each(machineNames)('The drawing of %s shows what is deployed (else: npm run diagrams)', async (name) => {
  const committed = readFileSync(resolve(import.meta.dirname, `../../docs/${name}.svg`), 'utf8');
  expect(committed).toBe(await drawingOf(name));
});
