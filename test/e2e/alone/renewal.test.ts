import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sdkConfig } from '../../../infra/local/local-only.ts';
import { pauseReferral, resumeReferral, withdrawReferral } from '../../../shared/contracts/routes/referrals.ts';
import { stack } from '../support/deployment.ts';
import { ended, parked, statusOf, stepsOf } from '../support/executions.ts';
import { acknowledge, allocated, eventCounts, practitioner, report, sentIncomplete } from '../support/journeys.ts';

/** With the lowest limit that there is, an execution hands over each time it has looked twice. */
const fewestPasses = '2';

const lambda = new LambdaClient(sdkConfig(stack.endpointUrl));
const FunctionName = 'referrals-look';
let before: Record<string, string> = {};

async function configure(Variables: Record<string, string>): Promise<void> {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30 }, { FunctionName });
}

beforeAll(async () => {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  before = Environment?.Variables ?? {};
  await configure({ ...before, SEGMENT_PASSES: fewestPasses });
});

afterAll(async () => {
  await configure(before);
  lambda.destroy();
});

/** Every segment of an execution, the last steps of all: each was started once, and none is left. */
async function segmentsOf(referralId: string, executionId: string): Promise<(string | undefined)[]> {
  const last: (string | undefined)[] = [];
  for (let segment = 1; (await statusOf({ referralId, executionId, segment })) !== undefined; segment += 1) {
    expect(await ended({ referralId, executionId, segment })).toBe('SUCCEEDED');
    last.push((await stepsOf({ referralId, executionId, segment })).at(-1));
  }
  return last;
}

const handedOver = 'Continued in the next segment';

describe.concurrent('Rule 5: with a low limit, a referral', () => {
  it('goes through all its stages in several segments, each started once, and nothing happens twice', async () => {
    const at = await allocated();
    const { referralId, allocationId, provider } = at;
    await provider.hold(allocationId, { purpose: 'supplier-assessment' }, new Date());
    await practitioner.change(pauseReferral, referralId, { reason: 'recalled' });
    await practitioner.change(resumeReferral, referralId, {});
    await provider.submitPlan(allocationId, 1);
    const { id } = await practitioner.task(referralId, 'action-plan-approval');
    await practitioner.answer(id, { decision: 'approved' });
    await provider.hold(allocationId, { purpose: 'session', session: 1 }, new Date());
    await provider.complete(allocationId);
    await report(at);
    await acknowledge(referralId);

    expect((await practitioner.concluded(referralId)).endState).toBe('completed');
    const lifecycle = await segmentsOf(referralId, referralId);
    expect(lifecycle.length).toBeGreaterThan(1);
    expect(lifecycle).toEqual([...lifecycle.slice(1).map(() => handedOver), 'Referral concluded']);
    const delivery = await segmentsOf(referralId, allocationId);
    expect(delivery.length).toBeGreaterThan(1);
    expect(delivery).toEqual([...delivery.slice(1).map(() => handedOver), 'Allocation ended']);
    expect(await eventCounts(referralId)).toMatchObject({
      'complexity.recommended.v1': 1,
      'offer.made.v1': 1,
      'allocation.started.v1': 1,
      'end-of-service-report.acknowledged.v1': 1,
      'referral.concluded.v1': 1,
    });
  });

  it('renews as often as it must: a segment for every two looks', async () => {
    const referralId = await sentIncomplete();
    await parked({ referralId });
    for (let pause = 0; pause < 3; pause += 1) {
      await practitioner.change(pauseReferral, referralId, { reason: 'hospital' });
      await parked({ referralId });
      await practitioner.change(resumeReferral, referralId, {});
      await parked({ referralId });
    }
    await practitioner.change(withdrawReferral, referralId, { reason: 'moved' });
    // Seven looks at a wait, two to a segment, and the eighth sees the end.
    expect(await segmentsOf(referralId, referralId)).toEqual([
      handedOver,
      handedOver,
      handedOver,
      'Referral concluded',
    ]);
  });

  it('misses nothing that happens while it hands over', async () => {
    const referralId = await sentIncomplete();
    for (let pause = 0; pause < 3; pause += 1) {
      await practitioner.change(pauseReferral, referralId, { reason: 'hospital' });
      await practitioner.change(resumeReferral, referralId, {});
    }
    expect((await parked({ referralId })).turn).toBe(6);
    await practitioner.change(withdrawReferral, referralId, { reason: 'moved' });
    await practitioner.concluded(referralId);
    expect((await segmentsOf(referralId, referralId)).at(-1)).toBe('Referral concluded');
    expect(await eventCounts(referralId)).toMatchObject({ 'referral.paused.v1': 3, 'referral.concluded.v1': 1 });
  });
});
