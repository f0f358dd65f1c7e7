import { randomUUID } from 'node:crypto';
import { differenceInCalendarDays } from 'date-fns';
import {
  amendReferral,
  listReferrals,
  sendReferral,
  withdrawReferral,
} from '../../../shared/contracts/routes/referrals.ts';
import { getService } from '../../../shared/contracts/routes/services.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import { until } from '../actors.ts';
import { confirm, type Override } from './confirm.ts';
import { beginDelivery, deliver, reportBack } from './deliver.ts';
import { nameOf, type Scene } from './scene.ts';
import type { Story } from './story.ts';
import { day, moment } from './times.ts';
import { twoProviders } from './two-providers.ts';

const completed = { endState: 'completed', endReason: 'intervention-completed' } as const;

/** Sends a referral and confirms its levels, so that it goes to the providers. */
async function sendAndConfirm(scene: Scene, facts: ReferralFacts, instead?: Override): Promise<string> {
  const { send, tell } = scene;
  const { id, referenceNumber } = await send(facts);
  tell(`Sent as ${referenceNumber}: ${facts.needs.map(({ need }) => need).join(', ')}`);
  await confirm(scene, id, instead ? { instead } : {});
  return id;
}

const acceptedAtOnce: Story = {
  name: 'accepted',
  plot: 'A recommended complexity with its reasons; accepted at once and delivered to the end',
  mustEnd: completed,
  async play(scene, number) {
    const { people, northern, tell } = scene;
    const need = people.need('accommodation', 'northern-accommodation', {
      home: 'homeless',
      'tenancy-history': 'poor',
      'tenancy-skills': 'few',
      'further-needs': 'managed',
    });
    const id = await sendAndConfirm(scene, people.referral(number, [need]));
    await northern.acceptOffer(id);
    tell(`${nameOf(northern)} accepts`);
    await deliver(scene, northern, id);
  },
};

const declinedThenAccepted: Story = {
  name: 'declined',
  plot: 'Declined by the first provider, accepted by the next',
  mustEnd: completed,
  async play(scene, number) {
    const { practitioner, people, northern, thames, ranked, tell } = scene;
    const need = people.need('emotional-wellbeing', 'northern-wellbeing');
    const id = await sendAndConfirm(scene, people.referral(number, [need], { area: 'metropolitan-police' }));
    await northern.declineOffer(id, 'no-capacity', 'Both caseworkers are on leave this month');
    tell(`${nameOf(northern)} declines: no capacity`);
    await thames.acceptOffer(id);
    tell(`${nameOf(thames)}, next in the ranking, accepts`);
    ranked(await practitioner.rankings(id));
    await deliver(scene, thames, id);
  },
};

const silentThenAccepted: Story = {
  name: 'silent',
  plot: 'The first provider stays silent until its offer lapses',
  mustEnd: completed,
  async play(scene, number) {
    const { people, northern, thames, clock, tell } = scene;
    const need = people.need('dependency-recovery', 'thames-recovery');
    const id = await sendAndConfirm(scene, people.referral(number, [need]));
    const { id: taskId, dueAt } = await thames.task(id, 'offer');
    tell(`${nameOf(thames)} has until ${moment(dueAt)} to answer, and says nothing`);
    await clock.passes(new Date(Date.parse(dueAt) - 3_600_000));
    await until('the reminder', async () => ((await thames.readTask(taskId)).remindedAt ? true : undefined));
    tell(`${nameOf(thames)} was reminded, and still says nothing`);
    await clock.passes(new Date(dueAt));
    const { status } = await until('the lapse', async () => {
      const task = await thames.readTask(taskId);
      return task.status === 'open' ? undefined : task;
    });
    if (status !== 'lapsed') throw new Error(`the silent offer is ${status}, not lapsed`);
    await northern.acceptOffer(id);
    tell(`The offer lapsed; ${nameOf(northern)} was asked next and accepts`);
    await deliver(scene, northern, id);
  },
};

