import { type Role, roles } from '../../shared/domain/vocabulary.ts';
import { type Registration, registeredClients } from './clients.ts';
import { commandLine, usageFault } from './command-line.ts';
import { instanceNamed } from './instance.ts';
import { refuseForeignEnvironment } from './local-only.ts';
import { exclusively } from './lock.ts';
import { run } from './progress.ts';
import { readStack, writeStack } from './stack-file.ts';

const USAGE = `npm run client:add -- --role ROLE --organisation NAME [--provider ID] [--name KEY]

Registers a program that may call the local API: who it is, for which organisation it speaks, in which role.

  --role          ${roles.join(' | ')}
  --organisation  the organisation that the client speaks for
  --provider      the service provider's id (required for the role provider, and only there)
  --name          its key under "clients" in .local/stack.json (default: organisation, role and provider)`;

const { values } = commandLine(USAGE, {
  role: { type: 'string' },
  organisation: { type: 'string' },
  provider: { type: 'string' },
  name: { type: 'string' },
});

await run(async () => {
  refuseForeignEnvironment();
  const registration = registrationFrom(values);
  const instance = instanceNamed();
  await exclusively(instance, async () => {
    const stack = await readStack(instance);
    const added = await registeredClients({ ...stack, endpoint: stack.endpointUrl }, [registration]);
    await writeStack(instance, { ...stack, clients: { ...stack.clients, ...added } });
    console.log(JSON.stringify(added, null, 2));
  });
});

function registrationFrom({ role, organisation, provider, name }: typeof values): Registration {
  if (!isRole(role)) throw usageFault(role ? `There is no role "${role}".` : 'Say which role.', USAGE);
  if (!organisation) throw usageFault('Say which organisation.', USAGE);
  if ((role === 'provider') !== (provider !== undefined)) {
    throw usageFault('The role provider needs --provider, and no other role takes it.', USAGE);
  }
  const key = name ?? [organisation, role, provider].filter(Boolean).join(':');
  return { key, role, organisation, ...(provider !== undefined && { providerId: provider }) };
}

function isRole(text: string | undefined): text is Role {
  return (roles as readonly string[]).includes(text ?? '');
}
