/** The user of a service, looked up in the rack's own /etc/passwd and /etc/group. Parsing is pure; the files are read inside of the rack's root. */
import { shorten } from '../../lib/index.js';
import { RackError, rackPath } from '../../model/index.js';
import type { RackRoot } from './in-root.js';
import type { LookedUpUser } from './oci-config.js';

/** Far beyond a real password file. */
const maxFileBytes = 4 * 1024 * 1024;
/** The last one means "no change" to the kernel. */
const maxId = 0xfffffffe;

/** Error: E_USER, naming what is not there. */
export function lookUpUser(user: string, root: Pick<RackRoot, 'read'>, rack: string): LookedUpUser {
  const text = (path: string): string =>
    root.read(rackPath(path), maxFileBytes)?.content?.toString('utf8') ?? '';
  const result = resolveUser(user, text('/etc/passwd'), text('/etc/group'));
  if (typeof result === 'string') {
    throw new RackError('E_USER', `cannot run as user "${shorten(user)}": ${result}`, {
      rack,
      blame: 'definition',
      hint: 'add it to the image, or write uid:gid',
    });
  }
  return result;
}

/**
 * `user` is `name[:group]` or `uid[:gid]`. Without a group: the one of the password file, and the supplementary groups with it; an unknown uid
 * gets the group of the same number, never root's. The answer is a reason (text) when something is not there. Pure.
 */
export function resolveUser(user: string, passwd: string, group: string): LookedUpUser | string {
  const [name = '', groupName] = user.split(':');
  const entry = passwdEntry(name, passwd);
  const uid = entry?.uid ?? numericId(name) ?? (name === 'root' ? 0 : null);
  if (uid === null) return `/etc/passwd of the rack has no "${shorten(name)}"`;
  if (groupName !== undefined) {
    const gid = numericId(groupName) ?? groupId(groupName, group);
    return gid === null ? `/etc/group of the rack has no "${shorten(groupName)}"` : { uid, gid, groups: [] };
  }
  const gid = entry?.gid ?? uid;
  const groups = entry === null ? [] : supplementaryGroups(entry.name, group).filter((id) => id !== gid);
  return { uid, gid, groups };
}

function passwdEntry(
  user: string,
  passwd: string,
): { readonly name: string; readonly uid: number; readonly gid: number } | null {
  const wantedId = numericId(user);
  for (const line of passwd.split('\n')) {
    const [name = '', , uidText = '', gidText = ''] = line.split(':');
    const uid = numericId(uidText);
    const gid = numericId(gidText);
    if (name === '' || uid === null || gid === null) continue;
    if (wantedId === null ? name === user : uid === wantedId) return { name, uid, gid };
  }
  return null;
}

function groupId(wanted: string, group: string): number | null {
  for (const line of group.split('\n')) {
    const [name, , gid = ''] = line.split(':');
    if (name === wanted) return numericId(gid);
  }
  return null;
}

function supplementaryGroups(user: string, group: string): readonly number[] {
  const ids = group.split('\n').flatMap((line) => {
    const [, , gidText = '', members = ''] = line.split(':');
    const gid = numericId(gidText);
    return gid !== null && members.trim().split(',').includes(user) ? [gid] : [];
  });
  return [...new Set(ids)].sort((a, b) => a - b);
}

function numericId(text: string): number | null {
  if (!/^\d{1,10}$/.test(text)) return null;
  const id = Number(text);
  return id <= maxId ? id : null;
}
