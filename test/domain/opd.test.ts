import { describe, expect, it } from 'vitest';
import { amendReferral } from '../../shared/domain/commands/change-referral.ts';
import { supplyInformation } from '../../shared/domain/commands/supply-information.ts';
import type { FactChanges } from '../../shared/domain/merge-facts.ts';
import { given } from '../builders/given.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { aReferralState, type Story } from '../builders/story.ts';

const owners = { probation: 'north-probation', health: 'health-trust' };
const others = { probation: 'north-probation', health: 'other-trust' };
const onThePathway = () => aReferral().with({ opdPathway: true });
const shared = () => aReferralState(aReferral().with({ opdPathway: true, opdOwners: owners }));

const supplying = (story: Story, facts: FactChanges) =>
  given(story).when(supplyInformation, { taskId: story.task('missing-information').id, facts });
const amending = (story: Story, changes: FactChanges) =>
  given(story).when(amendReferral, { changes, reason: 'Assessed' });
const recorded = (data: typeof owners) => ({ type: 'opd.owners-recorded.v1' as const, data });

describe('E9: on the personality-disorder pathway responsibility is shared, and both owners are recorded', () => {
  it('when the referral is sent with them', () =>
    expect(
      shared()
        .world.events.map(({ type, data }) => ({ type, data }))
        .slice(1),
    ).toEqual([recorded(owners)]));

  it('sent without them, it is accepted and they are asked for', () => {
    const { referral, world } = aReferralState(onThePathway());
    expect(referral.missing).toEqual(['/opdOwners']);
    expect(referral.openTasks).toMatchObject([{ type: 'missing-information' }]);
    expect(world.events.map(({ type }) => type)).not.toContain('opd.owners-recorded.v1');
  });

  it('when they are supplied', () =>
    supplying(aReferralState(onThePathway()), { opdOwners: owners })
      .thenEvents({ type: 'referral.information-supplied.v1', data: { supplied: ['/opdOwners'] } }, recorded(owners))
      .thenOpenTasks()
      .thenStands('complexity-allocation'));

  it('when the pathway is told of after the owners, and not before', () => {
    const unknown = aReferralState(aReferral().with({ opdPathway: null, opdOwners: owners }));
    expect(unknown.world.events.map(({ type }) => type)).not.toContain('opd.owners-recorded.v1');
    supplying(unknown, { opdPathway: true }).thenEvents('referral.information-supplied.v1', recorded(owners));
  });

  it('when an amendment brings the person onto the pathway, also during delivery', () =>
    amending(aReferralState().delivering(), { opdPathway: true, opdOwners: owners })
      .thenEvents('referral.amended.v1', recorded(owners))
      .thenOpenTasks('delivery'));

  it('when one of them is replaced, and then only', () => {
    amending(shared(), { opdOwners: others }).thenEvents('referral.amended.v1', recorded(others));
    amending(shared(), { opdOwners: owners }).thenNothing();
    amending(shared(), { area: 'lancashire' }).thenEvents('referral.amended.v1');
  });

  it('and amended onto the pathway without them, they are asked for', () =>
    amending(aReferralState().delivering(), { opdPathway: true })
      .thenEvents('referral.amended.v1', 'task.opened.v1', {
        type: 'referral.information-requested.v1',
        data: { missing: ['/opdOwners'] },
      })
      .thenOpenTasks('delivery', 'missing-information'));

  it('who leaves the pathway leaves the owners too', () => {
    amending(shared(), { opdPathway: false }).thenRefused('Contradiction', '/opdOwners');
    amending(shared(), { opdPathway: false, opdOwners: null })
      .thenEvents('referral.amended.v1', { type: 'opd.owners-removed.v1', data: owners })
      .thenOpenTasks();
  });

  it('and two owners are two organisations', () =>
    amending(shared(), { opdOwners: { probation: 'health-trust', health: 'health-trust' } }).thenRefused(
      'Contradiction',
      '/opdOwners/health',
    ));
});
