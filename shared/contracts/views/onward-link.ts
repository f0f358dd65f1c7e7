import * as z from 'zod';
import { onwardKinds } from '../../domain/vocabulary.ts';
import { freeText, label, need, time, uuid } from '../common.ts';

/** O6: a service of the community that the person was pointed or taken to. What people wrote is not shown to operations. */
export const onwardLinkView = z
  .strictObject({
    id: uuid,
    allocationId: uuid,
    organisation: label.optional(),
    kind: z.enum(onwardKinds),
    need,
    followUpOn: z.iso.date(),
    madeAt: time,
    followedUpAt: time.nullable(),
    result: freeText.optional().describe('What the last follow-up found'),
    followUps: z.int().describe('How often it was followed up; what was found each time is kept'),
    version: z.int(),
  })
  .meta({ id: 'OnwardLink' });
export type OnwardLinkView = z.infer<typeof onwardLinkView>;
