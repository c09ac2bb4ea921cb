/** Which certificates a server's is checked against. */
import { readFile } from 'node:fs/promises';

/** The administrator's own certificates are for the source; whoever it sends us to needs one of these, or a public one. */
export async function trustedBy(own: string | null, isSource: boolean): Promise<readonly string[]> {
  if (own !== null && isSource) return [own];
  const system = await systemCertificates();
  return own === null || system === null ? [system ?? own ?? []].flat() : [system, own];
}

/** What the administrator of this host trusts, which Node does not look at by itself; null where there is no such file. */
async function systemCertificates(): Promise<string | null> {
  for (const path of [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/cert.pem',
  ]) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text !== null) return text;
  }
  return null;
}
