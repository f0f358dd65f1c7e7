import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { commandLine } from './command-line.ts';
import { PROJECT } from './instance.ts';

const usage = `npm run traceability [-- --check]

Finds every rule of docs/rules.yaml by its id, in the comments of the code and in the titles of the tests, and writes
which declarations keep it and which tests prove it to docs/traceability.md. A test holds the document up to date.

  --check   write nothing; fail where the document is not what it would be`;

const document = join(PROJECT, 'docs/traceability.md');

/** What keeps a rule: an exported declaration, or the file as a whole where its comment stands elsewhere in it. */
interface Code {
  file: string;
  name?: string;
}

/** A test file, and how many of its tests stand under a title that names the rule. */
interface Tests {
  file: string;
  count: number;
}

export interface Trace {
  id: string;
  title: string;
  code: Code[];
  tests: Tests[];
}

/** Every rule with the code and the tests that name it, in the order of `docs/rules.yaml`. */
export function traces(): Trace[] {
  const titles = z.record(z.string(), z.string()).parse(parse(read('docs/rules.yaml')));
  const ids = Object.keys(titles);
  const code = filesOf('{shared,functions,workflows,infra}/**/*.ts').flatMap((file) =>
    codeNaming(ids, read(file)).map((found) => ({ ...found, file })),
  );
  const tests = filesOf('test/**/*.test.ts').flatMap((file) =>
    testsNaming(ids, read(file)).map((found) => ({ ...found, file })),
  );
  return Object.entries(titles).map(([id, title]) => ({
    id,
    title,
    code: code.filter((found) => found.id === id).map(({ file, name }) => (name ? { file, name } : { file })),
    tests: tests.filter((found) => found.id === id).map(({ file, count }) => ({ file, count })),
  }));
}

const filesOf = (pattern: string): string[] => globSync(pattern, { cwd: PROJECT }).sort();
const read = (file: string): string => readFileSync(join(PROJECT, file), 'utf8');

/** The rules that a text names: one, several in a list, and each of a range, which is written with a dash or a `to`. */
export function idsIn(ids: readonly string[], text: string): string[] {
  const ranges = [...text.matchAll(/\b([A-Z])(\d{1,2})\s?(?:–|-|to|\.\.)\s?\1(\d{1,2})\b/g)].flatMap(
    ([, letter, first, last]) =>
      ids.filter(
        (id) => id[0] === letter && Number(id.slice(1)) >= Number(first) && Number(id.slice(1)) <= Number(last),
      ),
  );
  const single = [...text.matchAll(/\b[A-Z]\d{0,2}\b/g)].map(([id]) => id);
  return ids.filter((id) => ranges.includes(id) || single.includes(id));
}

const declaration =
  /^(export )?(?:default )?(?:declare )?(?:abstract )?(?:async )?(?:const|let|function|class|interface|type|enum) (\w+)/gm;
/** A comment that begins its line; lines of `//` below each other are one. */
const comment = /^[ \t]*(?:\/\*[\s\S]*?\*\/|\/\/.*(?:\n[ \t]*\/\/.*)*)/gm;

/**
 * What names a rule in one file. A comment speaks for the declaration below it, or around it; where that is not
 * exported, for the file, unless something exported names the rule too.
 */
export function codeNaming(ids: readonly string[], source: string): { id: string; name?: string }[] {
  const declarations = [...source.matchAll(declaration)].map(({ index, 1: exported, 2: name }) => ({
    index,
    exportedAs: exported ? name : undefined,
  }));
  const ownerOf = ({ index, 0: text }: RegExpExecArray): string | undefined => {
    const end = index + text.length;
    const isAround = /^[ \t]/.test(text);
    const owner = isAround
      ? declarations.findLast((one) => one.index < index)
      : declarations.find((one) => one.index >= end && source.slice(end, one.index).trim() === '');
    return owner?.exportedAs;
  };
  const named = [...source.matchAll(comment)].map((found) => ({ ids: idsIn(ids, found[0]), name: ownerOf(found) }));
  return ids.flatMap((id) => {
    const naming = named.filter((one) => one.ids.includes(id));
    const names = [...new Set(naming.flatMap(({ name }) => name ?? []))].sort();
    if (names.length > 0) return names.map((name) => ({ id, name }));
    return naming.length > 0 ? [{ id }] : [];
  });
}

const block = /^([ \t]*)(describe|it|test)(?=[.(])/gm;
const quoted = /(['"`])((?:\\.|(?!\1)[^\\])*)\1/.source;
/** The title stands first, or after the table of `each`. */
const title = new RegExp(`^\\s*\\w+(?:\\.(?:concurrent|sequential|skip|only|todo|fails))*\\(\\s*${quoted}`);
const titleAfterTable = new RegExp(`\\)\\(\\s*${quoted}`);

/** How many tests of one file stand under a title that names a rule: their own or that of a `describe` around them. */
export function testsNaming(ids: readonly string[], source: string): { id: string; count: number }[] {
  const blocks = [...source.matchAll(block)];
  const around: { indent: number; named: string[] }[] = [];
  const counts = new Map<string, number>();
  for (const [position, { index, 1: space = '', 2: kind }] of blocks.entries()) {
    const text = source.slice(index, blocks[position + 1]?.index);
    const runs = !/^\s*\w+\.(?:\w+\.)*(?:skip|todo)\b/.test(text);
    const named = !runs ? [] : idsIn(ids, (title.exec(text) ?? titleAfterTable.exec(text))?.[2] ?? '');
    while ((around.at(-1)?.indent ?? -1) >= space.length) around.pop();
    if (kind === 'describe') around.push({ indent: space.length, named });
    else if (runs) {
      const all = new Set([...named, ...around.flatMap((outer) => outer.named)]);
      for (const id of all) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return ids.flatMap((id) => ({ id, count: counts.get(id) ?? 0 })).filter(({ count }) => count > 0);
}

const link = (text: string, file: string): string => `[${text}](${relative('docs', file)})`;
const cell = (entries: string[]): string => entries.join(', ') || '–';

/** The document; without line numbers, so that it changes only where the naming does. */
export function traceability(): string {
  const rows = traces().map(({ id, title: what, code, tests }) => {
    const keeps = code.map(({ file, name }) => link(name ? `\`${name}\`` : basename(file), file));
    const proves = tests.map(({ file, count }) => `${link(relative('test', file), file)} (${count})`);
    return `| ${id} | ${what} | ${cell(keeps)} | ${cell(proves)} |`;
  });
  return [
    '# Which code keeps a rule, and which tests prove it',
    '',
    'Written by `npm run traceability` from the ids in comments and in test titles; the rules are those of',
    '[rules.yaml](rules.yaml). Behind each test file: how many of its tests stand under a title that names the rule.',
    '',
    '| Rule | What it is about | Code | Tests |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

if (process.argv[1] === import.meta.filename) {
  const { values } = commandLine(usage, { check: { type: 'boolean' } });
  const current = traceability();
  if (!values.check) writeFileSync(document, current);
  else if (readFileSync(document, 'utf8') !== current) {
    console.error('docs/traceability.md is not up to date: npm run traceability');
    process.exitCode = 1;
  }
}
