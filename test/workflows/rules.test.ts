import validate from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { machineNames, machineSteps } from '../../infra/functions.ts';
import * as errors from '../../shared/contracts/errors.ts';
import { type Standing, standings } from '../../shared/contracts/workflow.ts';
import { definitionOf, normalised, reachable, successors } from './definitions.ts';

/** Names of errors that AWS itself gives; never the one that stands for all of them (rule 8). */
const builtIn = /^(Lambda\.\w+|Runtime\.ExitError|Sandbox\.Timedout|States\.Timeout)$/;
const ours = new Set(
  Object.values(errors).flatMap((thing) => (typeof thing === 'function' ? [new thing('').name] : [])),
);
const longestWaitSeconds = 30 * 24 * 60 * 60;

/** Where each machine can stand: `segment-full` both, and nothing that is not in the contract. */
const stands: Record<(typeof machineNames)[number], readonly Standing[]> = {
  'referral-lifecycle': [
    'segment-full',
    'complete-facts',
    'recommend-complexity',
    'confirmation',
    'make-offers',
    'answers',
    'delivery',
    'reports',
    'paused',
    'concluded',
  ],
  'allocation-delivery': [
    'segment-full',
    'supplier-assessment',
    'action-plan',
    'delivery',
    'end-of-service-report',
    'paused',
    'ended',
  ],
};
/** Where a machine ends, which is what is left when no branch is taken. */
const ends: readonly Standing[] = ['concluded', 'ended'];

it('Every standing of the contract is one that a machine can stand at', () =>
  expect([...new Set(Object.values(stands).flat())].sort()).toEqual([...standings].sort()));

describe.each(machineNames)('%s', (name) => {
  const { definition, text } = definitionOf(name);
  const states = Object.entries(definition.States);
  const tasks = states.filter(([, state]) => state.Type === 'Task');
  const waits = tasks.filter(([, { Resource = '' }]) => Resource.endsWith('.waitForTaskToken'));
  const looks = new Set(
    tasks.flatMap(([id, { Arguments }]) => (Arguments?.FunctionName === 'referrals-look' ? [id] : [])),
  );

  it('is what reviewers have seen', async () =>
    expect(normalised(definition)).toMatchFileSnapshot(`__snapshots__/${name}.json`));

  it('is a valid definition', () => {
    // The validator writes into what it judges.
    const { isValid, errorsText } = validate(structuredClone(definition));
    expect(isValid, errorsText('; ')).toBe(true);
  });

  it('is written in JSONata throughout (rule 6)', () => {
    expect(definition.QueryLanguage).toBe('JSONata');
    for (const [id, { QueryLanguage }] of states) expect(QueryLanguage ?? 'JSONata', id).toBe('JSONata');
    expect(text).not.toMatch(/"(InputPath|OutputPath|ResultPath|Parameters|ResultSelector|ItemsPath)"/);
    expect(text).not.toMatch(/\.\$"/);
  });

  it('reaches every state, and leads nowhere that is not there', () => {
    expect([...reachable(definition)].sort()).toEqual(states.map(([id]) => id).sort());
    for (const [id, state] of states) {
      for (const next of successors(state)) expect(definition.States[next], `${id} → ${next}`).toBeDefined();
    }
  });

  it('has a branch for every standing, and no other', () => {
    const [[, choice] = ['', undefined], ...others] = states.filter(([, { Type }]) => Type === 'Choice');
    expect(others).toEqual([]);
    const branches = (choice?.Choices ?? []).map(
      ({ Condition }) => /^\{% \$standing = '([a-z-]+)' %\}$/.exec(Condition)?.[1],
    );
    const live = stands[name].filter((standing) => !ends.includes(standing));
    expect([...branches].sort()).toEqual([...live].sort());
    expect(definition.States[choice?.Default ?? '']?.Type).toBe('Succeed');
  });

  it('takes over from the record first: it starts by looking', () => expect(looks.has(definition.StartAt)).toBe(true));

  it.each(tasks)(
    '"%s" is retried for what passes by itself, and never for everything (rule 8)',
    (_, { Retry = [] }) => {
      const names = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(names).toEqual(
        expect.arrayContaining(['Lambda.TooManyRequestsException', ...errors.workflowErrors.retried]),
      );
      expect(names.filter((one) => !builtIn.test(one) && !ours.has(one))).toEqual([]);
      expect(names).not.toContain(errors.workflowErrors.superseded);
      for (const { MaxAttempts, JitterStrategy } of Retry) {
        expect(MaxAttempts).toBeGreaterThan(0);
        expect(JitterStrategy).toBe('FULL');
      }
    },
  );

  it.each(tasks)('"%s" ends quietly when a later segment has taken over (rule 5)', (_, { Catch = [] }) => {
    const names = Catch.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(names.filter((one) => !builtIn.test(one) && !ours.has(one))).toEqual([]);
    const caught = Catch.find(({ ErrorEquals }) => ErrorEquals.includes(errors.workflowErrors.superseded));
    expect(definition.States[caught?.Next ?? '']?.Type).toBe('Succeed');
  });

  it.each(tasks)('"%s" has a time limit of its own', (_, { TimeoutSeconds }) => {
    expect(TimeoutSeconds).toBeGreaterThan(0);
    expect(TimeoutSeconds).toBeLessThanOrEqual(longestWaitSeconds);
  });

  it.each(waits)('"%s" looks again, whether it was answered or ran out of time (rule 5)', (_, { Next, Catch = [] }) => {
    const onTimeout = Catch.find(({ ErrorEquals }) => ErrorEquals.includes('States.Timeout'));
    expect(looks.has(onTimeout?.Next ?? '')).toBe(true);
    expect(looks.has(Next ?? '')).toBe(true);
  });

  it('never fails by itself, and waits only for the record', () => {
    expect(states.filter(([, { Type }]) => !['Task', 'Choice', 'Succeed'].includes(Type))).toEqual([]);
    expect(waits.length).toBeGreaterThan(0);
    for (const [id, { Arguments }] of waits) expect(Arguments?.FunctionName, id).toBe('referrals-park');
  });

  it('calls what its role may call, and all of it', () => {
    const called = new Set(tasks.map(([, { Arguments }]) => Arguments?.FunctionName));
    expect([...called].sort()).toEqual(machineSteps[name].map((step) => `referrals-${step}`).sort());
  });

  it('passes on ids and codes only, and keeps no result (rule 6)', () => {
    const passed = tasks.flatMap(([, { Arguments }]) => Object.keys(Arguments?.Payload ?? {}));
    const allowed = [
      'definition',
      'enteredAt',
      'executionId',
      'passes',
      'referralId',
      'retries',
      'segment',
      'token',
      'turn',
    ];
    expect([...new Set(passed)].sort()).toEqual(allowed);
    for (const [id, { Output }] of tasks) expect(Output, id).toEqual({});
    const assigned = new Set(states.flatMap(([, { Assign = {} }]) => Object.keys(Assign)));
    expect([...assigned].sort()).toEqual(['passes', 'standing', 'turn']);
  });

  it('has room to grow: a tenth of the megabyte that a definition may have', () =>
    expect(Buffer.byteLength(text)).toBeLessThan(100_000));

  it('names its states as sentences, short enough for a console', () => {
    for (const [id] of states) {
      expect(id).toMatch(/^[A-Z][A-Za-z :?-]+$/);
      expect(id.length).toBeLessThanOrEqual(80);
    }
  });
});
