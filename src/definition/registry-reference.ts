/** The name of a tag in an OCI registry, as people write it: `registry.example.org:5000/racks/webserver:2.0`. Pure. */
import { RackError } from '../model/index.js';

const form =
  /^([A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?)\/([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*):([A-Za-z0-9_][A-Za-z0-9._-]{0,127})$/;

/** Its parts; the host in lower case, with its port if one is written. Error: E_OCI_REFERENCE. */
export function registryReference(text: string): {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
} {
  const [, host, repository, tag] = text.length > 700 ? [] : (form.exec(text) ?? []);
  if (host === undefined || repository === undefined || tag === undefined) {
    throw new RackError(
      'E_OCI_REFERENCE',
      `cannot push to "${text.slice(0, 200)}": want host[:port]/repository:tag`,
      {
        blame: 'host',
        hint: 'for example registry.example.org/racks/webserver:2.0, the repository in lower case',
      },
    );
  }
  return { host: host.toLowerCase(), repository, tag };
}
