import { commandLine } from './command-line.ts';
import { MAIN } from './instance.ts';
import { stopStack } from './local-aws.ts';
import { run } from './progress.ts';

const { values } = commandLine(
  `npm stop [-- --instance NAME]

Ends the local AWS that \`npm start\` began, its function workers included; nothing else. Its data goes with it.

  --instance   another than that of \`npm start\`: \`test\` or \`bench\`, should a run of theirs have been killed`,
  { instance: { type: 'string', default: MAIN } },
);

await run(async () => {
  console.log(
    (await stopStack({ instance: values.instance })) ? 'The local AWS has ended.' : 'No local AWS was running.',
  );
});
