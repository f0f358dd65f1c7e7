import * as z from 'zod';
import { areaIds } from '../../domain/areas.ts';
import { longestWait, roundedTo } from '../../domain/effectiveness.ts';
import { plannedPlaces, serviceDescription } from '../../domain/service.ts';
import { needIds, sentenceTypes, settings } from '../../domain/vocabulary.ts';
import { code, time, uuid } from '../common.ts';
import { directoryEventTypes } from '../event.ts';

export const availability = z.strictObject({
  places: z.int().min(0),
  free: z.int().min(0).describe('Neither held by an open offer nor taken'),
  waiting: z.int().min(0).describe('Referrals in line for a place'),
  status: z.enum(['available', 'full']),
});

/** What the directory says of a service, with its places at this moment and those of days to come (O3). */
export const serviceView = serviceDescription
  .extend({
    id: code,
    availability: availability.extend({
      planned: z.array(plannedPlaces).describe('What the provider has said of days to come, the earliest first'),
    }),
    version: z.int(),
  })
  .meta({ id: 'Service' });
export type ServiceView = z.infer<typeof serviceView>;

const month = z.string().regex(/^\d{4}-\d{2}$/);
const rounded = z.int().min(0).multipleOf(roundedTo);
const days = z.int().min(0).max(longestWait).nullable();
const told = {
  from: month.describe('The first month counted'),
  to: month.describe('The last one: the last that is over'),
  minimumGroup: z.int().min(roundedTo).describe('Nothing is told of fewer people than this'),
};

/** O3, O4: what came of allocations that have ended. Counts are rounded to fives, and few are not told. */
export const effectiveness = z
  .discriminatedUnion('notEnoughData', [
    z.strictObject({ ...told, notEnoughData: z.literal(true).describe('Too few people for any figure') }),
    z.strictObject({
      ...told,
      notEnoughData: z.literal(false),
      starts: rounded.describe('People with whom delivery began, and has ended'),
      notStarted: rounded.nullable().describe('Accepted, and ended before it began; null: so few that it is not told'),
      completions: rounded
        .nullable()
        .describe('Of the starts, those that completed the plan or the intervention; null: they or the rest are few'),
      outcomes: z
        .strictObject({ achieved: rounded, partiallyAchieved: rounded, notAchieved: rounded })
        .nullable()
        .describe('Desired outcomes by their end of service reports; null: one of these is of few people'),
      medianDays: z
        .strictObject({
          toAcceptance: days.describe('From when a provider was looked for until one accepted'),
          toFirstAppointment: days.describe('From acceptance, or release where that was later, to the first attended'),
        })
        .describe(`In whole days, of the starts; ${longestWait}: that many or more`),
    }),
  ])
  .meta({ id: 'Effectiveness', description: 'Of whole months that are over. Counts are rounded to the nearest five.' });

/** One service read by itself. */
export const serviceDetails = serviceView.extend({ effectiveness }).meta({ id: 'ServiceDetails' });

/** What a contract manager puts; what is left out has its default. Places are the provider's to state. */
export const serviceInput = serviceDescription
  .extend({
    needs: z.array(z.enum(needIds)).min(1).max(needIds.length),
    areas: z.array(z.enum(areaIds)).min(1).max(areaIds.length),
    sentenceTypes: z.array(z.enum(sentenceTypes)).min(1).max(sentenceTypes.length),
    settings: z.array(z.enum(settings)).min(1).max(settings.length),
    sexes: serviceDescription.shape.sexes.unwrap().optional().describe('Default: both, or that of its cohort'),
  })
  .meta({ id: 'ServiceDescription' });
export type ServiceInput = z.input<typeof serviceInput>;

/** O4: one change of the directory. */
export const serviceChange = z
  .strictObject({
    id: uuid,
    serviceId: code,
    type: z.enum(directoryEventTypes),
    sequence: z.int(),
    occurredAt: time,
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'ServiceChange' });
export type ServiceChange = z.infer<typeof serviceChange>;
