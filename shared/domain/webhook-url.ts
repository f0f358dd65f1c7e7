/** Endings of names that are never public: of a host, a network or a cloud's own services, its metadata among them. */
const privateEndings = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'private',
  'intranet',
  'lan',
  'home',
  'corp',
  'home.arpa',
  'arpa',
  'test',
];

/** Of HTTPS: to any other port, a notice might speak to something that is no receiver. Empty: 443. */
const ports = new Set(['', '8443']);

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Why notices may not go to an address; undefined where they may. It must be a public name over HTTPS, since what we
 * call must not be able to reach what only we can. What a name leads to is checked again at every delivery. Names of
 * this machine, over HTTP too, are for a local stack only.
 */
export function webhookUrlFault(text: string, { local }: { local: boolean }): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'not a URL';
  if (url.username || url.password) return 'a name and a password in it would be shown to whoever may read it';
  if (url.hash) return 'a fragment is never sent';
  if (local && loopback.has(url.hostname) && /^https?:$/.test(url.protocol)) return undefined;
  if (url.protocol !== 'https:') return 'must be https';
  if (!ports.has(url.port)) return 'must be on port 443 or 8443';
  const name = url.hostname.replace(/\.+$/, '');
  // Every way to write an IPv4 address has become the one with dots by now.
  if (name.startsWith('[') || /^[\d.]+$/.test(name)) return 'must name its host, not give its address';
  if (name.split('.').includes('')) return 'not a name';
  if (!name.includes('.') || privateEndings.some((ending) => name === ending || name.endsWith(`.${ending}`))) {
    return 'must be a public name';
  }
  return undefined;
}
