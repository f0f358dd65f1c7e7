import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { newWebhookSecret } from '../../shared/adapters/new-webhook-secret.ts';
import { noticeSender } from '../../shared/adapters/notices.ts';
import { AddressRefused, isPublicAddress, publicLookup } from '../../shared/adapters/public-address.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
}

function sender(timeout?: number) {
  const made = noticeSender({ local: true, ...(timeout ? { timeout } : {}) });
  closing.push(made.close);
  return made;
}

const notice = (url: string, secrets = [newWebhookSecret()]) => ({ url, id: 'event-1', body: '{"a":"ü"}', secrets });
const answering = (status: number, headers = {}) =>
  receiver((_request, response) => void response.writeHead(status, headers).end('{}'));

describe('V: a notice', () => {
  it('is one signed POST, which the public library verifies with each secret that signs', async () => {
    const secrets = [newWebhookSecret(), newWebhookSecret()];
    let got: { method?: string; body: string; headers: IncomingHttpHeaders } | undefined;
    const url = await receiver(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      got = { method: request.method ?? '', body: Buffer.concat(chunks).toString(), headers: request.headers };
      response.writeHead(204).end();
    });
    expect(await sender().send(notice(url, secrets))).toBeNull();
    const { method, body = '', headers = {} } = got ?? {};
    expect({ method, id: headers['webhook-id'], type: headers['content-type'] }).toEqual({
      method: 'POST',
      id: 'event-1',
      type: 'application/json',
    });
    const signed = headers as Record<string, string>;
    for (const secret of secrets) expect(new Webhook(secret).verify(body, signed)).toEqual({ a: 'ü' });
    expect(() => new Webhook(newWebhookSecret()).verify(body, signed)).toThrow();
    expect(() => new Webhook(secrets[0] ?? '').verify(`${body} `, signed)).toThrow();
  });

  it.each([200, 201, 202, 204, 299])('that is answered with %i was taken', async (status) =>
    expect(await sender().send(notice(await answering(status)))).toBeNull(),
  );

  it.each([301, 307, 400, 404, 410, 429, 500, 503])('that is answered with %i was not', async (status) => {
    const url = await answering(status, { location: 'http://127.0.0.1:9/' });
    expect(await sender().send(notice(url))).toEqual({ reason: 'answered', status });
  });

  it('never follows a redirect', async () => {
    let reached = false;
    const target = await receiver((_request, response) => {
      reached = true;
      response.end();
    });
    await sender().send(notice(await answering(308, { location: target })));
    expect(reached).toBe(false);
  });

  it('waits for an answer only so long', async () => {
    const url = await receiver(() => undefined);
    expect(await sender(100).send(notice(url))).toEqual({ reason: 'timed-out', status: null });
  });

  it('says of a receiver that is not there that it is not there', async () => {
    const url = await answering(200);
    for (const close of closing.splice(0)) close();
    expect(await sender().send(notice(url))).toEqual({ reason: 'unreachable', status: null });
  });

  it('finds a receiver that has dropped the connection that was kept open', async () => {
    const connections: number[] = [];
    const url = await receiver((request, response) => {
      const { socket } = request;
      const isReused = connections.includes(socket.remotePort ?? 0);
      connections.push(socket.remotePort ?? 0);
      if (isReused) socket.resetAndDestroy();
      else response.writeHead(204).end();
    });
    const { send } = sender();
    for (let time = 0; time < 4; time += 1) {
      expect(await send(notice(url))).toBeNull();
      // So that the connection is free again.
      await new Promise(setImmediate);
    }
    expect(connections.length).toBeGreaterThan(4);
  });

  it('is sent once where the receiver breaks off a new connection', async () => {
    let received = 0;
    const url = await receiver((request) => {
      received += 1;
      request.socket.resetAndDestroy();
    });
    expect(await sender().send(notice(url))).toEqual({ reason: 'unreachable', status: null });
    expect(received).toBe(1);
  });

  it('reads no more of an endless answer than it must, and goes on', async () => {
    const url = await receiver((_request, response) => {
      response.writeHead(200);
      const more = () =>
        response.write('x'.repeat(64 * 1024), (error) => void (error ? undefined : setImmediate(more)));
      more();
    });
    const { send } = sender(1000);
    expect([await send(notice(url)), await send(notice(url))]).toEqual([null, null]);
  });

  it('is not sent at all to an address that may not be called, whatever was stored', async () => {
    const strict = noticeSender({ local: false });
    for (const url of ['http://127.0.0.1:9/', 'https://169.254.169.254/', 'https://localhost/']) {
      expect(await strict.send(notice(url))).toEqual({ reason: 'address-refused', status: null });
    }
  });
});

describe('V: a public name', () => {
  it.each([
    ['8.8.8.8', 4, true],
    ['10.1.2.3', 4, false],
    ['100.64.0.1', 4, false],
    ['127.0.0.53', 4, false],
    ['169.254.169.254', 4, false],
    ['172.31.255.255', 4, false],
    ['192.168.1.1', 4, false],
    ['224.0.0.1', 4, false],
    ['255.255.255.255', 4, false],
    ['0.0.0.0', 4, false],
    ['2606:4700::1111', 6, true],
    ['::1', 6, false],
    ['::', 6, false],
    ['::ffff:10.0.0.1', 6, false],
    ['64:ff9b::a00:1', 6, false],
    ['fc00::1', 6, false],
    ['fe80::1', 6, false],
    ['fd00:ec2::254', 6, false],
    ['2002:a00:1::', 6, false],
    ['2001:2::1', 6, false],
    ['2001:10::1', 6, false],
    ['2001:2f:ffff::1', 6, false],
    ['2001:30::1', 6, false],
    ['2001:200::1', 6, true],
    ['3fff::1', 6, false],
    ['2620:4f:8000::1', 6, false],
    ['2620:4f:8001::1', 6, true],
  ])('may lead to %s: %#', (address, family, may) => expect(isPublicAddress({ address, family })).toBe(may));

  it('that leads inside is refused when it is connected to', async () => {
    for (const all of [true, false]) {
      const error = await new Promise((resolve) => publicLookup('localhost', { all }, resolve));
      expect(error).toBeInstanceOf(AddressRefused);
    }
  });
});
