import { serviceOf } from '../builders/services.ts';

/** Two services for the one need of the model's referral, one for the other: what is offered next can be foreseen. */
export const needs = ['accommodation', 'emotional-wellbeing'] as const;
export type Need = (typeof needs)[number];
export const market = [
  serviceOf('provider-a', { needs: ['accommodation'], free: 2 }),
  serviceOf('provider-b', { needs: ['accommodation'], free: 1 }),
  { ...serviceOf('provider-b', { needs: ['emotional-wellbeing'], free: 1 }), id: 'service-of-minds' },
];
