import * as z from 'zod';
import { protectedCharacteristics } from '../../domain/equality-monitoring.ts';
import { actor, time } from '../common.ts';

/** What stands, whole; of nothing recorded, no characteristics and nobody. */
export const equalityMonitoringView = z
  .strictObject({
    characteristics: protectedCharacteristics,
    recordedAt: time.nullable(),
    recordedBy: actor.nullable(),
  })
  .meta({ id: 'EqualityMonitoring' });
