import { commandLine, usageFault } from './command-line.ts';
import { parseDuration } from './duration.ts';
import { refuseForeignEnvironment } from './local-only.ts';
import { moveClock } from './move-clock.ts';
import { run } from './progress.ts';

const USAGE = `npm run clock -- +2d | +3h | +1d12h | -30m | reset

Moves the clock of the local application (days, hours, minutes, seconds) and does at once what has become due:
reminders, lapses, what a crash left behind. Tokens and the state machines' own time-outs stay in real time.
Only for the local AWS of \`npm start\`.`;

const { positionals } = commandLine(USAGE, {}, true);

await run(async () => {
  refuseForeignEnvironment();
  const [wanted = ''] = positionals;
  const by = wanted === 'reset' ? wanted : parseDuration(wanted);
  if (by === undefined || positionals.length !== 1) throw usageFault('Say how far to move the clock.', USAGE);
  const { now } = await moveClock(by);
  console.log(`It is now ${now.toISOString()} for the application.`);
});
