import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { addDays, differenceInDays, formatISO } from 'date-fns';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Operations } from '../../../infra/local/actors.ts';
import { sdkConfig } from '../../../infra/local/local-only.ts';
import { moveClock } from '../../../infra/local/move-clock.ts';
import { extendReferral, transferReferral } from '../../../shared/contracts/routes/changes.ts';
import { release } from '../../../shared/contracts/routes/operations.ts';
import { pauseReferral, resumeReferral } from '../../../shared/contracts/routes/referrals.ts';
import { definitionRelease } from '../../../shared/contracts/workflow.ts';
import { addedState, changedDefinition } from '../../builders/changed-definition.ts';
import { TEST_INSTANCE } from '../local-aws.setup.ts';
import { application, stack } from '../support/deployment.ts';
import { ended, historyOf, parked } from '../support/executions.ts';
import { acknowledge, eventCounts, offered, offeredTo, practitioner, report, someone } from '../support/journeys.ts';
import { onlyServiceIn } from '../support/services.ts';

const instance = TEST_INSTANCE;
const week = 7 * 24 * 60 * 60 * 1000;
const sessions = 104;
const next = definitionRelease + 1;

/** Months of four weeks, in which something else happens than four sessions. */
const months = { recalled: [5, 18], extended: 9, deployed: 13, transferred: 15 };

const operations = new Operations(stack);
const lambda = new LambdaClient(sdkConfig(stack.endpointUrl));
const { sfn, clock } = application();
const FunctionName = 'referrals-look';
const machines = Object.values(stack.stateMachineArns);
const before = { environment: {} as Record<string, string>, definitions: new Map<string, string>() };

async function tellLook(Variables: Record<string, string>): Promise<void> {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
}

