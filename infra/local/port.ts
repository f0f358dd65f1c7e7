import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { LOOPBACK } from './instance.ts';
import { commandOf } from './processes.ts';

/** A port of the loopback that nobody holds. */
export const freePort = (): Promise<number> => listenOnce(0);

export async function isFree(port: number): Promise<boolean> {
  return listenOnce(port).then(
    () => true,
    () => false,
  );
}

function listenOnce(port: number): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? done(address.port) : fail(new Error('no port'))));
    });
  });
}

/** Names whoever listens on a port, as far as the system tells. */
export async function holderOf(port: number): Promise<string> {
  try {
    const sockets = await listeningSockets(port);
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
      for (const file of files) {
        const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
        if (sockets.has(target)) return `process ${pid} (${(await commandOf(Number(pid))).slice(0, 120)})`;
      }
    }
  } catch {
    // No /proc, as on macOS: the port number has to do.
  }
  return `another program (see \`lsof -i :${port}\`)`;
}

async function listeningSockets(port: number): Promise<Set<string>> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const LISTENING = '0A';
  const rows = tables.flatMap((table) => table.trim().split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  return new Set(
    rows.filter((row) => row[1]?.endsWith(suffix) && row[3] === LISTENING).map((row) => `socket:[${row[9]}]`),
  );
}
