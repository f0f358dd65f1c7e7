import { amendReferral, pauseReferral, resumeReferral } from '../../../shared/contracts/routes/referrals.ts';
import type { Provider } from '../actors.ts';
import { confirm } from './confirm.ts';
import { beginDelivery, finishSessions, reportBack } from './deliver.ts';
import { holdInGroup, workshop } from './group-session.ts';
import { nameOf, type Scene } from './scene.ts';
import type { Story } from './story.ts';
import { moment } from './times.ts';

const day = 86_400_000;

/** Much of what may happen to a referral in its two years (L4, L5), in a few weeks of the shared clock. */
export const twoProviders: Story = {
  name: 'two at once',
  plot: 'Two providers at once: sessions missed, an amendment, a recall, a group that moves, two reports',
  mustEnd: { endState: 'completed', endReason: 'intervention-completed' },
  inWords: true,
  async play(scene, number) {
    const { practitioner, people, northern, cambrian, clock, send, tell } = scene;
    const home = people.need('accommodation', 'northern-accommodation');
    const work = people.need('education-training-employment', 'cambrian-employment');
    const { id: referralId, referenceNumber } = await send(people.referral(number, [home, work]));
    tell(`Sent as ${referenceNumber}: accommodation, and education, training and employment`);
    await confirm(scene, referralId);
    const house = { referralId, allocationId: await northern.acceptOffer(referralId), sessions: 3 };
    const job = { referralId, allocationId: await cambrian.acceptOffer(referralId), sessions: 3, activity: workshop };
    tell(`${nameOf(northern)} and ${nameOf(cambrian)} accept: two allocations, side by side`);
    await beginDelivery(scene, northern, house);
    await beginDelivery(scene, cambrian, job);
    await northern.hold(house.allocationId, { purpose: 'session', session: 1 }, clock.now());

    await missed(scene, cambrian, job);

    await clock.passes(new Date(clock.now().getTime() + 2 * day));
    const [first] = home.desiredOutcomes ?? [];
    const needs = [{ ...home, desiredOutcomes: [first ?? ''] }, work];
    await practitioner.change(amendReferral, referralId, {
      changes: { needs },
      reason: 'The flat is his now: what is left is to keep it',
    });
    tell('The practitioner takes an outcome back: the flat is found; old and new stand in the history');
    await northern.submitPlan(house.allocationId, 2, [first ?? '']);
    const { id: approval } = await practitioner.task(referralId, 'action-plan-approval');
    await practitioner.answer(approval, { decision: 'approved' });
    tell(`${nameOf(northern)} revises its plan for it: two sessions are enough; approved again`);

    await recalled(scene, referralId);

    await finishSessions(scene, northern, { ...house, sessions: 2, from: 2 });
    await reportBack(scene, northern, { ...house, level: 'achieved' });
    await holdInGroup(scene, cambrian, { ...job, serviceId: 'cambrian-employment', session: 1 });
    await finishSessions(scene, cambrian, { ...job, from: 2 });
    await reportBack(scene, cambrian, { ...job, level: 'partially-achieved' });
  },
};

/** L4: nobody comes twice in a row, and the practitioner decides what is to become of it. */
async function missed(
  { practitioner, clock, tell }: Scene,
  provider: Provider,
  { referralId, allocationId }: { referralId: string; allocationId: string },
): Promise<void> {
  for (const weeks of [0, 1]) {
    if (weeks > 0) await clock.passes(new Date(clock.now().getTime() + 7 * day));
    await provider.hold(allocationId, { purpose: 'session', session: 1 }, clock.now(), 'no');
  }
  const { id, dueAt } = await practitioner.task(referralId, 'non-engagement');
  tell(`Missed twice in a row with ${nameOf(provider)}: the practitioner is asked by ${moment(dueAt)}`);
  await practitioner.answer(id, {
    decision: 'continue',
    reason: 'He is ill at ease alone with an adviser: try it in a group',
  });
  tell('The practitioner decides: it goes on, and he is to try it in a group');
}

/** L4: everything rests, and goes on with the time that it had left. */
async function recalled({ practitioner, clock, tell }: Scene, referralId: string): Promise<void> {
  await practitioner.change(pauseReferral, referralId, { reason: 'recalled' });
  const { dueAt } = await practitioner.task(referralId, 'paused-referral');
  tell(`Recalled to custody: every clock rests; somebody must look at it again by ${moment(dueAt)}`);
  await clock.passes(new Date(clock.now().getTime() + 9 * day));
  await practitioner.change(resumeReferral, referralId, {});
  tell('Released again after nine days: everything goes on with the time that it had left');
}
