import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, type LookupFunction } from 'node:net';

/** Addresses that are not of the internet: private, of this machine or link, shared, reserved, or for many at once. */
const notPublic = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(net, prefix, 'ipv4');
}
/** Of IPv6 only what is given out today is public. */
const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');
/** Ways into IPv4 through IPv6, what protocols and measurements use, and examples. */
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const) {
  notPublic.addSubnet(net, prefix, 'ipv6');
}

export function isPublicAddress({ address, family }: LookupAddress): boolean {
  if (family === 4) return !notPublic.check(address, 'ipv4');
  return publicV6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

/** A public name leads to an address that is none. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/**
 * Looks a name up for a connection, and takes no address but a public one: a name may be made to lead inside after it
 * was looked at, so it is judged by where the connection really goes.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const refusal = error ?? (addresses.every(isPublicAddress) ? null : new AddressRefused(hostname));
    const [first] = addresses ?? [];
    if (refusal || !first) callback(refusal ?? new AddressRefused(hostname), '', 0);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
