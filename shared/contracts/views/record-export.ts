import * as z from 'zod';
import { exportMarks } from '../../domain/record-export/entry.ts';
import { exportReasons, holdReasons } from '../../domain/vocabulary.ts';
import { actor, crn, time, uuid } from '../common.ts';

const mark = z.enum(exportMarks);

/** Everything held on one person, or the part of it that was asked for. */
export const recordExportView = z
  .strictObject({
    exportId: uuid.describe('Under this the history tells that it was made'),
    crn: crn.nullable().describe('Null where the record was removed: nobody can say any more whose it was'),
    madeAt: time,
    madeBy: actor,
    reason: z.enum(exportReasons),
    part: z
      .strictObject({ number: z.int().min(1), of: z.int().min(1) })
      .describe(
        'Ask for each part by its number. Each is read anew: what changed in between may stand in two of them or in none',
      ),
    legend: z.array(z.strictObject({ mark, meaning: z.string() })),
    heldByOthers: z.int().describe('Referrals of this person that other case systems sent: ask them'),
    removed: z
      .array(z.strictObject({ referralId: uuid, referenceNumber: z.string(), removedAt: time }))
      .describe('Referrals whose record was removed at the end of its period'),
    entries: z.array(
      z.strictObject({
        referralId: uuid.nullable().describe('Null: about the person, and no referral in particular'),
        section: z.string(),
        key: z.string(),
        marks: z.array(mark),
        data: z.record(z.string(), z.unknown()).describe('As it is kept'),
      }),
    ),
  })
  .meta({ id: 'RecordExport' });

/** Whether a legal hold stands on a person, and since when. */
export const legalHoldView = z
  .strictObject({
    crn,
    held: z.boolean(),
    hold: z.strictObject({ since: time, by: actor, reason: z.enum(holdReasons) }).nullable(),
  })
  .meta({ id: 'LegalHold' });
