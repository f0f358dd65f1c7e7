import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { allEndpoints, endpoints } from '../../shared/contracts/routes/index.ts';
import { taskAnswers } from '../../shared/contracts/task-answers.ts';
import { providerReferralSummary, providerReferralView } from '../../shared/contracts/views/provider-referral.ts';
import {
  operationsReferralSummary,
  operationsReferralView,
  referralView,
} from '../../shared/contracts/views/referral.ts';
import { taskSubjects } from '../../shared/contracts/views/task.ts';
import { protectedCharacteristics } from '../../shared/domain/equality-monitoring.ts';
import { eventData, eventTypes } from '../../shared/domain/events.ts';
import { parts, type Schema } from './json-schema.ts';

/** The names of everything that a schema can show. */
const fieldsOf = (schema: z.ZodType): string[] => [
  ...new Set(
    [...parts(z.toJSONSchema(schema, { io: 'input' }) as Schema)].map(
      ([at]) => at.split('/').findLast((name) => /\w/.test(name)) ?? '',
    ),
  ),
];
const standingOf = (schema: { options: readonly z.ZodType[] }, standing: string): z.ZodType => {
  const found = schema.options.find((option) => (option as z.ZodObject).shape.standing?.safeParse(standing).success);
  if (!found) throw new Error(`there is no standing ${standing}`);
  return found;
};

const person = ['person', 'dateOfBirth'];
const written = ['reasonForReferral', 'generalServiceReason', 'preferredService', 'reason', 'text', 'information'];
const internal = ['executions', 'attention', 'arn', 'consoleUrl'];

describe('What each role is shown', () => {
  it('of an offered referral is what its answer needs: no CRN, birth date or free text', () => {
    const fields = fieldsOf(standingOf(providerReferralView, 'offered'));
    expect(fields).toEqual(
      expect.arrayContaining(['needs', 'level', 'area', 'ageBand', 'sex', 'setting', 'seriousHarm']),
    );
    for (const field of ['crn', 'sentence', ...person, ...written, ...internal]) expect(fields).not.toContain(field);
    expect(fieldsOf(standingOf(providerReferralSummary, 'offered'))).not.toContain('crn');
  });

  it('of an accepted referral is the person, but nothing of the machinery or of other providers', () => {
    const fields = fieldsOf(standingOf(providerReferralView, 'accepted'));
    expect(fields).toEqual(expect.arrayContaining(['crn', ...person, 'reasonForReferral']));
    for (const field of [...internal, 'outcomes', 'possibleDuplicates', 'preferredService', 'metByPrimary']) {
      expect(fields).not.toContain(field);
    }
  });

  it('of a past referral is only what the provider answered', () => {
    const fields = fieldsOf(standingOf(providerReferralView, 'past')).filter(Boolean);
    expect(fields.toSorted()).toEqual(['answer', 'answers', 'at', 'id', 'referenceNumber', 'standing', 'taskId']);
    expect(fieldsOf(standingOf(providerReferralSummary, 'past'))).not.toContain('needs');
  });

  it('to operations is no person and nothing that somebody wrote', () => {
    const fields = fieldsOf(operationsReferralView);
    expect(fields).toEqual(expect.arrayContaining(internal));
    const codes = ['reason', 'preferredServiceId'];
    for (const field of [...person, ...written, 'indicators', 'override'].filter((name) => !codes.includes(name))) {
      expect(fields).not.toContain(field);
    }
    for (const field of [...person, 'reasonForReferral'])
      expect(fieldsOf(operationsReferralSummary)).not.toContain(field);
  });

  it('to the practitioner is everything that was sent, and nothing of the machinery', () => {
    const fields = fieldsOf(referralView);
    expect(fields).toEqual(expect.arrayContaining(['crn', ...person, 'reasonForReferral', 'complexity', 'override']));
    for (const field of internal) expect(fields).not.toContain(field);
  });

  it('of a reported risk is all to the practitioner; to whoever reported it, that it was taken', () => {
    expect(fieldsOf(endpoints.listRiskReports.responses[200])).toContain('concern');
    expect(endpoints.listRiskReports.roles).toEqual(['practitioner']);
    expect(fieldsOf(endpoints.reportRisk.responses[202])).not.toContain('concern');
    for (const view of [referralView, operationsReferralView, providerReferralView])
      expect(fieldsOf(view)).not.toContain('concern');
  });

  it('of an offer’s task is what the offer shows, and what was written for this provider', () => {
    const fields = fieldsOf(taskSubjects.offer);
    for (const field of ['crn', 'reasonForReferral', ...person]) expect(fields).not.toContain(field);
  });
});

