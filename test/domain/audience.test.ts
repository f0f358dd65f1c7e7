import { describe, expect, it } from 'vitest';
import { audienceOf } from '../../shared/domain/audience.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { bookAppointment, recordFeedback } from '../../shared/domain/commands/appointments.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import type { DomainEvent, EventType } from '../../shared/domain/events.ts';
import { evolve } from '../../shared/domain/evolve.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { aReferralState, aSession, feedback, type Story, sender } from '../builders/story.ts';
import { wednesday } from '../builders/times.ts';

/** Who was told of each event, as it was told: with the referral as it stood just after it. */
function told(story: Story): [EventType, string[]][] {
  const [first, ...rest] = story.world.events;
  if (first?.type !== 'referral.sent.v1') throw new Error('a referral starts by being sent');
  const [sent = story.world.now, ...times] = story.world.times;
  let state = evolve({ referral: first.detail.referral }, first, sent);
  const audiences: [EventType, string[]][] = [[first.type, audienceOf(state.referral, first)]];
  for (const [index, event] of rest.entries()) {
    const { allocations, appointments } = story.world;
    const ids = event.data as { allocationId?: string; appointmentId?: string };
    const allocation = state.allocation ?? allocations.get(ids.allocationId ?? '');
    const appointment = appointments.get(ids.appointmentId ?? '');
    const before = state;
    state = evolve(
      { ...state, ...(allocation ? { allocation } : {}), ...(appointment ? { appointment } : {}) },
      event,
      times[index] ?? story.world.now,
    );
    audiences.push([event.type, audienceOf(state.referral, event, before.referral)]);
  }
  return audiences;
}
/** The organisations that were told of any event of a type. */
const whoKnows = (story: Story, type: EventType): string[] => [
  ...new Set(told(story).flatMap(([one, audience]) => (one === type ? audience : []))),
];

const { organisation } = sender;
const both = aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] });
const declinedThenDelivered = () => {
  const services = [
    serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    serviceOf('refuses', { needs: ['accommodation'] }),
  ];
  const asked = aReferralState(both).offeredFrom(services);
  const offer = asked.tasks('offer').find((task) => task.organisation === 'refuses');
  const declined = asked.does(answerOffer, {
    taskId: offer?.id ?? '',
    answer: { decision: 'declined', reason: 'other' },
  });
  const delivering = declined
    .offeredFrom([serviceOf('homes', { needs: ['accommodation'] })])
    .accepted()
    .delivering();
  const homes = delivering.referral.allocations.find(({ providerId }) => providerId === 'homes')?.id;
  const booked = delivering.does(bookAppointment, aSession(1, delivering.world.now), { allocationId: homes });
  const scope = booked.newestOf(homes ?? '');
  const words = { kind: 'safety' as const, text: 'x' };
  return booked.does(recordFeedback, feedback({ concern: words }), { ...scope, at: wednesday('10:00') });
};

