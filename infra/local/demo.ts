import { clockOffset } from './clock-offset.ts';
import { commandLine } from './command-line.ts';
import { accountsOf } from './demo/account.ts';
import { play } from './demo/play.ts';
import { printReport, title } from './demo/report.ts';
import { setting } from './demo/scene.ts';
import { SharedClock } from './demo/shared-clock.ts';
import { stories } from './demo/stories.ts';
import { type Subscriber, subscriber as subscribed } from './demo/subscriber.ts';
import { wrapped } from './demo/text.ts';
import { moment, span } from './demo/times.ts';
import { MAIN } from './instance.ts';
import { ensureStack } from './local-aws.ts';
import { moveClock } from './move-clock.ts';
import { run, seconds } from './progress.ts';
import type { Stack } from './stack-file.ts';

const { values } = commandLine(
  `npm run demo [-- --instance NAME]

Brings the local AWS up as \`npm start\` does, then plays twelve referrals through the API, side by side: the practitioner,
three providers, a court and operations, each with a token of its own. Where a story has to wait for days, the clock of
the local application jumps, for everything on that local AWS. It ends with what became of each referral, what happened
when, the events that an independent subscriber of the bus received, and what it all used.

Repeat it as often as you like: every run sends new people. It succeeds (exit code 0) only if every referral ended as
it must and every event arrived.

  --instance   play on another local AWS than that of \`npm start\``,
  { instance: { type: 'string', default: MAIN } },
);
const { instance } = values;

await run(async () => {
  const startedAt = performance.now();
  const stack = await ensureStack({ instance });
  const subscriber = await subscribed(stack, `demo-subscriber-${Date.now()}`);
  const interrupted = (): void => void subscriber.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted);
  try {
    const faults = await demonstrated(stack, subscriber);
    await whereNext(stack);
    verdict(faults, performance.now() - startedAt);
  } finally {
    process.off('SIGINT', interrupted);
    await subscriber.close();
  }
});

/** Plays, and shows what came of it; answers everything that is not as it must be. */
async function demonstrated(stack: Stack, subscriber: Subscriber): Promise<string[]> {
  const since = Date.now();
  const elapsed = (): string => seconds(Date.now() - since).padStart(7);
  const clock = new SharedClock(await clockOffset(stack), async (by) => {
    const moved = await moveClock(by, { instance });
    console.log(`${elapsed()}  ── nothing to do but wait: the clock jumps ${span(by)}, to ${moment(moved.now)} ──`);
    return moved;
  });

  title(`${stories.length} referrals, side by side`);
  for (const [index, { plot }] of stories.entries()) console.log(`  ${String(index + 1).padStart(2)}  ${plot}`);
  console.log(`\nThe application's clock shows ${moment(clock.now())}.\n`);
  const scene = await setting(stack, clock);
  const all = await play(stories, scene, elapsed);

  const accounts = await accountsOf(stack, all, { operations: scene.operations, subscriber, since });
  printReport(all, accounts, subscriber);
  return [
    ...all.flatMap(({ story, number, faults }) => faults.map((fault) => `${number} ${story.name}: ${fault}`)),
    ...subscriber.misshapen.map((fault) => `an event does not have its published shape: ${fault}`),
  ];
}

async function whereNext(stack: Stack): Promise<void> {
  const ahead = await clockOffset(stack);
  title('Where to look next');
  console.log(`  README.md                      how a case system sends a referral, and how a provider answers
  ${stack.apiUrl}/v1/openapi.json
                                 the API; beside it asyncapi.json, the events
  .local/stack.json              addresses and clients: ask for a token and try it yourself
  npm run clock -- +2d           move the application's clock: now it is ${span(ahead)} ahead
  npm run clock -- reset         put it back to real time
  npm run bench                  what it costs, and how fast it is
  npm stop                       end the local AWS`);
}

function verdict(faults: readonly string[], milliseconds: number): void {
  if (faults.length === 0) {
    console.log(`\nEvery referral ended as it must, and every event arrived in sequence (${seconds(milliseconds)}).`);
    return;
  }
  console.error(`\nNot everything is as it must be (${seconds(milliseconds)}):`);
  for (const fault of faults) console.error(wrapped('  ✗ ', fault).join('\n'));
  process.exitCode = 1;
}
