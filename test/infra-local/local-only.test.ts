import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { instanceNamed, PROJECT } from '../../infra/local/instance.ts';
import {
  cdkEnvironment,
  emulatorEnvironment,
  refuseForeignEnvironment,
  sdkConfig,
} from '../../infra/local/local-only.ts';

const ELSEWHERE = [
  'https://dynamodb.eu-west-2.amazonaws.com',
  'http://192.168.1.20:4566',
  'http://127.0.0.1.example.org:4566',
  'http://localhost.example.org',
];

describe('A local command', () => {
  it.each(ELSEWHERE)('refuses %s', (endpoint) => {
    expect(() => sdkConfig(endpoint)).toThrow('not on this machine');
    expect(() => cdkEnvironment(instanceNamed('example'), endpoint)).toThrow('not on this machine');
    expect(() => refuseForeignEnvironment({ AWS_ENDPOINT_URL: endpoint })).toThrow('not on this machine');
  });

  it.each(['http://127.0.0.1:4566', 'http://localhost:4566', 'http://[::1]:4566'])('speaks to %s', (endpoint) => {
    expect(sdkConfig(endpoint).endpoint).toBe(endpoint);
    expect(() => refuseForeignEnvironment({ AWS_ENDPOINT_URL: endpoint })).not.toThrow();
  });

  it('passes none of the caller’s AWS settings on', () => {
    vi.stubEnv('AWS_PROFILE', 'production');
    vi.stubEnv('AWS_SESSION_TOKEN', 'secret');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAREAL');
    const instance = instanceNamed('example');
    for (const environment of [
      emulatorEnvironment(instance, 4566, 'mark'),
      cdkEnvironment(instance, 'http://127.0.0.1:4566'),
    ]) {
      expect(environment).not.toHaveProperty('AWS_PROFILE');
      expect(environment).not.toHaveProperty('AWS_SESSION_TOKEN');
      expect(environment.AWS_ACCESS_KEY_ID).toBe('test');
      expect(environment.TMPDIR).toBe(resolve(PROJECT, '.local/example/tmp'));
    }
    vi.unstubAllEnvs();
  });

  it('binds the emulator to loopback only, with IAM enforced and no other listener', () => {
    expect(emulatorEnvironment(instanceNamed('example'), 4566, 'mark')).toMatchObject({
      BIND_HOST: '127.0.0.1',
      AUTH: 'true',
      IOT_MTLS_ENABLED: '0',
    });
  });
});

describe('The port', () => {
  it.each(['80', 'abc', '70000', '4566.5'])('%s is refused', (port) => {
    vi.stubEnv('REFERRALS_LOCAL_PORT', port);
    expect(() => instanceNamed()).toThrow(`REFERRALS_LOCAL_PORT is "${port}"`);
    vi.unstubAllEnvs();
  });
});

describe('Deployment to AWS', () => {
  it('refuses when an endpoint is set', async () => {
    const { code, stderr } = await command('deploy-to-aws.ts', [], { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' });
    expect(code).toBe(1);
    expect(stderr).toContain('AWS_ENDPOINT_URL is set');
  });
});

describe('Each command', () => {
  it.each(['start.ts', 'stop.ts', 'clock.ts', 'client-add.ts', 'deploy-to-aws.ts'])(
    '%s explains itself',
    async (file) => {
      const { code, stdout } = await command(file, ['--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^npm (run )?[a-z:]+/);
    },
  );

  it.each(['start.ts', 'stop.ts', 'clock.ts', 'client-add.ts'])('%s refuses what it does not know', async (file) => {
    const { code, stderr } = await command(file, ['--colour', 'blue']);
    expect(code).toBe(2);
    expect(stderr).toContain('--colour');
  });

  it('client:add names what is missing', async () => {
    const said = async (...args: string[]) => (await command('client-add.ts', args)).stderr;
    expect(await said()).toContain('Say which role');
    expect(await said('--role', 'judge')).toContain('no role "judge"');
    expect(await said('--role', 'court')).toContain('Say which organisation');
    expect(await said('--role', 'court', '--organisation', 'The Court')).toContain('cannot be a name');
  });
});

function command(file: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const path = resolve(PROJECT, 'infra/local', file);
  return new Promise<{ code: number; stdout: string; stderr: string }>((done) =>
    execFile(process.execPath, [path, ...args], { env: { ...process.env, ...env } }, (fault, stdout, stderr) =>
      done({ code: Number(fault?.code ?? 0), stdout, stderr }),
    ),
  );
}
