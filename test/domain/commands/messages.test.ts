import { addDays } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { audienceOf } from '../../../shared/domain/audience.ts';
import { keepClocks } from '../../../shared/domain/commands/keep-clocks.ts';
import { readMessage, type SendMessage, sendMessage } from '../../../shared/domain/commands/messages.ts';
import type { Context, Decide } from '../../../shared/domain/decision.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { providerAccessDays } from '../../../shared/domain/views/referral-view.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { aMessage, aReferralState, type Story } from '../../builders/story.ts';
import { at, friday, monday } from '../../builders/times.ts';

const allocationOf = (story: Story, provider = 'provider-a'): string =>
  story.referral.allocations.find(({ providerId }) => providerId === provider)?.id ?? '';

/** What a provider does, which its organisation tells. */
const by =
  (organisation: string) =>
  <Command>(decide: Decide<Command>): Decide<Command> =>
  (state, command, context: Context) =>
    decide(state, command, { ...context, by: { organisation, client: `system-of-${organisation}` } });
const asA = by('provider-a');

const toProvider = (story: Story, text?: string): Story => story.does(sendMessage, aMessage(allocationOf(story), text));
const fromProvider = (command: Partial<SendMessage> = {}): SendMessage => ({
  from: 'provider',
  to: 'practitioner',
  text: 'When does she start?',
  ...command,
});
const newest = (story: Story): Message => {
  const found = [...story.world.messages.values()].at(-1);
  if (!found) throw new Error('nothing was sent');
  return found;
};
const read = (story: Story, { id: messageId } = newest(story)): Story => story.does(readMessage, {}, { messageId });

/** Wherever people who have to do with each other may want to talk. */
const everywhere: [where: string, story: () => Story][] = [
  ['once the provider has accepted', () => aReferralState().accepted()],
  ['while it is delivered', () => aReferralState().delivering()],
  ['while it is paused', () => aReferralState().delivering().paused()],
  ['while it is ending', () => aReferralState().delivering().withdrawn()],
  ['while its report is read', () => aReferralState().reported()],
  ['once it has concluded', () => aReferralState().acknowledged()],
];

describe.each(everywhere)('O1, O2: a message, sent %s', (_, story) => {
  const before = story();
  const others = before.referral.openTasks.map(({ type }) => type);

  it('to the provider is its to read, and changes nothing else', () => {
    given(before)
      .when(sendMessage, aMessage(allocationOf(before)))
      .thenEvents(
        { type: 'task.opened.v1', data: { taskType: 'message-to-provider', owner: 'provider' } },
        { type: 'message.sent.v1', data: { allocationId: allocationOf(before), to: 'provider' } },
      )
      .thenOpenTasks(...others, 'message-to-provider')
      .thenSees((after, events) => {
        expect(after.task('message-to-provider')).toMatchObject({ organisation: 'provider-a', unread: 1 });
        expect(after.referral.version).toBe(before.referral.version);
        expect(events.at(-1)?.keeps?.words).toEqual({ text: 'She starts work on Monday' });
        expect(JSON.stringify([after.referral, newest(after)])).not.toContain('Monday');
      });
  });

  it('to the practitioner is theirs to read, about the allocation that the provider has', () => {
    given(before)
      .when(asA(sendMessage), fromProvider())
      .thenEvents(
        { type: 'task.opened.v1', data: { taskType: 'message-to-practitioner', owner: 'practitioner' } },
        { type: 'message.sent.v1', data: { allocationId: allocationOf(before), to: 'practitioner' } },
      )
      .thenSees((after) =>
        expect(after.task('message-to-practitioner').organisation).toBe(before.referral.organisation),
      );
  });

  it('is read once, by a receipt that ends the reminder', () => {
    const sent = toProvider(before);
    const scope = { messageId: newest(sent).id };
    const receipt = given(sent).when(readMessage, {}, sent.world.now, scope);
    receipt
      .thenEvents({ type: 'message.read.v1', data: { messageId: scope.messageId, to: 'provider' } })
      .thenOpenTasks(...others)
      .thenSees((after) => expect(newest(after).readAt).toBe(sent.world.now.toISOString()));
    given(receipt.story).when(readMessage, {}, friday('09:00'), scope).thenNothing();
  });
});

