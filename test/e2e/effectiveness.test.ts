import { randomUUID } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { Provider } from '../../infra/local/actors.ts';
import { client } from '../../infra/local/api-client.ts';
import { inParallel } from '../../infra/local/in-parallel.ts';
import { clientNamed, token } from '../../infra/local/local-aws.ts';
import { effectiveness } from '../../shared/adapters/effectiveness.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import { getService } from '../../shared/contracts/routes/services.ts';
import { respondToTask } from '../../shared/contracts/routes/tasks.ts';
import type { AreaId } from '../../shared/domain/areas.ts';
import { type Figures, monthOf, publishedPeriod } from '../../shared/domain/effectiveness.ts';
import { application, stack } from './support/deployment.ts';
import { practitioner, report, send, someone } from './support/journeys.ts';
import { itsProvider, onlyServiceIn } from './support/services.ts';

const app = application();
const provider = new Provider(stack, itsProvider);

/** All that was ever counted of a service, whatever the month has become meanwhile. */
const counted = (serviceId: string): Promise<Figures[]> =>
  effectiveness(app.db).ofMonths(serviceId, { from: '2000-01', to: '9999-12' });

async function acceptedIn(area: AreaId): Promise<{ referralId: string; allocationId: string }> {
  const referralId = await send(someone().with({ area }));
  await practitioner.confirmComplexity(referralId);
  return { referralId, allocationId: await provider.acceptOffer(referralId) };
}

const toldOf = async (serviceId: string) => {
  const court = client({ apiUrl: stack.apiUrl, token: () => token(stack, clientNamed(stack, 'court')) });
  return (await court.must(getService, { params: { serviceId } })).body.effectiveness;
};

describe('O4: what a provider has done is counted', () => {
  it('once at its end, with its outcomes and waits, also when the last request is sent again', async () => {
    const serviceId = await onlyServiceIn('kent', 1);
    const { referralId, allocationId } = await acceptedIn('kent');
    expect((await app.directory.find(serviceId))?.capacity).toMatchObject({ confirmed: 1, answers: 1 });
    await provider.hold(allocationId, { purpose: 'supplier-assessment' }, new Date());
    await provider.submitPlan(allocationId, 1);
    await practitioner.answer((await practitioner.task(referralId, 'action-plan-approval')).id, {
      decision: 'approved',
    });
    await provider.hold(allocationId, { purpose: 'session', session: 1 }, new Date());
    await provider.complete(allocationId);
    await report({ provider, referralId, allocationId, taskId: '' });
    expect(await counted(serviceId)).toEqual([]);

    const { id: taskId } = await practitioner.task(referralId, 'end-of-service-report-acknowledgement');
    const acknowledging = { params: { taskId }, body: { decision: 'acknowledged' as const } };
    await inParallel([1, 2, 3], 3, () => practitioner.api.call(respondToTask, acknowledging));
    await practitioner.concluded(referralId);
    expect((await practitioner.api.call(respondToTask, acknowledging)).status).toBe(202);
    const { needs } = await practitioner.read(referralId);
    const outcomes = needs.flatMap(({ desiredOutcomes }) => desiredOutcomes ?? []).length;
    const [figures, ...others] = await counted(serviceId);
    expect(others).toEqual([]);
    const { 'accepted#0': sameDay = 0, 'accepted#1': nextDay = 0, ...rest } = figures ?? {};
    expect(sameDay + nextDay).toBe(1);
    expect(rest).toEqual({
      starts: 1,
      completions: 1,
      'outcomes#achieved': outcomes,
      'people#achieved': 1,
      'attended#0': 1,
    });
  });

  it('also where many end at once, each withdrawn twice with one key', async () => {
    const serviceId = await onlyServiceIn('sussex', 6);
    const accepted = await inParallel([1, 2, 3, 4, 5, 6], 3, () => acceptedIn('sussex'));
    await inParallel(accepted, 6, async ({ referralId }) => {
      const { etag } = await practitioner.read(referralId);
      const request = {
        params: { referralId },
        ifMatch: etag,
        idempotencyKey: randomUUID(),
        body: { reason: 'moved' as const },
      };
      await practitioner.api.must(withdrawReferral, request);
      await practitioner.api.must(withdrawReferral, request);
    });
    expect(await counted(serviceId)).toEqual([{ notStarted: 6 }]);
    expect(await toldOf(serviceId)).toMatchObject({ notEnoughData: true });
  });
});

describe('O4: what is told of a service', () => {
  it('is of months that are over, and of ten people or more', async () => {
    const serviceId = await onlyServiceIn('essex', 0);
    const now = await app.clock.now();
    const { from, to } = publishedPeriod(now);
    const keep = (month: string, figures: Figures) => {
      const Item = { ...keys.effectiveness(serviceId, month), ...figures };
      return app.db.send(new PutCommand({ TableName: stack.recordTableName, Item }));
    };
    const nine = { starts: 9, completions: 9, 'accepted#1': 9, 'attended#4': 9 };
    await keep(from, nine);
    await keep(monthOf(now), nine);
    expect(await toldOf(serviceId)).toEqual({ from, to, minimumGroup: 10, notEnoughData: true });
    await keep(to, nine);
    expect(await toldOf(serviceId)).toEqual({
      from,
      to,
      minimumGroup: 10,
      notEnoughData: false,
      starts: 20,
      notStarted: 0,
      completions: 20,
      outcomes: { achieved: 0, partiallyAchieved: 0, notAchieved: 0 },
      medianDays: { toAcceptance: 1, toFirstAppointment: 4 },
    });
  });
});
