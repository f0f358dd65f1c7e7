import '../builders/function-environment.ts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { allFunctions, machineNames } from '../../infra/functions.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import { definitionRelease, executionInput, lookInput, parkInput } from '../../shared/contracts/workflow.ts';
import { normalised, releaseOf } from './definitions.ts';
import { currentDefinitions } from './played.ts';
import { readRelease, recordedReleases, recordingOf, wholeStory } from './releases.ts';

const inputs = {
  'referrals-look': lookInput,
  'referrals-park': parkInput,
  'referrals-make-offers': executionInput,
  'referrals-recommend-complexity': executionInput,
  'referrals-renew': executionInput,
} as Record<string, typeof executionInput>;

describe('What is deployed now', () => {
  it.each(machineNames)('%s is the last release that was recorded', (name) => {
    const last = Math.max(...recordedReleases());
    const isSame =
      last === definitionRelease &&
      normalised(readRelease(last).definitions[name]) === normalised(currentDefinitions[name]);
    expect(
      isSame,
      `${name} is not as release ${last} recorded it, and executions of that will be open when it is deployed. ` +
        `Make \`definitionRelease\` in shared/contracts/workflow.ts ${last + 1} and run \`npm run release:record\`.`,
    ).toBe(true);
  });

  it('is recorded as the same text however often', async () => {
    expect(await recordingOf(currentDefinitions)).toEqual(await recordingOf(currentDefinitions));
  });
});

describe.each(recordedReleases())('Rule 5: of release %i, executions may be open:', (number) => {
  const release = readRelease(number);
  const definitions = Object.values(release.definitions);
  const states = definitions.flatMap(({ States }) => Object.values(States));

  it('it says its number', () => {
    for (const definition of definitions) expect(releaseOf(definition)).toBe(number);
  });

  it('every function that it names is deployed under that name', () => {
    const deployed = new Set(allFunctions(allEndpoints).map(({ name }) => `referrals-${name}`));
    const named = [...new Set(states.flatMap((state) => state.Arguments?.FunctionName ?? []))];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !deployed.has(name))).toEqual([]);
    expect(Object.keys(release.outputs).sort()).toEqual(named.sort());
  });

  it('its recorded inputs are what the functions take now', () => {
    expect(new Set(release.inputs.map(({ name }) => name))).toEqual(new Set(Object.keys(release.outputs)));
    for (const { name, payload } of release.inputs) expect(inputs[name]?.safeParse(payload).error).toBeUndefined();
  });

  it('and each of them is answered as its contract says, or by the error that its definition catches', async () => {
    const played = await wholeStory(currentDefinitions);
    const ajv = new Ajv2020();
    const caught = new Set(states.flatMap(({ Catch = [] }) => Catch.flatMap(({ ErrorEquals }) => ErrorEquals)));
    for (const { name, payload } of release.inputs) {
      const { referralId } = played;
      const isLifecycle = payload.executionId === payload.referralId;
      const executionId = isLifecycle ? referralId : (played.referral.allocations[0]?.id ?? '');
      const record = played.memory.records.get(executionId);
      const segment = Number(payload.segment);
      if (record) played.memory.records.set(executionId, { ...record, segment, startedSegment: segment });
      const answer = await played
        .invoke(name, { ...payload, referralId, executionId })
        .catch((error: Error) => error.name);
      if (typeof answer === 'string') expect(caught).toContain(answer);
      else expect(ajv.validate(release.outputs[name] ?? false, answer), `${name}: ${ajv.errorsText()}`).toBe(true);
    }
  });

  it.each([
    ['to its end', undefined],
    ['through every renewal', 2],
  ])('with the functions of now it goes %s, and they answer as its contract says', async (_, mostPasses) => {
    const played = await wholeStory(release.definitions, mostPasses);
    expect(played.referral.conclusion?.endState).toBe('completed');
    expect(new Set(played.executions.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    const ajv = new Ajv2020();
    for (const { name, answer } of played.invocations) {
      const valid = ajv.validate(release.outputs[name] ?? false, answer);
      expect(valid, `${name} answered ${JSON.stringify(answer)}: ${ajv.errorsText()}`).toBe(true);
    }
  });
});
