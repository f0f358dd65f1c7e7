import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { client } from '../../infra/local/api-client.ts';
import { deployedService } from '../../infra/local/renewal/service.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** An API whose answers come one after the other; the last for ever. */
async function serviceAnswering(...answers: ('nothing' | 'gateway' | 'empty')[]) {
  const asked: number[] = [];
  server = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(Date.now());
    if (answer === 'nothing') request.socket.destroy();
    else if (answer === 'gateway') response.writeHead(502, { 'content-type': 'text/html' }).end('<html></html>');
    else response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[],"cursor":null}');
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const turns: number[] = [];
  const service = deployedService(client({ apiUrl: `http://127.0.0.1:${port}` }), 'renewed', async () => {
    turns.push(asked.length);
  });
  return { service, asked, turns };
}

describe('The service that is renewed, through its API', () => {
  it.each(['nothing', 'gateway'] as const)('is asked again where it answers with %s', async (answer) => {
    const { service, asked, turns } = await serviceAnswering(answer, 'empty');
    expect(await service.referrals(undefined)).toEqual({ ids: [], cursor: null });
    expect(asked).toHaveLength(2);
    // Each request has its turn, the repeated one too.
    expect(turns).toEqual([0, 1]);
  });

  it('is given up after five times', async () => {
    const { service, asked } = await serviceAnswering('nothing');
    await expect(service.referrals(undefined)).rejects.toThrow('fetch failed');
    expect(asked).toHaveLength(5);
  }, 20_000);
});
