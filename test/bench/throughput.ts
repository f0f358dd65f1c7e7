import type { Stack } from '../../infra/local/local-aws.ts';
import { bareWorkflow } from './bare-workflow.ts';
import type { Latency } from './latency.ts';
import { type Cast, wholeReferral } from './referral.ts';
import type { Section } from './report.ts';

export const concurrency = 10;

/** Whole referrals a second, and bare workflows a second on the same stack in the same minutes. */
export async function measureThroughput(
  stack: Stack,
  cast: Cast,
  { referrals, latency }: { referrals: number; latency: Latency },
): Promise<Section> {
  const bare = await bareWorkflow(stack);
  try {
    const referral = () =>
      wholeReferral(cast, [
        { need: 'accommodation', service: 'northern-accommodation', provider: 'northern', sessions: 1 },
      ]);
    // The emulator starts its workers at the first burst.
    await rate(concurrency, () => bare.run());
    await rate(concurrency, referral);
    latency.listen();
    const before = await rate(referrals * 10, () => bare.run());
    const ours = await rate(referrals, referral);
    const requests = latency.requests / referrals;
    latency.stop();
    const after = await rate(referrals * 10, () => bare.run());
    const beside = (before + after) / 2;
    return {
      title: 'Whole referrals a second on the local stack',
      about: [
        `${concurrency} at once: ${referrals} referrals with one allocation and one session, from the first request to the`,
        'conclusion, over HTTP with real tokens. Beside them, before and after in the same run, a bare workflow (a',
        'function, a wait for a task token, done) on the same emulator. A referral is some thirty states in two',
        `executions, and about ${requests.toFixed(0)} HTTP requests here, waiting for tasks included; each is a Lambda`,
        'invocation, each change a transaction with its events published. Only the ratio means something elsewhere.',
      ],
      columns: ['What', '>A second', '>Ratio'],
      rows: [
        ['Bare three-step workflow', beside.toFixed(1), '1'],
        ['Whole referral', ours.toFixed(2), `1 to ${(beside / ours).toFixed(0)}`],
      ],
    };
  } finally {
    await bare.close();
  }
}

/** Runs so many, some of them at once; answers how many a second that was. */
async function rate(count: number, once: () => Promise<unknown>): Promise<number> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await once();
    }
  };
  const from = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (1000 * count) / (performance.now() - from);
}
