import { describe, expect, it } from 'vitest';
import {
  amendReferral,
  pauseReferral,
  resumeReferral,
  withdrawReferral,
} from '../../shared/contracts/routes/referrals.ts';
import { ended, looksOf, parked, statusOf, stepsOf } from './support/executions.ts';
import * as journeys from './support/journeys.ts';
import { practitioner } from './support/journeys.ts';

interface Wait {
  /** Brings a referral there. */
  reach: () => Promise<{ referralId: string; allocationId?: string }>;
  /** The states in which its executions are parked: the lifecycle's, and the delivery's where there is one. */
  states: [string, string?];
  /** The delivery's state while the referral is paused, where it does not rest. */
  pausedIn?: string;
  /** What is still to be done before a withdrawn referral is over. */
  due?: 'report' | 'acknowledgement';
}

/** Milliseconds for which the sweeper leaves an execution to those whose work it is to wake it. */
const sweeperWaits = 30_000;

const paused = 'Paused: wait until the work goes on';
const answers = 'Wait for the answers to the offers';
const delivery = 'Delivery: wait until the providers have delivered';
const reports = 'Outcome recording: wait for the reports';
const report = 'Wait for the acknowledged end of service report';

const waits: Record<string, Wait> = {
  'a missing fact': { reach: of(journeys.sentIncomplete), states: ['Assessment: wait for the missing facts'] },
  'the confirmed complexity': {
    reach: of(journeys.awaitingConfirmation),
    states: ['Wait until the practitioner has confirmed the complexity'],
  },
  'the answer to an offer': { reach: journeys.offered, states: [answers] },
  'information about an offer': { reach: journeys.offerReturned, states: [answers] },
  'an allocation by hand': { reach: of(journeys.unmatched), states: [answers] },
  'the supplier assessment': { reach: journeys.allocated, states: [delivery, 'Wait for the supplier assessment'] },
  'an action plan': {
    reach: journeys.assessed,
    states: [delivery, 'Wait for an approved action plan'],
    due: 'report',
  },
  'the approval of the plan': {
    reach: journeys.planSubmitted,
    states: [delivery, 'Wait for an approved action plan'],
    due: 'report',
  },
  'the sessions': {
    reach: journeys.delivering,
    states: [delivery, 'Wait for the sessions to be delivered'],
    due: 'report',
  },
  'the report': { reach: journeys.reportDue, states: [reports, report], pausedIn: report, due: 'report' },
  'the acknowledgement of the report': {
    reach: journeys.reported,
    states: [reports, report],
    pausedIn: report,
    due: 'acknowledgement',
  },
};

function of(reach: () => Promise<string>): Wait['reach'] {
  return async () => ({ referralId: await reach() });
}

describe.concurrent.each(Object.entries(waits))('L4: parked on %s', (_, { reach, states, pausedIn, due }) => {
  it('an amendment, a pause, its end and a withdrawal are each looked at, at once and once', async () => {
    const at = await reach();
    const { referralId, allocationId } = at;
    const executions = [referralId, allocationId].filter((id) => id !== undefined);
    let changedAt = Date.now();
    const where = async (): Promise<unknown[]> => {
      const found = await Promise.all(
        executions.map(async (executionId) => {
          await parked({ referralId, executionId });
          return [(await stepsOf({ referralId, executionId })).at(-1), await looksOf({ referralId, executionId })];
        }),
      );
      // Later, it could have been the sweeper's doing.
      expect(Date.now() - changedAt).toBeLessThan(sweeperWaits);
      changedAt = Date.now();
      return found;
    };
    const [before] = [(await where()) as [string, number][]];
    expect(before.map(([state]) => state)).toEqual(states.slice(0, executions.length));
    const lookedAgain = (more: number, inStates: (string | undefined)[]) =>
      executions.map((_id, index) => [inStates[index], (before[index]?.[1] ?? 0) + more]);

    await practitioner.change(amendReferral, referralId, {
      changes: { externalReference: 'CASE-2' },
      reason: 'New facts',
    });
    expect(await where()).toEqual(lookedAgain(1, states));
    await practitioner.change(pauseReferral, referralId, { reason: 'recalled' });
    expect(await where()).toEqual(lookedAgain(2, [paused, pausedIn ?? paused]));
    await practitioner.change(resumeReferral, referralId, {});
    expect(await where()).toEqual(lookedAgain(3, states));

    await practitioner.change(withdrawReferral, referralId, { reason: 'moved' });
    if (due) {
      expect(await where()).toEqual(lookedAgain(4, [reports, report]));
      if (due === 'report') await journeys.report(at as journeys.Allocated);
      await journeys.acknowledge(referralId);
    }
    for (const executionId of executions) expect(await ended({ referralId, executionId })).toBe('SUCCEEDED');
    expect((await practitioner.concluded(referralId)).endState).toBe(due ? 'ended' : 'cancelled');
  });
});

describe.concurrent('L4: paused', () => {
  it('a withdrawal ends it at once', async () => {
    const { referralId, allocationId } = await journeys.allocated();
    await practitioner.change(pauseReferral, referralId, { reason: 'hospital' });
    await parked({ referralId });
    expect((await stepsOf({ referralId })).at(-1)).toBe(paused);
    await practitioner.change(withdrawReferral, referralId, { reason: 'died' });
    expect(await ended({ referralId })).toBe('SUCCEEDED');
    expect(await ended({ referralId, executionId: allocationId })).toBe('SUCCEEDED');
  });

  it('an answer is taken and moves nothing; when the pause ends, the work goes on from there', async () => {
    const { referralId, provider, taskId } = await journeys.offered();
    await practitioner.change(pauseReferral, referralId, { reason: 'recalled' });
    await parked({ referralId });
    const looks = await looksOf({ referralId });
    expect((await journeys.respond(provider, taskId, { decision: 'declined', reason: 'no-capacity' })).status).toBe(
      202,
    );
    expect(await looksOf({ referralId })).toBe(looks);
    await practitioner.change(resumeReferral, referralId, {});
    const next = await journeys.offeredTo(referralId, 2);
    expect(next.id).not.toBe(provider.id);
    expect(await statusOf({ referralId })).toBe('RUNNING');
  });
});
