import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Webhook } from 'standardwebhooks';
import type { NoticeFailure } from '../domain/webhook.ts';
import { webhookUrlFault } from '../domain/webhook-url.ts';
import type { Notices } from '../ports/webhooks.ts';
import { publicLookup } from './public-address.ts';

/** All that a receiver is given for one notice. */
const timeout = 5000;
/** An answer's body says nothing to us. It is read to its end so that the connection can be used again, up to here. */
const mostRead = 16 * 1024;

interface Options {
  /** Receivers on this machine, over HTTP too: a local stack's. */
  local: boolean;
  timeout?: number;
}

/** Signed POSTs (Standard Webhooks): no redirect is followed, no answer kept, nothing of either logged. */
export function noticeSender({ local, timeout: patience = timeout }: Options): Notices & { close(): void } {
  // Kept open from one notice to the next; a function may sleep between runs for longer than a connection lives.
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

  return {
    async send({ url, id, body, secrets }) {
      if (webhookUrlFault(url, { local })) return { reason: 'address-refused', status: null };
      const secure = new URL(url).protocol === 'https:';
      const signal = AbortSignal.timeout(patience);
      const headers = { ...signedHeaders(id, body, secrets), 'content-length': Buffer.byteLength(body) };
      const options = { method: 'POST', headers, signal, ...(local ? {} : { lookup: publicLookup }) };
      const post = (agent: HttpAgent | false, resolve: (outcome: NoticeFailure | null) => void): void => {
        const request = (secure ? httpsRequest : httpRequest)(url, { ...options, agent });
        request.on('response', (response) => resolve(outcomeOf(response)));
        request.on('error', (error) => {
          // A repeat is the same notice under the same id, so it harms nobody; on a connection of its own it is the last.
          if (request.reusedSocket && wasDropped(error)) post(false, resolve);
          else resolve(failureOf(error, signal));
        });
        request.end(body);
      };
      return new Promise((resolve) => post(secure ? agents.https : agents.http, resolve));
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/**
 * One signature for each secret that signs. The time is the machine's own, not the clock that a local stack can move:
 * a receiver holds it against its own, and refuses what is minutes away.
 */
function signedHeaders(id: string, body: string, secrets: readonly string[]) {
  const now = new Date();
  return {
    'content-type': 'application/json',
    'user-agent': 'referrals-webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

function outcomeOf(response: IncomingMessage): NoticeFailure | null {
  const { statusCode: status = 0 } = response;
  let read = 0;
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > mostRead) response.destroy();
  });
  // Its status was all that counts: what breaks off after it changes nothing.
  response.on('error', () => undefined);
  return status >= 200 && status < 300 ? null : { reason: 'answered', status };
}

/** The other side had closed the connection, or did as we wrote: of one that was kept open, no fault of the receiver. */
const wasDropped = ({ code }: NodeJS.ErrnoException): boolean => code === 'ECONNRESET' || code === 'EPIPE';

function failureOf(error: Error, signal: AbortSignal): NoticeFailure {
  if (error.name === 'AddressRefused') return { reason: 'address-refused', status: null };
  return { reason: signal.aborted ? 'timed-out' : 'unreachable', status: null };
}
