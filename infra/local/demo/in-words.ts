import type { AppointmentView } from '../../../shared/contracts/views/appointment.ts';
import type { HistoryItem } from '../../../shared/contracts/views/history.ts';
import type { EventData, EventType } from '../../../shared/domain/events.ts';
import { sampleProviders } from '../sample-directory.ts';
import { plural, wrapped } from './text.ts';
import { day, moment, time } from './times.ts';

/** What an event about an appointment does not say itself. */
interface Meeting {
  /** `Session 2`. */
  name: string;
  isInGroup: boolean;
}

/** What an event says to a practitioner; the rest of a history is how the system came to it. */
const words: { [T in EventType]?: (data: EventData<T>, meeting: Meeting, occurredAt: string) => string | undefined } = {
  'referral.sent.v1': ({ needs }) => `Referred for ${needs.map(spaced).join(' and ')}`,
  'complexity.confirmed.v1': ({ needs }) =>
    `Complexity decided: ${needs.map(({ need, level }) => `${spaced(need)} ${level}`).join(', ')}`,
  'offer.made.v1': ({ dueAt }) => `Asked to take it on, by ${moment(dueAt)}`,
  'offer.declined.v1': ({ reason }) => `Declined: ${spaced(reason)}`,
  'offer.lapsed.v1': () => 'Did not answer in time',
  'allocation.started.v1': ({ needs }) => `Accepted: ${needs.map(({ need }) => spaced(need)).join(' and ')}`,
  'engagement.accepted.v1': () => 'Responsibilities explained, understood and accepted',
  'action-plan.submitted.v1': ({ sessions, planVersion }) =>
    `Action plan ${planVersion}, of ${plural(sessions, 'session')}, sent for approval`,
  'action-plan.approved.v1': ({ planVersion }) => `Action plan ${planVersion} approved`,
  'action-plan.returned.v1': ({ planVersion }) => `Action plan ${planVersion} returned`,
  'action-plan.revised.v1': ({ sessions: { from, to }, outcomesChanged }) =>
    `Plan revised: ${to} sessions instead of ${from}${outcomesChanged ? ', for other outcomes' : ''}`,
  // What is booked as it begins is told by who came.
  'appointment.booked.v1': ({ startsAt }, { name, isInGroup }, occurredAt) =>
    startsAt > occurredAt ? `${name}: booked for ${moment(startsAt)}${isInGroup ? ', in a group' : ''}` : undefined,
  'appointment.rescheduled.v1': ({ to }, { name, isInGroup }) =>
    `${name}: moved ${isInGroup ? 'with its group ' : ''}to ${moment(to)}`,
  'appointment.cancelled.v1': (_, { name }) => `${name}: cancelled`,
  'attendance.recorded.v1': ({ attendance, correction }, { name, isInGroup }) =>
    `${name}: ${came[attendance]}${isInGroup ? ' to the group' : ''}${correction ? ' (corrected)' : ''}`,
  'concern.raised.v1': ({ kind }) => `A concern about ${kind === 'safety' ? 'safety' : 'behaviour'} was raised`,
  'non-engagement.raised.v1': ({ appointmentIds }) => `Missed ${appointmentIds.length} times in a row: you are asked`,
  'non-engagement.decided.v1': ({ decision }) => `You decided: ${decided[decision]}`,
  'referral.amended.v1': ({ fields }) =>
    `You changed ${fields.map((field) => (field === 'needs' ? 'the needs and what is to come of them' : spaced(field))).join(', ')}`,
  'referral.paused.v1': ({ reason }) =>
    `Paused: ${reason === 'recalled' ? 'recalled to custody' : spaced(reason)}. Every clock rests`,
  'referral.resumed.v1': ({ pausedAt }) => `Goes on: it had rested since ${day(pausedAt)}`,
  'clock.breached.v1': ({ taskType, dueAt }) => `Late: ${spaced(taskType)} was due ${moment(dueAt)}`,
  'delivery.ended.v1': ({ reason, reportDue }) =>
    `Delivery ended: ${spaced(reason)}${reportDue ? '. Its report is due' : ''}`,
  'end-of-service-report.submitted.v1': ({ outcomes }) =>
    `Reports ${outcomes.map(({ outcomeId, level }) => `${outcomeName(outcomeId)}: ${spaced(level)}`).join('; ')}`,
  'end-of-service-report.acknowledged.v1': () => 'Report acknowledged',
  'referral.concluded.v1': ({ endState, endReason }) =>
    `Concluded: ${endState}${endReason ? `, ${spaced(endReason)}` : ''}`,
};

const came = { yes: 'came', late: 'came late', no: 'did not come' };
const decided = { continue: 'it goes on', pause: 'it rests', end: 'it ends' };

const spaced = (code: string): string => code.replaceAll('-', ' ');

/** `accommodation.suitable-home`: what follows the need. */
const outcomeName = (id: string): string => spaced(id.slice(id.indexOf('.') + 1));

/**
 * A referral from its first day to its last, each line with the provider whose part it is. No event says which of its
 * appointments are in a group: the appointments do.
 */
export function inWords(
  history: readonly HistoryItem[],
  appointments: readonly Pick<AppointmentView, 'id' | 'format'>[] = [],
): string[] {
  const providers = providersIn(history);
  const meetings = meetingsIn(history, appointments);
  const lines: string[] = [];
  let today = '';
  for (const { type, data, occurredAt } of history) {
    const say = words[type] as ((...about: unknown[]) => string | undefined) | undefined;
    const said = say?.(data, meetings.get(String(data.appointmentId)), occurredAt);
    if (said === undefined) continue;
    const date = day(occurredAt);
    if (date !== today) lines.push('', `  ${date}`);
    today = date;
    const provider = data.providerId ?? providers.get(String(data.allocationId));
    const lead = `    ${time(occurredAt)}  ${nameOf(provider).padEnd(nameWidth)}  `;
    lines.push(...wrapped(lead, said));
  }
  return lines;
}

const nameWidth = Math.max(...sampleProviders.map(({ name }) => name.length));

const nameOf = (id: unknown): string => sampleProviders.find((known) => known.id === id)?.name ?? '';

function meetingsIn(
  history: readonly HistoryItem[],
  appointments: readonly Pick<AppointmentView, 'id' | 'format'>[],
): Map<string, Meeting> {
  const inGroups = new Set(appointments.filter(({ format }) => format === 'group').map(({ id }) => id));
  const named = history.filter(({ data }) => data.purpose !== undefined);
  return new Map(
    named.map(({ data: { appointmentId, purpose, session } }) => {
      const name = purpose === 'session' ? `Session ${session}` : 'First meeting';
      return [String(appointmentId), { name, isInGroup: inGroups.has(String(appointmentId)) }];
    }),
  );
}

const providersIn = (history: readonly HistoryItem[]): Map<string, unknown> =>
  new Map(
    history.flatMap(({ type, data }) =>
      type === 'allocation.started.v1' ? [[String(data.allocationId), data.providerId] as const] : [],
    ),
  );
