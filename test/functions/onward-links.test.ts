import '../builders/function-environment.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { followUpOnwardLink } from '../../functions/api/follow-up-onward-link.ts';
import { getTask } from '../../functions/api/get-task.ts';
import { listOnwardLinks } from '../../functions/api/list-onward-links.ts';
import { makeOnwardLink } from '../../functions/api/make-onward-link.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { providerAccessDays } from '../../shared/domain/views/referral-view.ts';
import type { Asking } from './request.ts';
import { caseSystem, providerA, providerB, SharedWork, strangers } from './shared-work.ts';

const organisation = 'Leeds Credit Union';
const result = 'Has opened an account';
const link = { organisation, kind: 'supported', need: 'accommodation', followUpOn: '2027-01-15' };
let work: SharedWork;
let allocationId: string;
beforeEach(async () => {
  work = await new SharedWork().started();
  allocationId = work.allocationOf('provider-a');
});

const make = (body: object = link, as: string = providerA, asking: Asking = {}) =>
  work.call(makeOnwardLink, endpoints.makeOnwardLink, { as, params: { allocationId }, body, ...asking });
const list = (as: string, query: Record<string, string> = {}) =>
  work.call(listOnwardLinks, endpoints.listOnwardLinks, { as, params: { allocationId }, query });
const followUp = (linkId: unknown, etag: unknown = '"1"', as: string = providerA, params = { allocationId }) =>
  work.call(followUpOnwardLink, endpoints.followUpOnwardLink, {
    as,
    params: { ...params, linkId: String(linkId) },
    body: { followedUpAt: work.memory.now.toISOString(), result },
    headers: { 'if-match': String(etag) },
  });

describe('O6: an onward link', () => {
  it('is recorded by the provider, and read by it and by the practitioner; operations read no words', async () => {
    const { status, body, headers } = await make();
    expect({ status, etag: headers.etag }).toEqual({ status: 200, etag: '"1"' });
    expect(endpoints.makeOnwardLink.responses[200].safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ ...link, followedUpAt: null, followUps: 0 });
    for (const reader of [providerA, caseSystem]) expect((await list(reader)).body.items).toEqual([body]);
    const { organisation: _words, ...others } = body;
    expect((await list('operations-console')).body.items).toEqual([others]);
    for (const other of [...strangers, providerB]) expect(await list(other)).toMatchObject({ status: 404 });
    expect(await make(link, providerB)).toMatchObject({ status: 404 });
    for (const outside of [caseSystem, 'operations-console'])
      expect(await make(link, outside)).toMatchObject({ status: 403 });
  });

  it('again under its key is the same link with the same reply; another body is refused', async () => {
    const headers = { 'idempotency-key': 'mine' };
    const first = await make(link, providerA, { headers });
    expect(await make(link, providerA, { headers })).toEqual(first);
    expect((await list(providerA)).body.items).toHaveLength(1);
    expect(await make({ ...link, kind: 'signposted' }, providerA, { headers })).toMatchObject({ status: 422 });
  });

  it('is followed up on the version that was read, and what was found last is shown', async () => {
    const { body: made } = await make();
    expect(await followUp(made.id, '"2"')).toMatchObject({ status: 412 });
    for (const other of [providerB]) expect(await followUp(made.id, '"1"', other)).toMatchObject({ status: 404 });
    const followed = await followUp(made.id);
    expect(followed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { organisation, result, followUps: 1, version: 2 },
    });
    expect(endpoints.followUpOnwardLink.responses[200].safeParse(followed.body).error).toBeUndefined();
    expect((await list(caseSystem)).body.items).toEqual([followed.body]);
    expect(JSON.stringify((await list('operations-console')).body)).not.toContain(result);
    for (const word of [organisation, result]) expect(work.record).not.toContain(word);
    for (const type of ['onward-link.made.v1', 'onward-link.followed-up.v1']) {
      expect(work.told('north-probation', type)).toMatchObject([{ allocationId, linkId: made.id }]);
      expect(work.told('provider-b', type)).toEqual([]);
    }
  });

  it('of another allocation does not exist', async () => {
    const { body: made } = await make();
    const elsewhere = { allocationId: work.allocationOf('provider-b') };
    expect(await followUp(made.id, '"1"', providerB, elsewhere)).toMatchObject({ status: 404 });
  });

  it('is a task of the provider until it is followed up, which names it', async () => {
    const { body: made } = await make();
    const taskId = work.taskOf('onward-link-follow-up');
    const task = () => work.call(getTask, endpoints.getTask, { as: providerA, params: { taskId } });
    expect(await task()).toMatchObject({ status: 200, body: { status: 'open', subject: { linkId: made.id } } });
    await followUp(made.id);
    expect(await task()).toMatchObject({ status: 200, body: { status: 'answered', subject: null } });
  });

  it('is made and followed up as long as the provider sees the allocation', async () => {
    const { body: made } = await make({ ...link, followUpOn: '2026-12-31' });
    await work.concluded(providerAccessDays - 1);
    expect(await followUp(made.id)).toMatchObject({ status: 200 });
    expect(await make()).toMatchObject({ status: 200 });
    work.pass(25);
    for (const late of [await followUp(made.id, '"2"'), await make(), await list(providerA)])
      expect(late).toMatchObject({ status: 404 });
    expect((await list(caseSystem)).body.items).toHaveLength(2);
  });
});
