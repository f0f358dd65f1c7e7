import * as z from 'zod';
import { outputRows } from '../../domain/vocabulary.ts';
import { freeText, label, page, pageQuery, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { caseNoteView } from '../views/case-note.ts';

const path = '/v1/allocations/{allocationId}/case-notes';
const params = z.strictObject({ allocationId: uuid });

export const writeCaseNote = defineEndpoint({
  name: 'write-case-note',
  method: 'POST',
  path,
  summary: 'Write a note about the work with the person; it never changes (L4, O7–O17)',
  roles: ['provider'],
  params,
  body: z.strictObject({
    subject: label,
    text: freeText,
    outputRow: z.enum(outputRows).optional().describe('O14 and O15 are shown to few people'),
    corrects: uuid.optional().describe('An earlier note of this allocation'),
  }),
  idempotencyKey: 'required',
  responses: { 200: caseNoteView },
  problems: ['rule-refused'],
});

export const listCaseNotes = defineEndpoint({
  name: 'list-case-notes',
  method: 'GET',
  path,
  summary: 'The notes of an allocation, the latest first (O7–O17)',
  roles: ['provider', 'practitioner'],
  params,
  query: z.strictObject(pageQuery),
  responses: { 200: page(caseNoteView) },
});