beforeAll(async () => {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  before.environment = Environment?.Variables ?? {};
  for (const stateMachineArn of machines) {
    const { definition = '' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
    before.definitions.set(stateMachineArn, definition);
  }
});

afterAll(async () => {
  for (const [stateMachineArn, definition] of before.definitions) {
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
  }
  await tellLook(before.environment);
  await moveClock('reset', { instance });
  lambda.destroy();
});

/** As a deployment does it: the functions first, then the machines. */
async function deployChangedDefinition(): Promise<void> {
  await tellLook({ ...before.environment, DEFINITION_RELEASE: String(next) });
  for (const [stateMachineArn, text] of before.definitions) {
    const definition = JSON.stringify(changedDefinition(JSON.parse(text), next));
    await sfn.send(new UpdateStateMachineCommand({ stateMachineArn, definition }));
  }
}

/** The command that operations give. */
async function renewed(referralId: string): Promise<string> {
  const command = ['infra/local/ops.ts', 'renew', '--instance', instance, '--release', `${next}`];
  const { stdout } = await promisify(execFile)(process.execPath, [...command, '--referral', referralId]);
  return stdout;
}

interface Segment {
  executionId: string;
  segment: number;
  startedAt: Date;
  endedAt?: Date;
}

/** When each segment began and ended by the application's clock, as the record told it month by month. */
class Segments {
  readonly found = new Map<string, Segment>();
  /** `going`: the executions that are not over. */
  async note(referralId: string, going: readonly string[]): Promise<void> {
    const now = await clock.now();
    for (const { name, segment, startedAt } of (await operations.read(referralId)).executions) {
      if (this.found.has(name) || !startedAt) continue;
      const executionId = name.slice(0, name.lastIndexOf('-'));
      const former = this.found.get(`${executionId}-${segment - 1}`);
      if (former) former.endedAt = new Date(startedAt);
      this.found.set(name, { executionId, segment, startedAt: new Date(startedAt), endedAt: now });
    }
    for (const one of this.found.values()) {
      const isLast = !this.found.has(`${one.executionId}-${one.segment + 1}`);
      if (isLast && going.includes(one.executionId)) one.endedAt = now;
    }
  }
}

it('Two years: 104 sessions, two recalls, a transfer and a changed definition, in segments of the deployed machines', async () => {
  const area = 'gloucestershire';
  const started = await clock.now();
  const first = await onlyServiceIn(area, 3);
  const day = (days: number) => formatISO(addDays(started, days), { representation: 'date' });
  const facts = someone().with({ area, sentence: { endDate: day(540), rarDays: 110 } });
  const at = await offered(facts);
  const { referralId, provider } = at;
  let allocationId = await provider.acceptOffer(referralId);
  const segments = new Segments();
  const own = new Set([allocationId]);

  const planned = async (count: number) => {
    await provider.hold(allocationId, { purpose: 'supplier-assessment' }, await clock.now());
    await provider.submitPlan(allocationId, count);
    const { id } = await practitioner.task(referralId, 'action-plan-approval');
    await practitioner.answer(id, { decision: 'approved' });
  };
  /** Of the last four weeks, and what a recall has left over. */
  const held = async (count: number) => {
    const now = (await clock.now()).getTime();
    for (let one = 0; one < count; one += 1) {
      const startsAt = new Date(now - ((count - one) * 4 * week) / (count + 1));
      inPlan += 1;
      await provider.hold(allocationId, { purpose: 'session', session: inPlan }, startsAt);
    }
    total += count;
  };
  let total = 0;
  let inPlan = 0;

  await planned(sessions);
  for (let month = 1; total < sessions; month += 1) {
    await moveClock(4 * week, { instance });
    // Time-outs stay in real time here: so the look that ends each wait of thirty days is asked for.
    await operations.api.must(release, { body: { referralId, reason: 'a wait has ended' } });
    if (months.recalled.includes(month)) {
      await practitioner.change(pauseReferral, referralId, { reason: 'recalled' });
      continue;
    }
    if (months.recalled.includes(month - 1)) await practitioner.change(resumeReferral, referralId, {});
    if (month === months.extended) {
      await practitioner.change(extendReferral, referralId, { endDate: day(800), reason: 'Varied by the court' });
    }
    if (month === months.deployed) {
      await segments.note(referralId, [referralId, allocationId]);
      await deployChangedDefinition();
      console.log(await renewed(referralId));
      const { executions } = await operations.read(referralId);
      expect(executions.map(({ definition }) => definition)).toEqual([next, next]);
      expect(await renewed(referralId)).toContain('0 of an older definition');
    }
    if (month === months.transferred) {
      const second = await onlyServiceIn(area, 3);
      expect(second).not.toBe(first);
      const reason = 'Has moved in with her sister';
      await segments.note(referralId, [referralId, allocationId]);
      await practitioner.change(transferReferral, referralId, { serviceId: second, reason });
      await report({ ...at, allocationId });
      await acknowledge(referralId);
      await offeredTo(referralId, 2);
      allocationId = await provider.acceptOffer(referralId);
      own.add(allocationId);
      await planned(sessions - total);
      inPlan = 0;
    }
    await held(Math.min(months.recalled.includes(month - 1) ? 8 : 4, sessions - total));
    for (const executionId of [referralId, allocationId]) await parked({ referralId, executionId });
    await segments.note(referralId, [referralId, allocationId]);
  }
  await provider.complete(allocationId);
  await report({ ...at, allocationId });
  await acknowledge(referralId);
  await practitioner.concluded(referralId);
  await segments.note(referralId, [referralId, allocationId]);

  const counts = await eventCounts(referralId);
  expect(counts).toMatchObject({
    'referral.paused.v1': 2,
    'referral.transferred.v1': 1,
    'end-of-service-report.acknowledged.v1': 2,
    'referral.concluded.v1': 1,
  });
  const rows: (string | number)[][] = [];
  let transitions = 0;
  for (const { executionId, segment, startedAt, endedAt } of segments.found.values()) {
    expect(await ended({ referralId, executionId, segment })).toBe('SUCCEEDED');
    const history = await historyOf({ referralId, executionId, segment });
    const steps = history.flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
    const days = differenceInDays(endedAt ?? startedAt, startedAt);
    const machine = executionId === referralId ? 'lifecycle' : 'delivery';
    const definition = steps.includes(addedState) ? next : definitionRelease;
    rows.push([machine, segment, definition, days, history.length, steps.length, steps.at(-1) ?? '']);
    transitions += steps.length;
    expect(days).toBeLessThan(300);
    expect(history.length).toBeLessThan(10_000);
  }
  console.log(
    ['machine | segment | definition | days | events | transitions | end', ...rows.map((row) => row.join(' | '))].join(
      '\n',
    ),
    `\n${transitions} transitions in ${differenceInDays(await clock.now(), started)} days, ${sessions} sessions`,
  );
  // The delivery of one provider after the other, and both machines across the change.
  expect(own.size).toBe(2);
  expect(new Set(rows.map(([, , definition]) => definition))).toEqual(new Set([definitionRelease, next]));
  expect(differenceInDays(await clock.now(), started)).toBeGreaterThan(700);
}, 240_000);
