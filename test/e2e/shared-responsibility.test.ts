import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../infra/local/actors.ts';
import type { EventView } from '../../shared/contracts/event.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { amendReferral, pauseReferral, withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import { aMansReferral, theWorld, type World, whenReferral } from './support/b-world.ts';

/** E9: on the personality-disorder pathway responsibility is shared with health; both owners are recorded and informed. */

let world: World;
beforeAll(async () => {
  world = await theWorld();
});

/** What a client hears of a referral at `/v1/events`, once it has come to an event of a type. */
const heard = (name: string, referralId: string, last: EventView['type']): Promise<EventView[]> =>
  until(`${last} in the feed of ${name}`, async () => {
    const own: EventView[] = [];
    let after: string | undefined;
    for (;;) {
      const query = { limit: 100, ...(after ? { after } : {}) };
      const { body } = await world.as(name).must(endpoints.listEvents, { query });
      own.push(...body.items.filter((event) => event.referralId === referralId));
      if (body.items.length === 0 || !body.cursor) break;
      after = body.cursor;
    }
    return own.some(({ type }) => type === last) ? own : undefined;
  });

const probation = 'leeds-probation';
const health = 'leeds-mental-health';

describe('E9: a referral of somebody on the pathway', () => {
  it('asks for its owners, who then hear of it until they are replaced', async () => {
    const { practitioner } = world;
    const facts = aMansReferral().with({ opdPathway: true });
    const sent = await practitioner.send(facts);
    expect(sent).toMatchObject({ status: 'needs-information', missing: ['/opdOwners'] });
    const { id: taskId } = await practitioner.task(sent.id, 'missing-information');

    const alone = { opdOwners: { probation, health: probation } };
    const refused = await practitioner.api.call(endpoints.respondToTask, { params: { taskId }, body: alone });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/opdOwners/health', rule: 'E9' }] } });

    await practitioner.answer(taskId, { opdOwners: { probation, health } });
    await whenReferral(practitioner, sent.id, 'complete', ({ missing }) => missing.length === 0);
    await practitioner.confirmComplexity(sent.id);
    await practitioner.change(pauseReferral, sent.id, { reason: 'hospital' });

    for (const owner of ['probation-owner', 'health-owner']) {
      const told = await heard(owner, sent.id, 'referral.paused.v1');
      expect(told.map(({ type, data, crn }) => ({ type, data, crn }))).toEqual([
        { type: 'opd.owners-recorded.v1', data: { probation, health }, crn: facts.crn },
        { type: 'referral.paused.v1', data: { reason: 'hospital' }, crn: facts.crn },
      ]);
    }
    // To be told of it is not to see it.
    const read = await world.as('health-owner').call(endpoints.getReferral, { params: { referralId: sent.id } });
    expect(read.status).toBe(404);

    const opdOwners = { probation: 'probation-service', health };
    await practitioner.change(amendReferral, sent.id, { changes: { opdOwners }, reason: 'Moved to another team' });
    await practitioner.change(withdrawReferral, sent.id, { reason: 'moved' });

    const stayed = await heard('health-owner', sent.id, 'referral.concluded.v1');
    expect(stayed.map(({ type }) => type)).toEqual([
      'opd.owners-recorded.v1',
      'referral.paused.v1',
      'referral.amended.v1',
      'opd.owners-recorded.v1',
      'referral.withdrawn.v1',
      'referral.concluded.v1',
    ]);
    const replaced = await heard('probation-owner', sent.id, 'referral.amended.v1');
    expect(replaced.map(({ type }) => type)).toEqual([
      'opd.owners-recorded.v1',
      'referral.paused.v1',
      'referral.amended.v1',
      'opd.owners-recorded.v1',
    ]);
    expect(replaced.at(-1)?.data).toEqual(opdOwners);
  });
});