describe('Rule 9: who may know of an event', () => {
  const story = declinedThenDelivered()
    .amended({ practitioner: { id: 'pp-2' } })
    .paused()
    .resumed();
  const withdrawn = story.withdrawn().acknowledged();

  it('the case system that sent the referral knows of every one', () =>
    expect(told(withdrawn).every(([, audience]) => audience[0] === organisation)).toBe(true));

  it.each<[EventType, string[]]>([
    ['referral.sent.v1', []],
    ['complexity.recommended.v1', []],
    ['complexity.confirmed.v1', []],
    ['candidates.ranked.v1', []],
    ['offer.made.v1', ['homes', 'minds', 'refuses']],
    ['offer.accepted.v1', ['homes', 'minds']],
    ['offer.declined.v1', ['refuses']],
    ['allocation.started.v1', ['homes', 'minds']],
    ['appointment.booked.v1', ['homes', 'minds']],
    ['concern.raised.v1', ['homes']],
    ['referral.amended.v1', ['homes', 'minds']],
    ['referral.paused.v1', ['homes', 'minds']],
    ['referral.resumed.v1', ['homes', 'minds']],
    ['referral.withdrawn.v1', ['homes', 'minds']],
    ['delivery.ended.v1', ['homes', 'minds']],
    ['allocation.ended.v1', ['homes', 'minds']],
    ['referral.concluded.v1', ['homes', 'minds']],
  ])('%s', (type, providers) => {
    const known = whoKnows(withdrawn, type);
    expect(known.slice(0, 1).concat(known.slice(1).sort())).toEqual([organisation, ...providers]);
  });

  it('one provider knows nothing of the work of another', () => {
    const forMinds = told(story).filter(([, audience]) => audience.includes('minds'));
    expect(forMinds.map(([type]) => type)).not.toContain('concern.raised.v1');
  });

  it('L4: that an appointment comes near is told to whoever holds it, and to the case system', () => {
    const [homes] = story.referral.allocations.filter(({ providerId }) => providerId === 'homes');
    const id = homes?.id ?? '';
    const data = { allocationId: id, appointmentId: id, startsAt: wednesday('10:00').toISOString() };
    expect(audienceOf(story.referral, { type: 'appointment.reminded.v1', data })).toEqual([organisation, 'homes']);
  });

  it('a provider that declined hears no more', () => {
    const heard = told(withdrawn).flatMap(([type, audience]) => (audience.includes('refuses') ? [type] : []));
    expect(heard).toEqual(['task.opened.v1', 'offer.made.v1', 'offer.declined.v1']);
  });

  it('a provider whose part has ended hears of that, and of the referral no more', () => {
    const left = aReferralState(both)
      .offeredFrom([
        serviceOf('homes', { needs: ['accommodation'] }),
        serviceOf('minds', { needs: ['emotional-wellbeing'] }),
      ])
      .accepted();
    const own = left.referral.allocations.find(({ providerId }) => providerId === 'minds')?.id;
    const later = left
      .does(completeDelivery, { reason: 'moved' }, { allocationId: own, at: wednesday('10:00') })
      .paused({ at: wednesday('11:00') })
      .resumed({ at: wednesday('12:00') })
      .withdrawn({ at: wednesday('13:00') });
    const heardBy = (one: string) => told(later).flatMap(([type, audience]) => (audience.includes(one) ? [type] : []));
    expect(heardBy('minds').slice(-2)).toEqual(['delivery.ended.v1', 'allocation.ended.v1']);
    expect(heardBy('homes').slice(-6)).toEqual([
      'referral.paused.v1',
      'referral.resumed.v1',
      'referral.withdrawn.v1',
      'delivery.ended.v1',
      'allocation.ended.v1',
      'referral.concluded.v1',
    ]);
  });

  it('E7: a report of risk is for the probation service; the new level is for every provider that is involved', () => {
    const answer = { seriousHarm: 'high' as const };
    const accepted = aReferralState(both)
      .offeredFrom([
        serviceOf('homes', { needs: ['accommodation'] }),
        serviceOf('minds', { needs: ['emotional-wellbeing'] }),
      ])
      .accepted();
    const during = story.riskReported().riskReassessed(answer);
    expect(whoKnows(during, 'risk.escalation-reported.v1')).toEqual([organisation]);
    for (const type of ['risk.reassessed.v1', 'risk.responsibility-moved.v1'] as const)
      expect(whoKnows(during, type).sort()).toEqual(['homes', 'minds', organisation].sort());
    const offered = aReferralState().offeredTo('provider-a').riskReported().riskReassessed(answer);
    expect(whoKnows(offered, 'risk.reassessed.v1')).toEqual([organisation, 'provider-a']);
    const oneLeft = accepted.does(
      completeDelivery,
      { reason: 'moved' },
      { allocationId: accepted.referral.allocations.find(({ providerId }) => providerId === 'minds')?.id },
    );
    expect(whoKnows(oneLeft.riskReported().riskReassessed(answer), 'risk.reassessed.v1')).toEqual([
      organisation,
      'homes',
    ]);
    const over = withdrawn.riskReported().riskReassessed(answer);
    expect(whoKnows(over, 'risk.reassessed.v1')).toEqual([organisation]);
  });

  it('E7: of the reassessment’s task and its clock only the practitioner hears', () => {
    const reported = story.riskReported();
    const { id: taskId, dueAt } = reported.task('risk-reassessment');
    const late = reported.does(keepClocks, { taskId }, { at: new Date(Date.parse(dueAt) + 1) });
    expect(whoKnows(late, 'clock.breached.v1')).toEqual([organisation]);
  });

  it('a provider hears that its offer is asked, reminded and lapsed', () => {
    const offered = aReferralState().offeredTo('provider-a', { dueAt: wednesday('17:00') });
    const { id: taskId, remindAt, dueAt } = offered.task('offer');
    const lapsed = offered
      .does(keepClocks, { taskId }, { at: new Date(remindAt ?? '') })
      .does(keepClocks, { taskId }, { at: new Date(Date.parse(dueAt) + 1) });
    const heard = told(lapsed).flatMap(([type, audience]) => (audience.includes('provider-a') ? [type] : []));
    expect(heard).toEqual(['task.opened.v1', 'offer.made.v1', 'task.reminded.v1', 'task.lapsed.v1', 'offer.lapsed.v1']);
  });
});