describe('L7: what is unread', () => {
  const before = aReferralState().delivering().later(monday('09:00'));

  it('stands under one task for each who must read it, however much was written, until all of it is read', () => {
    const once = toProvider(before);
    const twice = toProvider(once.later(monday('10:00')));
    const both = twice.does(asA(sendMessage), fromProvider());
    const { id, dueAt } = once.task('message-to-provider');
    expect(both.task('message-to-provider')).toMatchObject({ id, dueAt, unread: 2 });
    expect(both.task('message-to-practitioner')).toMatchObject({ unread: 1 });
    const [first, second] = both.world.messages.values();
    expect(read(both, second).task('message-to-provider')).toMatchObject({ unread: 1 });
    const after = read(read(both, second), first);
    expect(after.tasks('message-to-provider')).toEqual([]);
    expect(after.tasks('message-to-practitioner')).toHaveLength(1);
  });

  it('is reminded of after two working days, and after five its sender hears that it is unread', () => {
    const sent = toProvider(before);
    const { id: taskId, remindAt, dueAt } = sent.task('message-to-provider');
    expect({ remindAt, dueAt }).toEqual({
      remindAt: '2026-06-17T09:00:00.000Z',
      dueAt: '2026-06-22T09:00:00.000Z',
    });
    const reminded = given(sent)
      .when(keepClocks, { taskId }, at(remindAt ?? ''))
      .thenEvents('task.reminded.v1').story;
    const lapsed = given(reminded)
      .when(keepClocks, { taskId }, at('2026-06-22T09:00:01Z'))
      .thenEvents({ type: 'task.lapsed.v1', data: { allocationId: allocationOf(sent) } })
      .thenSees(({ referral }, [event]) => {
        expect(event && audienceOf(referral, event, reminded.referral).sort()).toEqual(
          ['provider-a', referral.organisation].sort(),
        );
        expect(referral.attention).toBeNull();
      }).story;
    expect(read(lapsed).tasks('message-to-provider')).toEqual([]);
  });

  it('after its time is up, is no longer counted with what comes later', () => {
    const sent = toProvider(before);
    const { id: taskId } = sent.task('message-to-provider');
    const lapsed = sent.does(keepClocks, { taskId }, { at: at('2026-06-23T09:00:00Z') });
    const again = toProvider(lapsed, 'Have you seen my message?');
    const [first] = again.world.messages.values();
    expect(again.task('message-to-provider').unread).toBe(1);
    expect(read(again, first).task('message-to-provider').unread).toBe(1);
    expect(read(again).tasks('message-to-provider')).toEqual([]);
  });

  it('is due through a pause and after the end: people talk on', () => {
    const sent = toProvider(before);
    const { dueAt } = sent.task('message-to-provider');
    const rested = sent.paused().later(friday('09:00')).resumed();
    expect(rested.task('message-to-provider').dueAt).toBe(dueAt);
    expect(sent.acknowledged().task('message-to-provider').dueAt).toBe(dueAt);
  });
});

describe('O1: who writes to whom', () => {
  const apart = aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] }))
    .offeredFrom([
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ])
    .accepted();
  const sent = apart.does(sendMessage, aMessage(allocationOf(apart, 'homes')));
  const former = newest(sent);
  const answer = { inReplyTo: former.id, former };

  it('an answer belongs to the conversation of what it answers', () =>
    given(sent)
      .when(by('homes')(sendMessage), fromProvider(answer))
      .thenEvents('task.opened.v1', {
        type: 'message.sent.v1',
        data: { allocationId: allocationOf(sent, 'homes'), inReplyTo: former.id },
      }));

  it('nobody answers what another provider was written, or what was never sent', () => {
    given(sent).when(by('minds')(sendMessage), fromProvider(answer)).thenRefused('Contradiction', '/inReplyTo');
    const toMinds = { ...aMessage(allocationOf(sent, 'minds')), ...answer };
    given(sent).when(sendMessage, toMinds).thenRefused('Contradiction', '/inReplyTo');
    const unknown = fromProvider({ inReplyTo: former.id });
    given(sent).when(by('homes')(sendMessage), unknown).thenRefused('Contradiction', '/inReplyTo');
  });

  it('the practitioner writes to an allocation of the referral, a provider to the practitioner', () => {
    const { id } = sent.referral;
    given(sent).when(sendMessage, aMessage(id)).thenRefused('Contradiction', '/to/allocationId');
    const toSelf = { ...aMessage(id), to: 'practitioner' as const };
    given(sent).when(sendMessage, toSelf).thenRefused('Contradiction', '/to');
    const toAllocation = fromProvider({ to: { allocationId: allocationOf(sent, 'minds') } });
    given(sent).when(by('homes')(sendMessage), toAllocation).thenRefused('Contradiction', '/to');
  });

  it('another provider is told nothing of it', () =>
    expect(
      sent.world.events
        .filter(({ type }) => type === 'message.sent.v1')
        .flatMap((event) => audienceOf(sent.referral, event)),
    ).toEqual([sent.referral.organisation, 'homes']));

  it('nobody writes to a provider that no longer sees the referral', () => {
    const over = aReferralState().acknowledged();
    const late = addDays(over.world.now, providerAccessDays);
    given(over)
      .when(sendMessage, aMessage(allocationOf(over)), late)
      .thenRefused('NotPossibleNow');
  });

  it('ids of messages are in the order of time', () => {
    const later = toProvider(toProvider(aReferralState().accepted()).later(friday('09:00')));
    const ids = [...later.world.messages.keys()];
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
