import { describe, expect, it } from 'vitest';
import { noteFailure } from '../../../shared/domain/commands/operate.ts';
import { raiseUnattended, repairTask, takeOver } from '../../../shared/domain/commands/repair.ts';
import { transferReferral } from '../../../shared/domain/commands/transfer-referral.ts';
import { waitsOf } from '../../../shared/domain/waits.ts';
import { given } from '../../builders/given.ts';
import { aReferralState, Story } from '../../builders/story.ts';

const story = () => aReferralState().recommended();
const task = () => story().task('complexity-confirmation');
/** As it would be after somebody's hand: the task is gone from the referral itself. */
const forgotten = () => {
  const { world } = story();
  return new Story({ ...world, referral: { ...world.referral, openTasks: [] } });
};

describe('A fresh segment (L7)', () => {
  it('takes over from an execution that was stopped, and the history says why; what called operations for it is over', () => {
    const executionId = story().referral.id;
    given(story().does(noteFailure, { executionId, status: 'ABORTED' }))
      .when(takeOver, { executionId, because: 'stopped' })
      .thenEvents({ type: 'execution.redriven.v1', data: { executions: [executionId], because: 'stopped' } })
      .thenSees(({ referral }) => expect(referral.attention).toBeNull());
  });

  it('is not for a referral that has concluded', () =>
    given(story().withdrawn()).when(takeOver, { executionId: story().referral.id, because: 'missing' }).thenNothing());

  it('is not for an allocation that has ended', () => {
    const accepted = aReferralState().accepted();
    const executionId = accepted.referral.allocations[0]?.id ?? '';
    given(accepted).when(takeOver, { executionId, because: 'stopped' }).thenEvents('execution.redriven.v1');
    given(accepted.withdrawn()).when(takeOver, { executionId, because: 'stopped' }).thenNothing();
    // Of a referral that goes on: somebody else is to deliver.
    const transferred = accepted.does(transferReferral, { area: 'lancashire', reason: 'moved' });
    expect(transferred.referral.conclusion).toBeNull();
    given(transferred).when(takeOver, { executionId, because: 'stopped' }).thenNothing();
    given(transferred).when(noteFailure, { executionId, status: 'FAILED' }).thenNothing();
  });

  it('is not for an execution that the referral does not know', () =>
    given(story()).when(takeOver, { executionId: 'nobody', because: 'stopped' }).thenNothing());
});

describe('A task that has come apart from its referral (L7)', () => {
  it('is restored while the referral lists it, and the referral stays as it is', () => {
    const { version, openTasks } = story().referral;
    given(story())
      .when(repairTask, { task: task(), drift: 'lost', sequence: story().referral.sequence })
      .thenEvents({ type: 'task.repaired.v1', data: { taskId: task().id, drift: 'lost' } })
      .thenSees(({ referral }) => expect(referral).toMatchObject({ version, openTasks }));
  });

  it('is left alone if the referral has moved since it was read: it may have moved with it', () =>
    given(story())
      .when(repairTask, { task: task(), drift: 'lost', sequence: story().referral.sequence - 1 })
      .thenNothing());

  it('is closed only if the referral does not know it', () => {
    given(story()).when(repairTask, { task: task(), drift: 'unlisted' }).thenNothing();
    given(forgotten())
      .when(repairTask, { task: task(), drift: 'unlisted' })
      .thenEvents({ type: 'task.repaired.v1', data: { drift: 'unlisted' } });
  });

  it('is closed after the conclusion, unless it outlives that', () => {
    const ended = story().withdrawn();
    const late = new Story({ ...ended.world, referral: { ...ended.referral, openTasks: [task()] } });
    given(story()).when(repairTask, { task: task(), drift: 'outlived' }).thenNothing();
    given(late)
      .when(repairTask, { task: task(), drift: 'outlived' })
      .thenEvents({ type: 'task.repaired.v1', data: { drift: 'outlived' } })
      .thenSees(({ referral }) => expect(referral.openTasks).toEqual([]));
  });
});

describe('L7: a wait that nobody was asked for', () => {
  it('calls operations, once', () => {
    expect(waitsOf(forgotten().referral)).toMatchObject([{ name: 'levels', tasks: [] }]);
    const raised = given(forgotten()).when(raiseUnattended, {}).thenEvents('wait.found-unattended.v1').story;
    expect(raised.referral.attention?.reason).toBe('it waits for something that nobody was asked for');
    given(raised).when(raiseUnattended, {}).thenNothing();
  });

  it('is none while its task is open', () => given(story()).when(raiseUnattended, {}).thenNothing());
});
