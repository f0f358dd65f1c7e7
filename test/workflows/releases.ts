import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { machineNames } from '../../infra/functions.ts';
import { lookOutput, workOutput } from '../../shared/contracts/workflow.ts';
import { pauseReferral, resumeReferral } from '../../shared/domain/commands/change-referral.ts';
import { supplyInformation } from '../../shared/domain/commands/supply-information.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { accepted, assessed, attended, completed, confirmed, declined, planned, reported } from './chapters.ts';
import { normalised } from './definitions.ts';
import { type Definitions, Played } from './played.ts';

/** Where each release of the definitions has its record (architecture rule 5). */
export const releasesFolder = join(import.meta.dirname, '../../workflows/releases');

/** One call of a function by a machine. Its ids are made up, and the same at every recording. */
export interface RecordedCall {
  name: string;
  payload: Record<string, unknown>;
}

export interface Release {
  definitions: Definitions;
  inputs: RecordedCall[];
  /** What each function must answer, as JSON schemas. */
  outputs: Record<string, object>;
}

export const recordedReleases = (): number[] =>
  readdirSync(releasesFolder)
    .map(Number)
    .sort((a, b) => a - b);

const fileOf = (release: number, name: string): string => join(releasesFolder, String(release), `${name}.json`);
const read = (release: number, name: string) => JSON.parse(readFileSync(fileOf(release, name), 'utf8'));

export const readRelease = (release: number): Release => ({
  definitions: {
    'referral-lifecycle': read(release, 'referral-lifecycle'),
    'allocation-delivery': read(release, 'allocation-delivery'),
  },
  inputs: read(release, 'inputs'),
  outputs: read(release, 'outputs'),
});

/** A referral through all that its machines can do: a fact is missing, an offer declined, a recall, and segments that fill. */
export async function wholeStory(definitions: Definitions, mostPasses?: number): Promise<Played> {
  const services = ['provider-a', 'provider-b'].map((id, index) => serviceOf(id, { free: 18 - 4 * index }));
  const played = new Played({ services, definitions, ...(mostPasses ? { mostPasses } : {}) });
  await played.send(aReferral().with({ area: null }));
  await played.does(supplyInformation, {
    taskId: played.task('missing-information').id,
    facts: { area: 'west-yorkshire' },
  });
  await planned(await assessed(await accepted(await declined(await confirmed(played)))));
  await played.does(pauseReferral, { reason: 'recalled' });
  await played.does(resumeReferral, {});
  await attended(played, 1, played.referral.allocations[0]?.id);
  return reported(await completed(played));
}

/** What is recorded of a release: the same text however often. */
export async function recordingOf(definitions: Definitions): Promise<Record<string, string>> {
  const plain = await wholeStory(definitions);
  const renewing = await wholeStory(definitions, 2);
  const calls = [plain, renewing].flatMap(({ invocations }) => withMadeUpIds(invocations));
  const distinct = new Map(calls.map((call) => [normalised(call), call]));
  return {
    ...Object.fromEntries(machineNames.map((name) => [name, normalised(definitions[name])])),
    inputs: normalised([...distinct.values()]),
    outputs: normalised(outputs()),
  };
}

export const outputs = (): Record<string, object> => {
  const work = z.toJSONSchema(workOutput);
  return {
    'referrals-look': z.toJSONSchema(lookOutput),
    'referrals-make-offers': work,
    'referrals-park': work,
    'referrals-recommend-complexity': work,
    'referrals-renew': work,
  };
};

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

function withMadeUpIds(invocations: Played['invocations']): RecordedCall[] {
  const ids = new Map<string, string>();
  const madeUp = (id: string): string => {
    const known = ids.get(id) ?? `00000000-0000-4000-8000-${String(ids.size + 1).padStart(12, '0')}`;
    ids.set(id, known);
    return known;
  };
  return invocations.map(({ name, payload }) => ({
    name,
    payload: JSON.parse(JSON.stringify(payload).replace(uuid, madeUp)),
  }));
}
