import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { LocalAwsError, PROJECT } from './instance.ts';
import { run } from './progress.ts';

const USAGE = `npm run deploy [-- OPTIONS OF cdk deploy]

Deploys to the AWS account of your own credentials and to the region CDK_DEFAULT_REGION or your profile's. Never to a
local AWS: that is \`npm start\`.`;

const forwarded = process.argv.slice(2);
if (forwarded.includes('--help')) {
  console.log(USAGE);
  process.exit(0);
}

await run(async () => {
  if (process.env.AWS_ENDPOINT_URL) {
    throw new LocalAwsError(
      'Refused: AWS_ENDPOINT_URL is set, so this would not deploy to AWS. Unset it, or use `npm start` for a local AWS.',
    );
  }
  const cdk = resolve(PROJECT, 'node_modules/aws-cdk/bin/cdk');
  const { REFERRALS_TARGET: _local, ...environment } = process.env;
  const { status } = spawnSync(process.execPath, [cdk, 'deploy', '--all', ...forwarded], {
    cwd: PROJECT,
    env: environment,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});
