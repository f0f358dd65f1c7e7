import { executionInput, workOutput } from '../../shared/contracts/workflow.ts';
import { recommendComplexity as decide } from '../../shared/domain/commands/complexity.ts';
import { lifecycleStanding } from '../../shared/domain/standing.ts';
import type { Ports } from '../../shared/ports.ts';
import { asLifecycle } from '../middleware/as-lifecycle.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { task } from '../middleware/task.ts';

/** L2: recommends the complexity of every need and asks the practitioner to confirm it. Done already: nothing. */
export const recommendComplexity = ({ referrals }: Pick<Ports, 'referrals'>) =>
  task('recommend-complexity', { input: executionInput, output: workOutput }, async (ref) => {
    await asLifecycle(referrals, ref, { confidential: true }, (state, context) =>
      lifecycleStanding(state.referral) === 'recommend-complexity' ? decide(state, {}, context) : [],
    );
    return {};
  });

export const handler = deployed(() => recommendComplexity(commanding()));