const refusedAtTheDoor: Story = {
  name: 'refused',
  plot: 'Refused at the door, with every failed rule',
  mustEnd: { refused: ['E1', 'E2', 'E5'] },
  async play({ practitioner, court, people, refused, tell }, number) {
    const sentence = people.order({ requirements: ['unpaid-work'], rarDays: null });
    const needs = [people.need('finance-benefit-debt')];
    const facts = people.referral(number, needs, { area: 'lancashire', sentence });
    const request = { body: facts, idempotencyKey: randomUUID() };
    const { status, body } = await practitioner.api.call(sendReferral, request);
    if (status !== 422 || !('needs' in body)) throw new Error(`it was answered with ${status}, not refused`);
    const failed = (body.needs ?? []).flatMap((need) => ('failed' in need ? need.failed : []));
    tell(
      'Refused (422): unpaid work alone, for money advice in Lancashire',
      failed.flatMap(({ rule, reason, instead }) => [
        { mark: rule, text: reason },
        { mark: ' →', text: instead },
      ]),
    );
    refused([...new Set(failed.map(({ rule }) => rule))].sort());
    const { body: kept } = await practitioner.api.must(listReferrals, { query: { crn: facts.crn } });
    if (kept.items.length > 0) throw new Error('a refused referral was kept');

    const proposed = people.order({ requirements: ['unpaid-work', 'rehabilitation-activity'], proposed: true });
    const asked = { person: facts.person, area: 'metropolitan-police', sentence: proposed } as const;
    const { result, needs: answers } = await court.check({ ...asked, setting: 'community', needs: facts.needs });
    const services = answers.flatMap((answer) => answer.services.map(({ name }) => name));
    if (result !== 'eligible') throw new Error(`the court was told ${result}, not eligible`);
    tell('Nothing is kept. A court asks: what would be open with a RAR, in London?');
    tell(`Eligible, with ${services.join(' or ')}`);
  },
};

const foundIneligible: Story = {
  name: 'ineligible',
  plot: 'Found ineligible when a missing fact arrives',
  mustEnd: { endState: 'cancelled', endReason: 'ineligible' },
  async play({ practitioner, people, send, tell }, number) {
    const needs = [people.need('finance-benefit-debt')];
    const { id, referenceNumber } = await send(people.referral(number, needs, { area: null }));
    tell(`Sent as ${referenceNumber} without an area: finance-benefit-debt`);
    const { id: taskId, subject } = await practitioner.task(id, 'missing-information');
    tell(`The service asks for ${(subject?.missing ?? []).join(', ')}`);
    await practitioner.answer(taskId, { area: 'west-yorkshire' });
    const { failed } = await practitioner.concluded(id);
    const rules = failed.map(({ rule }) => rule);
    if (rules.join() !== 'E5') throw new Error(`it ended by ${rules.join(', ') || 'no rule'}, not by E5`);
    tell('The answer: West Yorkshire, where this need is not served (rule E5)');
  },
};

const fourNeeds: Story = {
  name: 'four needs',
  plot: "A woman with four needs, met together by one women's service; abuse counts",
  mustEnd: completed,
  async play(scene, number) {
    const { practitioner, people, cambrian, send, tell } = scene;
    const facts = people.referral(
      number,
      [
        people.need('womens-accommodation', 'cambrian-womens-centre', {
          home: 'temporary',
          'tenancy-history': 'good',
          'abuse-or-coercion': 'now',
        }),
        people.need('womens-finance-benefit-debt'),
        people.need('womens-emotional-wellbeing'),
        people.need('womens-family-significant-others'),
      ],
      {
        area: 'gwent',
        person: {
          sex: 'female',
          dateOfBirth: '1988-06-14',
          accessibility: ['step-free-access'],
          interpreterLanguage: 'cy',
        },
        reasonForReferral: 'Has to leave the present address in six weeks, with two children',
      },
    );
    const { id, referenceNumber } = await send(facts);
    tell(`Sent as ${referenceNumber}: women's accommodation, finance, wellbeing and family`);
    await confirm(scene, id, { level: 'high' });
    await cambrian.acceptOffer(id);
    const { allocations } = await practitioner.read(id);
    const [allocation, ...others] = allocations;
    if (others.length > 0 || allocation?.needs.length !== 4) throw new Error('the four needs are not one allocation');
    tell(`${nameOf(cambrian)} accepts: four needs in one allocation`);
    await deliver(scene, cambrian, id);
  },
};

