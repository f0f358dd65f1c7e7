import { commandLine } from './command-line.ts';
import { MAIN } from './instance.ts';
import { stopStack } from './local-aws.ts';
import { run } from './progress.ts';

commandLine(`npm stop

Ends the local AWS that \`npm start\` began, its function workers included; nothing else. Its data goes with it.`);

await run(async () => {
  console.log((await stopStack({ instance: MAIN })) ? 'The local AWS has ended.' : 'No local AWS was running.');
});
