import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { EventView } from '../../../shared/contracts/event.ts';

export interface ReceivedNotice {
  event: EventView;
  /** The secrets that its signatures verify with, of those that the receiver knows. */
  signedWith: string[];
  signatures: number;
  taken: boolean;
}

/** Somebody else's system on this machine: it knows the public library, its secret, and nothing of the application. */
export interface Receiver {
  url: string;
  /** Every attempt, in order. */
  received: readonly ReceivedNotice[];
  /** What came and was not to be trusted. */
  distrusted: readonly string[];
  /** Tried from the first to the last on every notice. */
  secrets: string[];
  /** The status that it answers with. */
  answer: (event: EventView) => number;
  close(): Promise<void>;
}

export async function receiver(): Promise<Receiver> {
  const received: ReceivedNotice[] = [];
  const distrusted: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const headers = request.headers as Record<string, string>;
    const signedWith = own.secrets.filter((secret) => verifies(secret, body, headers));
    const event = JSON.parse(body) as EventView;
    if (signedWith.length === 0 || headers['webhook-id'] !== event.id) {
      distrusted.push(event.id);
      response.writeHead(401).end();
      return;
    }
    const status = own.answer(event);
    const signatures = headers['webhook-signature']?.split(' ').length ?? 0;
    received.push({ event, signedWith, signatures, taken: status < 300 });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const own: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/referrals`,
    received,
    distrusted,
    secrets: [],
    answer: () => 204,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return own;
}

function verifies(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