const withdrawnInDelivery: Story = {
  name: 'withdrawn',
  plot: 'A recommended level overridden; withdrawn in mid-delivery, the report still due',
  mustEnd: { endState: 'ended', endReason: 'returned-to-custody' },
  async play(scene, number) {
    const { practitioner, people, thames, clock, tell } = scene;
    const need = people.need('lifestyle-associates', 'thames-wellbeing', {
      'prosocial-ties': 'few',
      'community-groups': 'little-interest',
      'time-alone': 'mostly',
      'offending-peers': 'some',
    });
    const id = await sendAndConfirm(scene, people.referral(number, [need], { area: 'lancashire' }), {
      need: 'lifestyle-associates',
      level: 'high',
      reason: 'A cousin has started to use his flat to deal from',
    });
    const allocationId = await thames.acceptOffer(id);
    tell(`${nameOf(thames)} accepts`);
    await beginDelivery(scene, thames, { referralId: id, allocationId, sessions: 6 });
    await thames.hold(allocationId, { purpose: 'session', session: 1 }, clock.now());
    await practitioner.change(withdrawReferral, id, { reason: 'returned-to-custody' });
    await thames.task(id, 'end-of-service-report');
    tell('One session held of six; the practitioner withdraws it: returned to custody');
    tell('Delivery had begun, so the end of service report is due');
    await reportBack(scene, thames, { referralId: id, allocationId, level: 'partially-achieved' });
  },
};

const throughTheGate: Story = {
  name: 'custody',
  plot: 'Sent from custody; its clock starts at release, and moves with it',
  mustEnd: completed,
  async play(scene, number) {
    const { practitioner, people, cambrian, clock, tell } = scene;
    const [planned, later] = [people.dayIn(9), people.dayIn(14)];
    const facts = people.referral(number, [people.need('education-training-employment', 'cambrian-employment')], {
      sentence: people.order({ type: 'licence', requirements: [], rarDays: null }),
      setting: 'custody',
      expectedReleaseDate: planned,
    });
    const id = await sendAndConfirm(scene, facts);
    await cambrian.acceptOffer(id);
    const before = (await cambrian.task(id, 'supplier-assessment')).dueAt;
    mustFollowRelease(before, planned);
    tell(`${nameOf(cambrian)} accepts`);
    tell(`Release on ${day(planned)}, so the assessment is due by ${moment(before)}`);
    const changes = { expectedReleaseDate: later };
    await practitioner.change(amendReferral, id, { changes, reason: 'The parole hearing was put back' });
    const after = (await cambrian.task(id, 'supplier-assessment')).dueAt;
    mustFollowRelease(after, later);
    if (after <= before) throw new Error(`the deadline stayed at ${before}`);
    tell(`Put back to ${day(later)}: now the assessment is due by ${moment(after)}`);
    await clock.passes(new Date(`${later}T13:00:00Z`));
    tell('The day of release has come');
    await deliver(scene, cambrian, id);
  },
};

/** E8, T2: ten working days are at least fourteen of the calendar, and with its holidays at most twenty-one. */
function mustFollowRelease(dueAt: string, release: string): void {
  const days = differenceInCalendarDays(new Date(dueAt), new Date(`${release}T09:00:00Z`));
  if (days < 14 || days > 21) throw new Error(`the assessment is due ${days} days after release`);
}

