import { commandLine } from './command-line.ts';
import { MAIN } from './instance.ts';
import { ensureStack } from './local-aws.ts';
import { run, seconds } from './progress.ts';

commandLine(
  `npm start

Installs (the first time) and starts a local AWS inside this folder, deploys the application to it, registers the
sample clients and fills the sample directory. Repeating it deploys what has changed. \`npm stop\` ends it.

  REFERRALS_LOCAL_PORT   the port on 127.0.0.1 (default 4566)
  PYTHON                 the Python 3.10 or newer to use (default: python3 from the path)`,
);

await run(async () => {
  const started = performance.now();
  const stack = await ensureStack({ instance: MAIN });
  console.log(`
The application is up (${seconds(performance.now() - started)}).
  API      ${stack.apiUrl}
  Tokens   ${stack.tokenUrl}
  Details  .local/stack.json   (addresses, names and clients)
  Log      .local/${MAIN}/emulator.log

Next: npm run demo · npm run clock -- +2d · npm stop`);
});
