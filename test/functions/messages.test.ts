import '../builders/function-environment.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { getReferral } from '../../functions/api/get-referral.ts';
import { getTask } from '../../functions/api/get-task.ts';
import { listMessages } from '../../functions/api/list-messages.ts';
import { readMessage } from '../../functions/api/read-message.ts';
import { sendMessage } from '../../functions/api/send-message.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { providerAccessDays } from '../../shared/domain/views/referral-view.ts';
import type { Asking } from './request.ts';
import { caseSystem, providerA, providerB, SharedWork, strangers } from './shared-work.ts';

const text = 'She starts work on Monday';
let work: SharedWork;
beforeEach(async () => {
  work = await new SharedWork().started();
});

const params = () => ({ referralId: work.referralId });
const send = (as: string, body: object = { to: 'practitioner', text }, asking: Asking = {}) =>
  work.call(sendMessage, endpoints.sendMessage, { as, params: params(), body, ...asking });
const sendTo = (provider: string, body: object = {}, asking: Asking = {}) =>
  send(caseSystem, { to: { allocationId: work.allocationOf(provider) }, text, ...body }, asking);
const list = (as: string, query: Record<string, string> = {}) =>
  work.call(listMessages, endpoints.listMessages, { as, params: params(), query });
const receipt = (as: string, messageId: unknown) =>
  work.call(readMessage, endpoints.readMessage, { as, params: { ...params(), messageId: String(messageId) } });
const textsOf = async (as: string) => (await list(as)).body.items?.map((item) => item.text);

describe('O1, O2: a message', () => {
  it('is told to its sender and its receiver, with its words, and to nobody else', async () => {
    const { status, body } = await sendTo('provider-a');
    expect(status).toBe(200);
    expect(endpoints.sendMessage.responses[200].safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({
      from: 'practitioner',
      to: { allocationId: work.allocationOf('provider-a') },
      text,
      readAt: null,
    });
    expect(await textsOf(caseSystem)).toEqual([text]);
    expect(await textsOf(providerA)).toEqual([text]);
    expect(await textsOf(providerB)).toEqual([]);
    for (const stranger of strangers) expect(await list(stranger)).toMatchObject({ status: 404 });
    for (const outside of ['operations-console', 'court-reports', 'contract-office'])
      expect(await list(outside)).toMatchObject({ status: 403 });
    expect(work.record).not.toContain('Monday');
  });

  it('is an event of its own conversation', async () => {
    const { body } = await sendTo('provider-a');
    expect(work.told('provider-a', 'message.sent.v1')).toMatchObject([{ messageId: body.id, to: 'provider' }]);
    expect(work.told('provider-b', 'message.sent.v1')).toEqual([]);
    await receipt(providerA, body.id);
    expect(work.told('north-probation', 'message.read.v1')).toMatchObject([{ messageId: body.id }]);
    expect(work.told('provider-b', 'message.read.v1')).toEqual([]);
  });

  it('again under its key is the same message with the same reply; another body is refused', async () => {
    const headers = { 'idempotency-key': 'mine' };
    const first = await sendTo('provider-a', {}, { headers });
    expect(await sendTo('provider-a', {}, { headers })).toEqual(first);
    expect((await list(caseSystem)).body.items).toHaveLength(1);
    expect(await sendTo('provider-a', { text: 'Another' }, { headers })).toMatchObject({ status: 422 });
    expect(await sendTo('provider-a', {}, { headers: { 'idempotency-key': '' } })).toMatchObject({ status: 400 });
  });

  it('is listed with the others, the latest first, page by page', async () => {
    for (const one of ['1', '2', '3']) await sendTo('provider-a', { text: one });
    for (const one of ['4', '5']) await sendTo('provider-b', { text: one });
    const first = await list(providerA, { limit: '2' });
    expect(first.body.items?.map((item) => item.text)).toEqual(['3', '2']);
    const rest = await list(providerA, { limit: '2', cursor: String(first.body.cursor) });
    expect(rest.body).toMatchObject({ items: [{ text: '1' }], cursor: null });
    expect(await textsOf(caseSystem)).toEqual(['5', '4', '3', '2', '1']);
  });

  it('is answered in its own conversation', async () => {
    const { body: asked } = await sendTo('provider-a');
    const answer = { to: 'practitioner', text: 'Thank you', inReplyTo: asked.id };
    expect(await send(providerA, answer)).toMatchObject({
      status: 200,
      body: { from: asked.to, to: 'practitioner', inReplyTo: asked.id },
    });
    const [toOther, unknown] = [
      await send(providerB, answer),
      await send(providerA, { ...answer, inReplyTo: work.referralId }),
    ];
    for (const refused of [toOther, unknown])
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/inReplyTo', rule: 'O1' }] } });
    expect(await textsOf(providerB)).toEqual([]);
  });

  it('goes to those alone whom its sender works with', async () => {
    for (const stranger of strangers) expect(await send(stranger)).toMatchObject({ status: 404 });
    expect(await send('operations-console')).toMatchObject({ status: 403 });
    const toOther = { to: { allocationId: work.allocationOf('provider-b') }, text };
    expect(await send(providerA, toOther)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/to' }] } });
    expect(await send(caseSystem)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/to' }] } });
  });

  it('passes as long as the provider sees the referral', async () => {
    await work.concluded(providerAccessDays - 1);
    expect(await send(providerA)).toMatchObject({ status: 200 });
    expect(await sendTo('provider-a')).toMatchObject({ status: 200 });
    work.pass(25);
    for (const late of [await send(providerA), await list(providerA)]) expect(late).toMatchObject({ status: 404 });
    expect(await sendTo('provider-a')).toMatchObject({ status: 409 });
    expect((await list(caseSystem)).body.items).toHaveLength(2);
  });
});

describe('O1: the receipt of a message', () => {
  it('is given once, by whom it was sent to', async () => {
    const { body } = await sendTo('provider-a');
    expect(await receipt(caseSystem, body.id)).toMatchObject({ status: 403 });
    for (const other of [...strangers, providerB]) expect(await receipt(other, body.id)).toMatchObject({ status: 404 });
    const first = await receipt(providerA, body.id);
    expect(first).toMatchObject({ status: 200, body: { id: body.id, text, readAt: work.memory.now.toISOString() } });
    work.pass(24);
    expect(await receipt(providerA, body.id)).toEqual(first);
    expect((await list(caseSystem)).body.items).toMatchObject([{ readAt: first.body.readAt }]);
  });

  it('of what was never sent does not exist', async () => {
    expect(await receipt(providerA, work.referralId)).toMatchObject({ status: 404 });
  });
});

describe('L7: what is unread', () => {
  it('is a task of its receiver, shown on the referral, and says how much', async () => {
    await sendTo('provider-a');
    const { body } = await sendTo('provider-a');
    const taskId = work.taskOf('message-to-provider');
    const task = (as: string) => work.call(getTask, endpoints.getTask, { as, params: { taskId } });
    expect(await task(providerA)).toMatchObject({ status: 200, body: { subject: { unread: 2 }, answer: null } });
    expect(await task(providerB)).toMatchObject({ status: 404 });
    const seen = async (as: string) => {
      const { body: referral } = await work.call(getReferral, endpoints.getReferral, { as, params: params() });
      return (referral.openTasks as { type: string }[]).map(({ type }) => type);
    };
    for (const one of [caseSystem, providerA]) expect(await seen(one)).toContain('message-to-provider');
    expect(await seen(providerB)).not.toContain('message-to-provider');
    await receipt(providerA, body.id);
    expect(await task(providerA)).toMatchObject({ body: { subject: { unread: 1 } } });
  });
});
