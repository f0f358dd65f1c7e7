import * as z from 'zod';
import { areaIds } from '../../domain/areas.ts';
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
