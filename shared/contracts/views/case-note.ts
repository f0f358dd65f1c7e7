import * as z from 'zod';
import { outputRows } from '../../domain/vocabulary.ts';
import { code, freeText, label, time, uuid } from '../common.ts';

const known = { id: uuid, allocationId: uuid, writtenAt: time };

/** O7–O17: a note that never changes. Of what is sensitive (O14, O15) most readers learn only that there is one. */
export const caseNoteView = z
  .discriminatedUnion('withheld', [
    z.strictObject({
      ...known,
      withheld: z.literal(false),
      subject: label,
      text: freeText,
      outputRow: z.enum(outputRows).nullable(),
      corrects: uuid.nullable().describe('The note that it corrects, which stays as it was'),
      writtenBy: code.optional().describe('The person that the system wrote it for; shown to its own organisation'),
    }),
    z.strictObject({
      ...known,
      withheld: z
        .literal(true)
        .describe("Shown to who wrote it, the current caseworker and the referral's practitioner, by X-On-Behalf-Of"),
    }),
  ])
  .meta({ id: 'CaseNote' });
export type CaseNoteView = z.infer<typeof caseNoteView>;
