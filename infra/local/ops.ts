import { definitionRelease } from '../../shared/contracts/workflow.ts';
import { type ApiClient, client } from './api-client.ts';
import { commandLine, usageFault } from './command-line.ts';
import { clientNamed, readStack, token } from './local-aws.ts';
import { run, seconds } from './progress.ts';
import { paced, type Renewal, renewAll } from './renewal/renew.ts';
import { deployedService } from './renewal/service.ts';

/** Of `StartExecution`, sustained, in a second (docs/scale.md). */
const startQuota = 150;

const USAGE = `npm run ops -- renew [--dry-run] [--rate N] [--requests N] [--release N] [--referral ID]

After a changed definition was deployed: has every execution of an older one continue in a fresh one. Each is made to
look at the record (POST /v1/operations/release, so that it stands in the referral's history), and hands over by itself.
Nothing of the referrals changes. A run that was ended half-way is simply run again; two at once do no harm. What is
busy moves without it at its next look, within thirty days.

  --dry-run   count what would move; ask nothing of it
  --rate      executions in a second (default 50); the quota of starts is ${startQuota}, and referrals need some of it
  --requests  requests to the API in a second (default 25): half of what it takes of everybody (REFERRALS_RATE_LIMIT)
  --release   the release of the definitions that all are to run (default: this folder's, ${definitionRelease})
  --referral  only this one
  --reason    kept in the history (default: "renewed to definition N")

Without more it speaks to the local AWS of \`npm start\`. For another deployment, --api ADDRESS (without /v1) and
--token-url ADDRESS, with the REFERRALS_CLIENT_ID and REFERRALS_CLIENT_SECRET of operations in the environment.
It ends with 1 when an execution did not move, and names it; where none does, it stops after some ten.`;

const { values, positionals } = commandLine(
  USAGE,
  {
    'dry-run': { type: 'boolean', default: false },
    rate: { type: 'string', default: '50' },
    requests: { type: 'string', default: '25' },
    release: { type: 'string', default: String(definitionRelease) },
    referral: { type: 'string' },
    reason: { type: 'string' },
    api: { type: 'string' },
    'token-url': { type: 'string' },
    instance: { type: 'string' },
  },
  true,
);

await run(async () => {
  const [command] = positionals;
  if (command !== 'renew' || positionals.length !== 1) throw usageFault('Say what to do: renew.', USAGE);
  const rate = whole('rate', values.rate);
  if (rate >= startQuota) throw usageFault(`--rate must stay below ${startQuota}, the quota of starts.`, USAGE);
  const release = whole('release', values.release);
  const dryRun = values['dry-run'];
  const started = performance.now();
  const turn = paced(whole('requests', values.requests));
  const reason = values.reason ?? `renewed to definition ${release}`;
  const all = deployedService(await operations(), reason, () => turn(1));
  const { referral } = values;
  const service = referral ? { ...all, referrals: async () => ({ ids: [referral], cursor: null }) } : all;
  const progress = (soFar: Renewal) => console.log(`  ${soFar.referrals} referrals: ${counts(soFar)}`);
  const done = await renewAll(service, { release, rate, dryRun, progress });
  console.log(
    `\n${counts(done)}${dryRun ? '; nothing was asked of them' : ''}; ${seconds(performance.now() - started)}`,
  );
  for (const { name, why } of done.failed) console.error(`  failed: ${name} ${why}`);
  if (done.failed.length > 0) process.exitCode = 1;
});

function counts({ current, outdated, moved, concluded, failed }: Renewal): string {
  return `${outdated} of an older definition, ${moved} moved, ${concluded} concluded meanwhile, ${failed.length} failed; ${current} were current`;
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw usageFault(`--${name} is a whole number from 1, not "${text}".`, USAGE);
  return Number(text);
}

async function operations(): Promise<ApiClient> {
  const { api: apiUrl, 'token-url': tokenUrl, instance } = values;
  if (!apiUrl && !tokenUrl) {
    const stack = await readStack(instance ? { instance } : {});
    return client({ apiUrl: stack.apiUrl, token: () => token(stack, clientNamed(stack, 'operations')) });
  }
  const { REFERRALS_CLIENT_ID: clientId, REFERRALS_CLIENT_SECRET: clientSecret } = process.env;
  if (!apiUrl || !tokenUrl || !clientId || !clientSecret) {
    throw usageFault('--api and --token-url belong together, with the client in the environment.', USAGE);
  }
  return client({
    apiUrl,
    token: () => token({ tokenUrl }, { clientId, clientSecret, scope: 'referrals/operations' }),
  });
}
