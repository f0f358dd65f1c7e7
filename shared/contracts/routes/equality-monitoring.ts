import * as z from 'zod';
import { protectedCharacteristics } from '../../domain/equality-monitoring.ts';
import { uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { equalityMonitoringView } from '../views/equality-monitoring.ts';

const path = '/v1/referrals/{referralId}/equality-monitoring';
const params = z.strictObject({ referralId: uuid });

export const getEqualityMonitoring = defineEndpoint({
  name: 'get-equality-monitoring',
  method: 'GET',
  path,
  summary: 'What the person said of their protected characteristics; empty where nothing is recorded',
  roles: ['practitioner'],
  params,
  responses: { 200: equalityMonitoringView },
});

export const putEqualityMonitoring = defineEndpoint({
  name: 'put-equality-monitoring',
  method: 'PUT',
  path,
  summary: 'Record protected characteristics, each voluntary: replaces all that was recorded before',
  roles: ['practitioner'],
  params,
  body: protectedCharacteristics.meta({ id: 'ProtectedCharacteristics' }),
  responses: { 200: equalityMonitoringView },
  problems: ['not-possible-now'],
});