const returnedForInformation: Story = {
  name: 'returned',
  plot: 'Returned for information, then accepted by the same provider',
  mustEnd: completed,
  async play(scene, number) {
    const { practitioner, people, northern, tell } = scene;
    const need = people.need('family-significant-others', 'northern-wellbeing');
    const id = await sendAndConfirm(scene, people.referral(number, [need]));
    await northern.returnOffer(id, 'May he see his children, or does an order forbid it?');
    tell(`${nameOf(northern)} asks: may he see his children?`);
    const { id: taskId } = await practitioner.task(id, 'offer-returned');
    await practitioner.answer(taskId, { information: 'Every second Saturday, at a contact centre' });
    tell('The practitioner answers: at a contact centre');
    const { subject } = await northern.task(id, 'offer');
    if (!subject?.information) throw new Error('the new offer does not have the answer');
    await northern.acceptOffer(id);
    tell(`${nameOf(northern)} reads it and accepts`);
    await deliver(scene, northern, id);
  },
};

const nobodyLeft: Story = {
  name: 'nobody left',
  plot: 'Declined by all; operations allocate it by hand',
  mustEnd: completed,
  async play(scene, number) {
    const { people, operations, northern, cambrian, tell } = scene;
    const need = people.need('education-training-employment', 'northern-employment');
    const id = await sendAndConfirm(scene, people.referral(number, [need], { area: 'lancashire' }));
    await northern.declineOffer(id, 'not-suitable', 'Needs evening hours');
    await cambrian.declineOffer(id, 'no-capacity', 'No places in the evening group until next week');
    tell(`${nameOf(northern)} and ${nameOf(cambrian)} decline; nobody else is left`);
    const { id: taskId, subject } = await operations.task(id, 'manual-allocation');
    tell(`Operations get a task: ${(subject?.tried ?? []).length} services tried, none took it`);
    const reason = 'Agreed by telephone: a second evening group opens on Monday';
    await operations.answer(taskId, { serviceId: 'cambrian-employment', reason });
    await cambrian.acceptOffer(id);
    tell(`Operations agree it by telephone with ${nameOf(cambrian)}, who accepts`);
    await deliver(scene, cambrian, id);
  },
};

const waitingList: Story = {
  name: 'in line',
  plot: 'The only service is full; the wait ends when its place comes free',
  mustEnd: completed,
  async play(scene, number) {
    const { practitioner, court, people, operations, cambrian, tell } = scene;
    const facts = (who: number) =>
      people.referral(who, [people.need('accommodation', 'cambrian-tenancies')], { area: 'dyfed-powys' });
    const other = await practitioner.send(facts(number + 50));
    await practitioner.confirmComplexity(other.id);
    await cambrian.task(other.id, 'offer');
    tell(`${nameOf(cambrian)} has one tenancy, and somebody else has just been offered it`);
    const id = await sendAndConfirm(scene, facts(number));
    const { dueAt, subject } = await operations.task(id, 'waiting-list');
    const { body } = await court.api.must(getService, { params: { serviceId: 'cambrian-tenancies' } });
    const { waiting, free } = body.availability;
    tell(`In line for ${subject?.services.join()}: ${waiting} waiting, ${free} free, as the court sees too`);
    tell(`If nothing has come free by ${moment(dueAt)}, operations are called`);
    await practitioner.change(withdrawReferral, other.id, { reason: 'need-met-elsewhere' });
    tell('The other person has found a flat: their referral is withdrawn, and the place is free');
    await cambrian.acceptOffer(id);
    tell(`Offered at once to who was first in line; ${nameOf(cambrian)} accepts`);
    await deliver(scene, cambrian, id);
  },
};

/** What the demo plays, in the order in which it is shown; all of it side by side. */
export const stories: readonly Story[] = [
  acceptedAtOnce,
  declinedThenAccepted,
  silentThenAccepted,
  refusedAtTheDoor,
  foundIneligible,
  fourNeeds,
  withdrawnInDelivery,
  throughTheGate,
  returnedForInformation,
  nobodyLeft,
  waitingList,
  twoProviders,
];
