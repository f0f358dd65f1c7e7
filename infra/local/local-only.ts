import { dirname, resolve } from 'node:path';
import { ACCOUNT, clientListFile, type Instance, LOOPBACK, LocalAwsError, REGION } from './instance.ts';

/** The emulator's own administrator, and so the only credentials that a local command ever holds. */
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Local commands talk to this machine or not at all. */
export function refuseAnythingButLoopback(endpoint: string): void {
  const { hostname } = new URL(endpoint);
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw new LocalAwsError(`Refused: ${endpoint} is not on this machine. Local commands only speak to loopback.`);
  }
}

/** An endpoint in the caller's environment is never used, but one that points elsewhere is a sign of a mistake. */
export function refuseForeignEnvironment(environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.AWS_ENDPOINT_URL) refuseAnythingButLoopback(environment.AWS_ENDPOINT_URL);
}

/** Configuration for every SDK client of the local tools. */
export function sdkConfig(endpoint: string) {
  refuseAnythingButLoopback(endpoint);
  return { endpoint, region: REGION, credentials: CREDENTIALS, maxAttempts: 3 };
}

/** What a program needs to see of the machine; no credentials, profiles or endpoints of the caller leak into it. */
function plainEnvironment(instance: Instance): NodeJS.ProcessEnv {
  // Functions run as `node` from the PATH, and must run on the version that runs this.
  const node = dirname(process.execPath);
  return {
    PATH: `${node}:${process.env.PATH ?? ''}`,
    HOME: instance.folder,
    TMPDIR: resolve(instance.folder, 'tmp'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    NO_PROXY: 'localhost,127.0.0.1,::1',
  };
}

export function emulatorEnvironment(instance: Instance, port: number, mark: string): NodeJS.ProcessEnv {
  return {
    ...plainEnvironment(instance),
    AUTH: 'true',
    BIND_HOST: LOOPBACK,
    MINISTACK_HOST: LOOPBACK,
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: REGION,
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    STATE_DIR: resolve(instance.folder, 'state'),
    S3_DATA_DIR: resolve(instance.folder, 's3'),
    LOG_LEVEL: 'WARNING',
    PYTHONUNBUFFERED: '1',
    // The emulator's worker script calls a deprecated function; its warning would stand in every function's log.
    NODE_OPTIONS: '--disable-warning=DEP0169',
    // Shown again by its health page: so we know that the process that answers is the one that we started.
    MINISTACK_EDITION: mark,
  };
}

/** For the CDK application and its command line, which then build and deploy the local variant. */
export function cdkEnvironment(instance: Instance, endpoint: string): NodeJS.ProcessEnv {
  refuseAnythingButLoopback(endpoint);
  return {
    ...plainEnvironment(instance),
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: resolve(instance.folder, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: resolve(instance.folder, 'no-credentials'),
    CDK_DEFAULT_ACCOUNT: ACCOUNT,
    CDK_DEFAULT_REGION: REGION,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    REFERRALS_TARGET: 'local',
    REFERRALS_CLIENTS: clientListFile(instance),
  };
}
