import { describe, expect, it } from 'vitest';
import { keepClocks } from '../../../shared/domain/commands/keep-clocks.ts';
import { followUpLink, type MakeOnwardLink, makeOnwardLink } from '../../../shared/domain/commands/onward-links.ts';
import { given } from '../../builders/given.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { at, friday, monday, thursday } from '../../builders/times.ts';

const link: MakeOnwardLink = {
  organisation: 'Leeds Credit Union',
  kind: 'signposted',
  need: 'accommodation',
  followUpOn: '2026-06-18',
};
const delivering = aReferralState().delivering().later(monday('09:00'));
const linked = (story = delivering, changes: Partial<MakeOnwardLink> = {}): Story =>
  story.does(makeOnwardLink, { ...link, ...changes });
const newest = (story: Story): string => [...story.world.onwardLinks.keys()].at(-1) ?? '';
const followUp = { followedUpAt: friday('08:00').toISOString(), result: 'Has opened an account' };
const following = (story: Story, now = friday('09:00'), command = followUp) =>
  given(story).when(followUpLink, command, now, { ...story.newest(), linkId: newest(story) });

describe('O6: an onward link', () => {
  it('is followed up by the provider on the day that is named', () => {
    given(delivering)
      .when(makeOnwardLink, link)
      .thenEvents(
        { type: 'onward-link.made.v1', data: { kind: 'signposted', need: 'accommodation', followUpOn: '2026-06-18' } },
        { type: 'task.opened.v1', data: { taskType: 'onward-link-follow-up', owner: 'provider' } },
      )
      .thenSees((after, [made]) => {
        expect(made?.keeps?.words).toEqual({ organisation: link.organisation });
        // The day ends at midnight in London, and is reminded of as it begins.
        expect(after.task('onward-link-follow-up')).toMatchObject({
          linkId: newest(after),
          dueAt: '2026-06-18T23:00:00.000Z',
          remindAt: '2026-06-17T23:00:00.000Z',
        });
      });
  });

  it('that is followed up keeps what was found, each time', () => {
    const once = following(linked())
      .thenEvents({ type: 'onward-link.followed-up.v1', data: { followedUpAt: followUp.followedUpAt } })
      .thenOpenTasks('delivery')
      .thenSees((after, [event]) => {
        expect(after.world.onwardLinks.get(newest(after))).toMatchObject({ followUps: 1, version: 2, ...atOf() });
        expect(event?.keeps?.words).toEqual({ result: followUp.result });
      }).story;
    const [first, second] = [following(linked()).events, following(once).events].map(([event]) => event?.keeps?.key);
    expect(second).not.toBe(first);
  });
  const atOf = () => ({ followedUpAt: followUp.followedUpAt });

  it('is late when its day has passed: reminded before, told to operations after (L7)', () => {
    const made = linked();
    const { id: taskId } = made.task('onward-link-follow-up');
    const reminded = given(made).when(keepClocks, { taskId }, thursday('06:00')).thenEvents('task.reminded.v1');
    given(reminded.story)
      .when(keepClocks, { taskId }, friday('00:00'))
      .thenEvents({ type: 'clock.breached.v1', data: { clock: 'onward-link' } })
      .thenOpenTasks('delivery', 'onward-link-follow-up');
  });

  it('whose day falls into a pause is followed up as many working days after it as were left', () => {
    const rested = linked()
      .paused({ at: monday('12:00') })
      .resumed({ at: at('2026-07-06T12:00:00Z') });
    expect(rested.task('onward-link-follow-up').dueAt).toBe('2026-07-09T23:00:00.000Z');
  });

  it('fits its allocation, and its day is still to come', () => {
    const other = { ...link, need: 'finance-benefit-debt' as const, followUpOn: '2026-06-14' };
    given(delivering).when(makeOnwardLink, other).thenRefused('Contradiction', '/need', '/followUpOn');
    given(delivering)
      .when(makeOnwardLink, { ...link, followUpOn: '2026-06-15' })
      .thenOpenTasks('delivery', 'onward-link-follow-up');
    following(linked(), thursday('09:00')).thenRefused('Contradiction', '/followedUpAt');
  });

  it('waits for its follow-up beside nine others at most, so that one command can close them all', () => {
    const ten = Array.from({ length: 10 }).reduce<Story>((story) => linked(story), delivering);
    given(ten).when(makeOnwardLink, link).thenRefused('NotPossibleNow');
    expect(following(ten).story.tasks('onward-link-follow-up')).toHaveLength(9);
  });
});

const ends: [when: string, end: (story: Story) => Story][] = [
  ['delivery has ended', (story) => story.delivered()],
  ['the referral was withdrawn', (story) => story.withdrawn()],
  ['the referral has concluded', (story) => story.acknowledged()],
];
describe.each(ends)('O6: once %s', (_, end) => {
  const tasksOf = (story: Story) => story.referral.openTasks.map(({ type }) => type);

  it('nobody is asked to follow a link up, and it can still be', () => {
    const over = end(linked());
    expect(tasksOf(over)).not.toContain('onward-link-follow-up');
    following(over)
      .thenEvents('onward-link.followed-up.v1')
      .thenOpenTasks(...tasksOf(over));
  });

  it('a link can still be made, and followed up', () => {
    const over = end(delivering);
    const made = given(over).when(makeOnwardLink, link).thenEvents('onward-link.made.v1').story;
    following(made).thenEvents('onward-link.followed-up.v1');
  });
});
