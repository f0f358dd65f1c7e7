import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { LocalAwsError, PROJECT } from './instance.ts';
import { run } from './progress.ts';

/** `npm run deploy`: to the AWS account of the caller's own credentials, never to a local one. */
await run(async () => {
  if (process.env.AWS_ENDPOINT_URL) {
    throw new LocalAwsError(
      'Refused: AWS_ENDPOINT_URL is set, so this would not deploy to AWS. Unset it, or use `npm start` for a local AWS.',
    );
  }
  const cdk = resolve(PROJECT, 'node_modules/aws-cdk/bin/cdk');
  const { REFERRALS_TARGET: _local, ...environment } = process.env;
  const { status } = spawnSync(process.execPath, [cdk, 'deploy', '--all', ...process.argv.slice(2)], {
    cwd: PROJECT,
    env: environment,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});
