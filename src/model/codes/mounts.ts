import { codes } from './code.js';

/** Images, mounts, layers and disk. */
export const mountCodes = codes({
  E_BUSY: {
    blame: 'host',
    summary: 'another process holds the tree of the rack',
    action: 'end the processes named, then sync again',
  },
  E_LEAKED_MOUNT: {
    blame: 'host',
    summary: 'the old overlay lives on in another mount namespace',
    action: 'end the processes named, then sync again',
  },
  E_MOUNT: {
    blame: 'host',
    summary: 'the kernel refused a mount',
    action: 'run rackops doctor',
  },
  E_MOUNT_TARGET: {
    blame: 'definition',
    summary: 'a mount point in the rack is missing, a symbolic link or of the wrong kind',
    action: 'choose another path, or make it again in the rack',
  },
  E_MOUNTED: {
    blame: 'host',
    summary: 'something is mounted where data would be deleted',
    action: 'unmount it, then try again',
  },
  E_DELETE: {
    blame: 'host',
    summary: 'data that nobody needs could not be deleted, or not all of them in time',
    action: 'see the message; what is left is deleted by the next purge or swap of the rack',
  },
  E_DISK_SPACE: {
    blame: 'host',
    summary: 'the disk is full, or nearly so',
    action: 'free some space; it is tried again at the next pass',
  },
  E_NO_INODES: {
    blame: 'host',
    summary: 'the file system has no inodes left',
    action: 'delete some files; it is tried again at the next pass',
  },
  E_OVERLAY_FEATURE: {
    blame: 'host',
    summary: 'a writable layer carries attributes of overlay features that tie it to one image',
    action: 'copy its files out of a mount of the overlay that wrote them',
  },
  E_LAYER_LIMIT: {
    blame: 'host',
    summary: 'the writable directory has more sealed layers than a tree may have',
    action: 'see why they are not merged (disk space?), then sync again; nothing was touched',
  },
  E_LAYER_DEPTH: {
    blame: 'host',
    summary: 'directories of a layer lie deeper in one another than can be copied',
    action:
      'delete them in the rack; until the next swap after that the layer stays as it is, and is not merged',
  },
  E_LAYER_MISSING: {
    blame: 'host',
    summary: 'a sealed layer of the writable directory is not there',
    action: 'put it back from a backup',
  },
  E_DATA_UNREADABLE: {
    blame: 'host',
    summary: 'the names or the list of the layers in a writable directory cannot be read',
    action: 'put layers.json back from a backup; nothing is sealed, deleted or rolled out meanwhile',
  },
  E_NO_SNAPSHOT: {
    blame: 'host',
    summary: 'the rack has no such snapshot',
    action: 'see rackops snapshot list RACK',
  },
  E_REHEARSAL: {
    blame: 'host',
    summary: 'a rehearsal could not be set up, so it says nothing about the version',
    action: 'see the message; the rollout goes on without it',
  },
  E_DIR_OWNER: {
    blame: 'host',
    summary: "a directory of ours is another user's, a link or no directory",
    action: 'give it to root, or set another directory in host.yaml',
  },
  E_STATE_READONLY: {
    blame: 'host',
    summary: 'a directory of ours is on a read-only file system',
    action: 'mount it read-write, or set another directory in host.yaml',
  },
  E_PROGRAM_MISSING: {
    blame: 'host',
    summary: 'a program that rackops needs is not installed',
    action: 'run rackops doctor; it says what to install',
  },
});
