/** A DNS query over UDP, by Node's own resolver (c-ares), to one server and no other. */
import { Resolver } from 'node:dns/promises';

/** The IPv4 addresses that the server at 127.0.0.1 gives for `name`. Throws ESERVFAIL, ENOTFOUND, ETIMEOUT …: what a client would see. */
export async function addressesOf(port: number, name: string): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return resolver.resolve4(name);
}