describe('Equality monitoring', () => {
  const characteristics = Object.keys(protectedCharacteristics.shape);
  const own: string[] = [endpoints.getEqualityMonitoring.name, endpoints.putEqualityMonitoring.name];

  it('is shown and taken by its own two routes, and by no other', () => {
    const having = allEndpoints.filter(({ responses, body, query }) =>
      [...Object.values(responses), body, query]
        .filter((schema) => schema !== undefined)
        .some((schema) => fieldsOf(schema).some((field) => characteristics.includes(field))),
    );
    expect(having.map(({ name }) => name)).toEqual(own);
  });

  it('is in no event', () => {
    for (const type of eventTypes) {
      const fields = fieldsOf(eventData[type]);
      expect({ type, fields: fields.filter((field) => characteristics.includes(field)) }).toEqual({ type, fields: [] });
    }
  });
});

describe('The answers to tasks', () => {
  const isTaken = (type: keyof typeof taskAnswers, answer: unknown): boolean =>
    taskAnswers[type].safeParse(answer).success;

  it('to an offer name a reason to decline it, and say what they ask when they return it', () => {
    expect(isTaken('offer', { decision: 'accepted' })).toBe(true);
    expect(isTaken('offer', { decision: 'declined', reason: 'no-capacity' })).toBe(true);
    expect(isTaken('offer', { decision: 'declined' })).toBe(false);
    expect(isTaken('offer', { decision: 'declined', reason: 'we are full' })).toBe(false);
    expect(isTaken('offer', { decision: 'returned', text: 'Which language?' })).toBe(true);
    expect(isTaken('offer', { decision: 'returned' })).toBe(false);
  });

  it('to a manual allocation name a service or close it, and say why', () => {
    expect(isTaken('manual-allocation', { serviceId: 'housing-first', reason: 'agreed by phone' })).toBe(true);
    expect(isTaken('manual-allocation', { decision: 'close', reason: 'no provider' })).toBe(true);
    expect(isTaken('manual-allocation', { serviceId: 'housing-first' })).toBe(false);
    expect(isTaken('manual-allocation', { serviceId: 'housing-first', decision: 'close', reason: 'both' })).toBe(false);
  });

  it('to a reassessment of risk name the level', () => {
    expect(isTaken('risk-reassessment', { seriousHarm: 'very-high' })).toBe(true);
    expect(isTaken('risk-reassessment', { seriousHarm: 'low', note: 'x', forProviders: 'y' })).toBe(true);
    expect(isTaken('risk-reassessment', { note: 'x' })).toBe(false);
    expect(isTaken('risk-reassessment', { seriousHarm: 'extreme' })).toBe(false);
  });

  it('to a request for information give at least one fact, shaped as in the referral', () => {
    expect(isTaken('missing-information', { person: { sex: 'female' } })).toBe(true);
    expect(isTaken('missing-information', { needs: [{ need: 'accommodation', reason: 'not-met-by-primary' }] })).toBe(
      true,
    );
    expect(isTaken('missing-information', {})).toBe(false);
    expect(isTaken('missing-information', { crn: 'X320741' })).toBe(false);
    expect(isTaken('missing-information', { person: { shoeSize: 9 } })).toBe(false);
  });
});
