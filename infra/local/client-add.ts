import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Role, roles } from '../../shared/domain/vocabulary.ts';
import { putRegistryEntry } from './client-registry.ts';
import { addRegistration, type Registration } from './clients.ts';
import { commandLine, usageFault } from './command-line.ts';
import { instanceNamed, LocalAwsError } from './instance.ts';
import { ensureStack, readStack } from './local-aws.ts';
import { run } from './progress.ts';
import { clientNamed } from './token.ts';

const USAGE = `npm run client:add -- --role ROLE --organisation NAME [--name KEY]

Registers a program that may call the API: for which organisation it speaks, and in which role.

  --role          ${roles.join(' | ')}
  --organisation  the organisation that the client speaks for; a provider's is its id in the directory
  --name          its key under "clients" in .local/stack.json (default: made from the others)

Locally it makes the client, deploys it and prints its credentials. On AWS the client comes from the deployment's list
of clients or from your own OpenID provider; then say which client it is and in which table the registry stands, and
the entry is written with your own credentials:

  --client-id     the client's id, as the tokens name it
  --table         the record table: the deployment's output RecordTableName`;

const { values } = commandLine(USAGE, {
  role: { type: 'string' },
  organisation: { type: 'string' },
  name: { type: 'string' },
  'client-id': { type: 'string' },
  table: { type: 'string' },
});

await run(async () => {
  const registration = registrationFrom(values);
  const { 'client-id': clientId, table } = values;
  if (clientId && table) return addOnAws({ ...registration, clientId }, table);
  if (clientId || table) throw usageFault('--client-id and --table belong together.', USAGE);
  await addLocally(registration);
});

async function addLocally(registration: Registration): Promise<void> {
  await readStack();
  await addRegistration(instanceNamed(), registration);
  const stack = await ensureStack();
  console.log(JSON.stringify({ [registration.key]: clientNamed(stack, registration.key) }, null, 2));
}

async function addOnAws(entry: Registration & { clientId: string }, table: string): Promise<void> {
  if (process.env.AWS_ENDPOINT_URL) {
    throw new LocalAwsError('Refused: AWS_ENDPOINT_URL is set, so this would not reach AWS. Unset it.');
  }
  await putRegistryEntry(DynamoDBDocumentClient.from(new DynamoDBClient()), table, entry);
  console.log(`${entry.clientId} now speaks for ${entry.organisation} as ${entry.role}.`);
}

function registrationFrom({ role, organisation, name }: typeof values): Registration {
  if (!isRole(role)) throw usageFault(role ? `There is no role "${role}".` : 'Say which role.', USAGE);
  if (!organisation) throw usageFault('Say which organisation.', USAGE);
  const key = name ?? (role === 'provider' ? `provider:${organisation}` : `${organisation}-${role}`);
  if (!/^[a-z0-9]+([-:][a-z0-9]+)*$/.test(key)) {
    throw usageFault(`"${key}" cannot be a name: small letters, digits and hyphens. Give one with --name.`, USAGE);
  }
  return { key, role, organisation };
}

function isRole(text: string | undefined): text is Role {
  return (roles as readonly string[]).includes(text ?? '');
}
