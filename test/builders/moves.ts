import { addDays, addHours, formatISO } from 'date-fns';
import { answerPlanApproval, draftPlan, submitPlan } from '../../shared/domain/commands/action-plan.ts';
import { addOfferInformation, allocateManually, answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import {
  bookAppointment,
  cancelAppointment,
  changeAppointment,
  recordFeedback,
} from '../../shared/domain/commands/appointments.ts';
import { writeCaseNote } from '../../shared/domain/commands/case-notes.ts';
import {
  amendReferral,
  pauseReferral,
  resumeReferral,
  withdrawReferral,
} from '../../shared/domain/commands/change-referral.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { changeDraft, keepDraft, submitDraft } from '../../shared/domain/commands/draft.ts';
import { endEarly } from '../../shared/domain/commands/end-early.ts';
import { answerReport, draftReport, submitReport } from '../../shared/domain/commands/end-of-service-report.ts';
import { extendReferral } from '../../shared/domain/commands/extend-referral.ts';
import { followGroupSession } from '../../shared/domain/commands/group-seat.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import { makeOffers, offerPlace } from '../../shared/domain/commands/make-offers.ts';
import { readMessage, sendMessage } from '../../shared/domain/commands/messages.ts';
import { answerNonEngagement } from '../../shared/domain/commands/non-engagement.ts';
import { followUpLink, makeOnwardLink } from '../../shared/domain/commands/onward-links.ts';
import { noteFailure, redrive, release, republish } from '../../shared/domain/commands/operate.ts';
import { acceptEngagement, assignCaseworker, completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import { noteExport, removeRecord } from '../../shared/domain/commands/records.ts';
import { remindAppointment } from '../../shared/domain/commands/remind-appointment.ts';
import { reopenReferral } from '../../shared/domain/commands/reopen-referral.ts';
import { raiseUnattended, repairTask, takeOver } from '../../shared/domain/commands/repair.ts';
import { reassessRisk, reportRisk } from '../../shared/domain/commands/risk.ts';
import { supplyInformation } from '../../shared/domain/commands/supply-information.ts';
import { transferReferral } from '../../shared/domain/commands/transfer-referral.ts';
import type { Context, Decide, ReferralState } from '../../shared/domain/decision.ts';
import type { GroupSession } from '../../shared/domain/group-session.ts';
import type { FactChanges } from '../../shared/domain/merge-facts.ts';
import type { Message } from '../../shared/domain/message.ts';
import { type AllocationSummary, joined, type OpenTask } from '../../shared/domain/referral.ts';
import { lifecycleStanding } from '../../shared/domain/standing.ts';
import { nonEngagementDecisions, riskReporters } from '../../shared/domain/vocabulary.ts';
import { linesOf } from '../../shared/domain/waiting-list.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import { choiceOf, named, serviceOf } from './services.ts';
import { aGroupSession, anAssessment, aSession, feedback, inGroup, type Scope, type Story, sender } from './story.ts';

/** Something that anyone might do now, allowed or not. */
export interface Move {
  name: string;
  scope?: Scope;
  decide: (state: ReferralState, context: Context) => ReturnType<Decide<object>>;
}

/** Stands in for everything that a person writes: it must never be seen outside the private table. */
export const canary = 'canary-7f3a';

const move = <Command>(name: string, decide: Decide<Command>, command: Command, scope?: Scope): Move => ({
  name,
  ...(scope ? { scope } : {}),
  decide: (state, context) => decide(state, command, context),
});

/** The same, given a group session. */
const beside =
  <Command>(decide: Decide<Command>, groupSession: ReferralState['groupSession']): Decide<Command> =>
  (state, command, context) =>
    decide({ ...state, ...(groupSession ? { groupSession } : {}) }, command, context);

const complete: FactChanges = {
  area: 'west-yorkshire',
  risk: { seriousHarm: 'low' },
  opdPathway: false,
  opdOwners: null,
};
const changes: [string, FactChanges][] = [
  ['of the area', { area: 'lancashire' }],
  ['back to the area', { area: 'west-yorkshire' }],
  ['that loses the risk', { risk: { seriousHarm: null } }],
  ['that loses the area', { area: null }],
  ['of the team', { practitioner: { id: 'pp-2' }, reasonForReferral: canary }],
  ['of a shorter order', { sentence: { rarDays: 1 } }],
  ['of the answers', { needs: [{ need: 'accommodation', indicators: { home: 'homeless' } }] }],
  ['onto the pathway, with nobody yet', { opdPathway: true, opdOwners: null }],
  ['of its owners', { opdPathway: true, opdOwners: { probation: 'north-probation', health: 'health-trust' } }],
  ['of the sentence, which gives no access', { sentence: { type: 'fine' } }],
];

/** Several providers asked at once, for every need of these histories. */
export const atOnce = { accommodation: 3, 'emotional-wellbeing': 2 };

/** What moves a referral on as it stands: the system's work, answers, and the providers' own commands. */
export const movesOn = (story: Story): Move[] =>
  story.referral.removedAt
    ? [toNobody]
    : [
        ...systemWork(story),
        ...story.referral.openTasks.flatMap((task) => answersTo(story, task)),
        ...story.referral.allocations.flatMap((summary) => workOn(story, summary)),
      ];

/** What comes in between: changes, rests, clocks, faults and ends. */
export const movesBetween = ({ referral, world }: Story): Move[] =>
  referral.removedAt
    ? [toNobody]
    : [
        ...referral.openTasks.map(clock),
        ...referral.openTasks
          .filter(({ type }) => type === 'draft')
          .map(({ id: taskId }) => move('hold of a draft', keepDraft, { taskId })),
        ...changes.map(([name, amended]) =>
          move(`amendment ${name}`, amendReferral, { changes: amended, reason: canary }),
        ),
        move('pause', pauseReferral, { reason: 'recalled', text: canary }),
        ...[1, 2, 3].map(() => move('resume', resumeReferral, {})),
        move('failure', noteFailure, { executionId: referral.id, status: 'FAILED' }),
        move('redrive', redrive, { reason: canary, executions: [referral.id] }),
        move('take-over', takeOver, { executionId: referral.id, because: 'stopped' }),
        ...referral.openTasks.slice(0, 1).map((task) => move('repair of a task', repairTask, { task, drift: 'lost' })),
        move('look for what nobody was asked', raiseUnattended, {}),
        move('release', release, { reason: canary, executions: [referral.id] }),
        move('republication', republish, { reason: canary, count: referral.sequence }),
        ...riskReporters.map((reportedBy) =>
          move(`report of risk by a ${reportedBy}`, reportRisk, {
            concern: canary,
            observedAt: world.now.toISOString(),
            reportedBy,
          }),
        ),
        move('removal', removeRecord, { periodMonths: 84, concludedAt: world.now.toISOString() }),
        move('export', noteExport, { exportId: referral.id, reason: 'complaint' }),
        move('withdrawal', withdrawReferral, { reason: 'other', text: canary }),
        move('death', withdrawReferral, { reason: 'died', text: canary }),
        move('early end', endEarly, { reason: 'not-engaged', text: canary }),
        move('early end of what was completed', endEarly, { reason: 'intervention-completed' }),
        ...[1, 2].map(() => move('reopening', reopenReferral, { reason: canary })),
        move('transfer to another area', transferReferral, { area: 'lancashire', reason: canary }),
        move('transfer to another service', transferReferral, { ...named(serviceOf('both')), reason: canary }),
        move('extension', extendReferral, { endDate: later(referral.facts.sentence?.endDate), reason: canary }),
        ...referral.allocations.map(({ id }) =>
          move('message to the provider', sendMessage, {
            from: 'practitioner',
            to: { allocationId: id },
            text: canary,
          }),
        ),
        ...[...world.messages.values()]
          .slice(-2)
          .flatMap((former) => [answerTo(former), move('receipt', readMessage, {}, { messageId: former.id })]),
      ];

/** Of a record that was removed nobody can ask anything: no command ever finds it. */
const toNobody = move('reopening of what was removed', reopenReferral, { reason: canary });

const later = (date: string | null | undefined): string =>
  formatISO(addDays(new Date(date ?? '2027-01-01'), 30), { representation: 'date' });

function answerTo(former: Message): Move {
  const { id: inReplyTo, to: from, allocationId, providerId } = former;
  const to = from === 'provider' ? ('practitioner' as const) : { allocationId };
  const by = from === 'provider' ? { organisation: providerId, client: `system-of-${providerId}` } : sender;
  const decide: Move['decide'] = (state, context) =>
    sendMessage(state, { from, to, text: canary, inReplyTo, former }, { ...context, by });
  return { name: `answer to the ${to === 'practitioner' ? to : 'provider'}`, decide };
}

function systemWork({ referral }: Story): Move[] {
  const services = [
    serviceOf('homes', { needs: ['accommodation'] }),
    serviceOf('minds', { needs: ['emotional-wellbeing'] }),
  ];
  const full = services.map((service) => ({ ...service, free: 0 }));
  const standing = lifecycleStanding(referral);
  const rivals = ['both', 'rival', 'third'].map((provider) => serviceOf(provider));
  const offers = [services, services.slice(0, 1), [serviceOf('both', { free: 1 })], [], full].map((found) =>
    move(`offers from ${found.length}`, makeOffers, { services: found }),
  );
  offers.push(move('offers at once', makeOffers, { services: rivals, policy: { parallelOffers: atOnce } }));
  if (standing === 'recommend-complexity') return [move('recommendation', recommendComplexity, {})];
  if (standing === 'make-offers') return offers;
  return linesOf(referral).flatMap(({ serviceId }) => [
    move('a turn', offerPlace, {
      serviceId,
      services: full.map((one) => (one.id === serviceId ? { ...one, free: 1 } : one)),
    }),
    move('a vain turn', offerPlace, { serviceId, services: full }),
    move('a turn for another kind', offerPlace, { serviceId, services: [serviceOf('both', { free: 1, waiting: 1 })] }),
  ]);
}

const clock = ({ id: taskId, type }: OpenTask): Move => move(`clock of ${type}`, keepClocks, { taskId });

function answersTo(story: Story, task: OpenTask): Move[] {
  const { id: taskId, type, allocationId } = task;
  const scope = { allocationId };
  switch (type) {
    case 'draft': {
      const { referral, confidential } = story.world;
      const saved = { ...joined(referral.crn, referral.facts, confidential), reasonForReferral: canary };
      return [
        move('draft saved', changeDraft, { facts: saved, keptDays: 90 }),
        ...[1, 2].map(() => move('draft sent', submitDraft, { catalogueVersion: '1', possibleDuplicates: [] })),
      ];
    }
    case 'missing-information':
      return [
        move('all that is missing', supplyInformation, { taskId, facts: complete }),
        move('some of what is missing', supplyInformation, { taskId, facts: { area: 'west-yorkshire' } }),
        move('what makes it ineligible', supplyInformation, { taskId, facts: { sentence: { type: 'fine' } } }),
      ];
    case 'complexity-confirmation': {
      const needs = story.referral.needs.map(({ need }) => ({ need, level: 'high' as const, reason: canary }));
      return [move('confirmation', confirmComplexity, { taskId, needs })];
    }
    case 'offer':
      return [
        ...Array<Move>(4).fill(
          move('acceptance', answerOffer, { taskId, answer: { decision: 'accepted', text: canary } }),
        ),
        move('decline', answerOffer, { taskId, answer: { decision: 'declined', reason: 'other', text: canary } }),
        move('return', answerOffer, { taskId, answer: { decision: 'returned', text: canary } }),
      ];
    case 'offer-returned':
      return [move('information for the provider', addOfferInformation, { taskId, information: canary })];
    case 'manual-allocation':
    case 'waiting-list':
      return [
        move('a choice by hand', allocateManually, { taskId, ...choiceOf(serviceOf('both'), canary) }),
        move('closing a group', allocateManually, { taskId, answer: { decision: 'close', reason: canary } }),
      ];
    case 'action-plan-approval':
      return (['approved', 'approved', 'returned'] as const).map((decision) =>
        move(`plan ${decision}`, answerPlanApproval, { taskId, answer: { decision, reason: canary } }, scope),
      );
    case 'non-engagement':
      return nonEngagementDecisions.map((decision) =>
        move(`not engaged: ${decision}`, answerNonEngagement, { taskId, answer: { decision, reason: canary } }, scope),
      );
    case 'end-of-service-report-acknowledgement':
      return (['acknowledged', 'acknowledged', 'returned'] as const).map((decision) =>
        move(`report ${decision}`, answerReport, { taskId, answer: { decision, reason: canary } }, scope),
      );
    case 'risk-reassessment':
      return (['medium', 'very-high'] as const).map((seriousHarm) =>
        move(`risk found ${seriousHarm}`, reassessRisk, {
          taskId,
          answer: { seriousHarm, note: canary, forProviders: canary },
        }),
      );
    default:
      return [];
  }
}

const appointmentOf = (story: Story, { appointmentId = '' }: Scope) => story.world.appointments.get(appointmentId);
/** So many hours ahead an appointment is put off, and an hour later it can be reminded of. */
const aheadBy = 240;

function workOn(story: Story, summary: AllocationSummary): Move[] {
  const { id: allocationId } = summary;
  const scope = story.newestOf(allocationId);
  const { now } = story.world;
  // Times of their own, so that what is booked does not always clash, and within a day all of it has been.
  const nth = story.referral.allocations.indexOf(summary) + 1;
  const earlier = new Date(now.getTime() - nth * 60_000);
  const times = (session: number) => new Date(earlier.getTime() - session * 600_000);
  const group = aGroupSession(summary, { startsAt: times(2).toISOString(), durationMinutes: 1 });
  const activities = story.planFor(allocationId, 3);
  const plan = { ...activities, activities: activities.activities.map((one) => ({ ...one, description: canary })) };
  const without = ({ sessions, activities: all }: typeof plan) => ({
    sessions: sessions + 1,
    activities: all.map((one) => ({ ...one, desiredOutcomes: [] })),
  });
  const report = story.reportFor(allocationId);
  const evidence = { summary: canary, outcomes: report.outcomes.map((one) => ({ ...one, evidence: canary })) };
  const words = {
    notes: canary,
    reason: canary,
    correctionReason: canary,
    concern: { kind: 'safety' as const, text: canary },
  };
  const moves = [
    ...[1, 2].map(() =>
      move(
        'assessment booked',
        bookAppointment,
        { ...anAssessment(earlier), durationMinutes: 1, place: canary },
        scope,
      ),
    ),
    ...[1, 2, 3].map((n) =>
      move('session booked', bookAppointment, { ...aSession(n, times(n)), durationMinutes: 1, place: canary }, scope),
    ),
    move('session booked in a group', beside(bookAppointment, group), inGroup(2, group), scope),
    ...[1, 2].map(() => move('plan written', draftPlan, plan, scope)),
    move('plan with another purpose', draftPlan, without(plan), scope),
    ...[1, 2].map(() => move('plan submitted', submitPlan, {}, scope)),
    ...[1, 2].map(() => move('report written', draftReport, evidence, scope)),
    ...[1, 2].map(() => move('report submitted', submitReport, {}, scope)),
    move('plan completed', completeDelivery, { reason: 'plan-completed', text: canary }, scope),
    move('early end', completeDelivery, { reason: 'not-engaged', text: canary }, scope),
    move('caseworker', assignCaseworker, { id: 'cw-1', name: canary, reason: canary }, scope),
    move(
      'engagement',
      acceptEngagement,
      { acceptedAt: earlier.toISOString(), explainedBy: canary, language: 'pl', format: 'spoken' },
      scope,
    ),
  ];
  moves.push(
    move('sensitive note', writeCaseNote, { subject: canary, text: canary, outputRow: 'O14' }, { allocationId }),
  );
  const [{ need } = { need: 'accommodation' as const }] = summary.needs;
  const followUpOn = londonDate(new Date(now.getTime() + 2 * 86_400_000));
  const link = { organisation: canary, kind: 'signposted' as const, need, followUpOn };
  moves.push(move('onward link', makeOnwardLink, link, { allocationId }));
  const last = [...story.world.onwardLinks.values()].findLast((one) => one.allocationId === allocationId);
  if (last) {
    const followUp = { followedUpAt: now.toISOString(), result: canary };
    moves.push(move('follow-up', followUpLink, followUp, { allocationId, linkId: last.id }));
  }
  if (!scope.appointmentId) return moves;
  const follows = (change: Partial<GroupSession>) =>
    beside(followGroupSession, { ...group, revision: 2, revisedFor: 'other', ...change, place: canary });
  return [
    ...moves,
    ...(appointmentOf(story, scope)?.groupId
      ? [
          move('group moved', follows({ startsAt: times(5).toISOString() }), { others: [] }, scope),
          move('group cancelled', follows({ status: 'cancelled' }), { others: [] }, scope),
        ]
      : []),
    ...(['yes', 'yes', 'late', 'no'] as const).map((attendance) =>
      move(`feedback: ${attendance}`, recordFeedback, feedback({ attendance, rarDay: true, ...words }), scope),
    ),
    move('feedback: sick', recordFeedback, feedback({ attendance: 'no', absence: 'sickness', ...words }), scope),
    move('appointment cancelled', cancelAppointment, { reason: canary }, scope),
    move('reminder', remindAppointment, { leadHours: aheadBy - 1 }, scope),
    move(
      'appointment put off',
      changeAppointment,
      { startsAt: addHours(now, aheadBy).toISOString(), reason: canary, requestedBy: 'probation' },
      scope,
    ),
    move('not needed', cancelAppointment, { reasonCode: 'not-needed', requestedBy: 'probation' }, scope),
    move('appointment moved', changeAppointment, { reason: canary, requestedBy: 'person', place: canary }, scope),
    move(
      'appointment put forward',
      changeAppointment,
      { startsAt: times(4).toISOString(), reason: canary, requestedBy: 'provider' },
      scope,
    ),
  ];
}
