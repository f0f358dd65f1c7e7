import { commandLine } from './command-line.ts';
import { readStack } from './local-aws.ts';
import { run } from './progress.ts';
import { token } from './token.ts';

const { positionals } = commandLine(
  `eval "$(npm run -s tokens)"
npm run -s tokens -- CLIENT

Prints shell variables for trying the local API with curl: its address as API, and a token for each client, such as
PRACTITIONER, OPERATIONS or NORTHERN_PATHWAYS (the provider of that id). With a CLIENT of .local/stack.json, its token only.`,
  {},
  true,
);

const variable = (client: string): string => client.replace('provider:', '').replaceAll('-', '_').toUpperCase();

await run(async () => {
  const stack = await readStack();
  const asked = positionals[0];
  const lines = await Promise.all(
    Object.entries(stack.clients)
      .filter(([name]) => !asked || name === asked)
      .map(async ([name, client]) => [variable(name), await token(stack, client)] as const),
  );
  if (asked) console.log(lines[0]?.[1] ?? `No client "${asked}"; there are ${Object.keys(stack.clients).join(', ')}.`);
  else for (const [name, value] of [['API', stack.apiUrl] as const, ...lines]) console.log(`export ${name}='${value}'`);
});
