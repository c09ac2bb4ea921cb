/** A certificate that no authority knows, for a server on loopback. */
import { execFileSync } from 'node:child_process';

/** Writes both files, PEM; good for a day. `names`: as `subjectAltName` has them, `IP:127.0.0.1`. */
export function selfSigned(key: string, certificate: string, names: string): void {
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const subject = ['-subj', '/CN=rackops test', '-addext', `subjectAltName=${names}`, '-days', '1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', ...kind, ...subject, ...files], { stdio: 'ignore' });
}
