/** Which addresses may be connected to: a redirect, or a name that suddenly means something else, must not lead to this machine or to a cloud's metadata service. Pure. */
import { BlockList, isIPv4 } from 'node:net';

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
const thisMachine = new BlockList();
thisMachine.addSubnet('127.0.0.0', 8, 'ipv4');
thisMachine.addSubnet('0.0.0.0', 8, 'ipv4');
thisMachine.addAddress('::1', 'ipv6');
thisMachine.addAddress('::', 'ipv6');

export interface AddressRules {
  /** Host of the source as the administrator wrote it; IPv6 without brackets. */
  readonly sourceHost: string;
  /** Host that is connected to, in the same form. */
  readonly host: string;
}

/** Why this address (an IP, what `host` resolved to) must not be connected to; null when it may. */
export function addressFault(address: string, { sourceHost, host }: AddressRules): string | null {
  const isOwn = host.toLowerCase() === sourceHost.toLowerCase();
  // Written as an address by the administrator: that one is meant.
  if (isOwn && address === sourceHost) return null;
  if (isIn(linkLocal, address)) return `it leads to the link-local address ${address}`;
  if (isOwn || isLocalName(sourceHost)) return null;
  return isIn(thisMachine, address) ? `it leads to this machine (${address})` : null;
}

function isLocalName(host: string): boolean {
  return host === 'localhost' || isIn(thisMachine, host);
}

function isIn(list: BlockList, address: string): boolean {
  // An IPv4 address in the clothes of an IPv6 one; Node writes the second form in hexadecimal.
  const plain = mappedV4(address) ?? address;
  try {
    return list.check(plain, isIPv4(plain) ? 'ipv4' : 'ipv6');
  } catch {
    return false;
  }
}

function mappedV4(address: string): string | null {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (hex === null) return null;
  const [high, low] = [Number.parseInt(hex[1] ?? '', 16), Number.parseInt(hex[2] ?? '', 16)];
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
}
