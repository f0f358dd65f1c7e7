import { type IChainable, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type StepFunctions, stepsOf } from './steps.ts';

/**
 * The life of one referral (L1–L5). Nothing here decides: stand where the record says, do that stage, look again. So a
 * withdrawal, a pause, an amendment, a crash or a new version are all the same to it: the record has moved.
 */
export function referralLifecycle(scope: Construct, functions: StepFunctions): IChainable {
  const { first, again, work, waitFor, renew, choice, standsAt } = stepsOf(scope, functions);

  const confirmation = waitFor('Wait until the practitioner has confirmed the complexity');
  const answers = waitFor('Wait for the answers to the offers');

  const where = choice('Where does the referral stand?')
    .when(standsAt('segment-full'), renew('Renew the segment'))
    .when(standsAt('complete-facts'), waitFor('Assessment: wait for the missing facts'))
    .when(
      standsAt('recommend-complexity'),
      work('Complexity allocation: recommend the levels', 'recommend-complexity').next(confirmation),
    )
    .when(standsAt('confirmation'), confirmation)
    .when(standsAt('make-offers'), work('Provider matching: make the offers', 'make-offers').next(answers))
    .when(standsAt('answers'), answers)
    .when(standsAt('delivery'), waitFor('Delivery: wait until the providers have delivered'))
    .when(standsAt('reports'), waitFor('Outcome recording: wait for the reports'))
    .when(standsAt('paused'), waitFor('Paused: wait until the work goes on'))
    .otherwise(Succeed.jsonata(scope, 'Referral concluded'));

  again.next(where);
  return first.next(where);
}
