import { type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type StepFunctions, stepsOf } from './steps.ts';

/**
 * One provider's part of a referral (L4, L5): from the supplier assessment to the acknowledged report. It waits where
 * the allocation stands; what has to be done there, and until when, stands in the tasks that the record holds.
 */
export function allocationDelivery(scope: Construct, functions: StepFunctions): IChainable {
  const { first, again, waitFor, renew, choice, standsAt } = stepsOf(scope, functions);

  const where = choice('Where does the allocation stand?')
    .when(standsAt('segment-full'), renew('Renew the segment'))
    .when(standsAt('supplier-assessment'), waitFor('Wait for the supplier assessment'))
    .when(standsAt('action-plan'), waitFor('Wait for an approved action plan'))
    .when(standsAt('delivery'), waitFor('Wait for the sessions to be delivered'))
    .when(standsAt('end-of-service-report'), waitFor('Wait for the acknowledged end of service report'))
    .when(standsAt('paused'), waitFor('Paused: wait until the work goes on'))
    .otherwise(Succeed.jsonata(scope, 'Allocation ended'));

  again.next(where);
  return first.next(where);
}