describe('E9: the owners of a shared responsibility', () => {
  const owners = { probation: 'probation-hub', health: 'health-trust' };
  const heardBy = (story: Story, one: string): EventType[] =>
    told(story).flatMap(([type, audience]) => (audience.includes(one) ? [type] : []));
  const sent = () => aReferralState(aReferral().with({ opdPathway: true, opdOwners: owners }));
  const lived = (story: Story) =>
    story.delivering().amended({ externalReference: 'CASE-2' }).paused().resumed().withdrawn().acknowledged();

  it('know of what concerns the whole referral from the event that records them on, and of nothing else', () => {
    for (const owner of [owners.probation, owners.health]) {
      expect(heardBy(lived(sent()), owner)).toEqual([
        'opd.owners-recorded.v1',
        'referral.amended.v1',
        'referral.paused.v1',
        'referral.resumed.v1',
        'referral.withdrawn.v1',
        'referral.concluded.v1',
      ]);
    }
  });

  it('whom an amendment brings are told by the event that records them, not by the amendment', () => {
    const amended = aReferralState().delivering().amended({ opdPathway: true, opdOwners: owners });
    expect(heardBy(amended.paused(), owners.health)).toEqual(['opd.owners-recorded.v1', 'referral.paused.v1']);
  });

  it('who are replaced hear of that, and then nothing more', () => {
    const replaced = sent()
      .amended({ opdOwners: { ...owners, health: 'other-trust' } })
      .paused();
    expect(heardBy(replaced, 'health-trust')).toEqual([
      'opd.owners-recorded.v1',
      'referral.amended.v1',
      'opd.owners-recorded.v1',
    ]);
    expect(heardBy(replaced, 'other-trust')).toEqual(['opd.owners-recorded.v1', 'referral.paused.v1']);
    expect(heardBy(replaced, owners.probation)).toContain('referral.paused.v1');
  });

  it('are no longer told once the person has left the pathway', () => {
    const left = sent().amended({ opdPathway: false, opdOwners: null }).paused();
    expect(heardBy(left, owners.health)).toEqual([
      'opd.owners-recorded.v1',
      'referral.amended.v1',
      'opd.owners-removed.v1',
    ]);
  });

  it('are told of an escalated or reassessed risk', () => {
    const { referral, world } = sent();
    const risk: DomainEvent = JSON.parse(JSON.stringify({ ...world.events[0], type: 'risk.reassessed.v1' }));
    expect(audienceOf(referral, risk)).toEqual([organisation, owners.probation, owners.health]);
  });

  it('hear once where one of them is the case system or a provider as well', () => {
    const both = { probation: organisation, health: 'provider-a' };
    const story = aReferralState(aReferral().with({ opdPathway: true, opdOwners: both }))
      .delivering()
      .paused();
    const [, audience] = told(story).find(([type]) => type === 'referral.paused.v1') ?? [];
    expect(audience).toEqual([organisation, 'provider-a']);
  });

  it('are known to the provider that delivers', () => {
    const amended = aReferralState().delivering().amended({ opdPathway: true, opdOwners: owners });
    expect(heardBy(amended, 'provider-a')).toContain('opd.owners-recorded.v1');
  });
});
