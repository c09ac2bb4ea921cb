/**
 * System calls that no service in a rack needs: they load code into the kernel, make namespaces and mounts, or read what is not the rack's. A deny
 * list, not an allow list: an unknown new call of a library must not break a service that runs for years. Pure.
 */

/** Kernel-wide effects, and corners with a record of holes; refused whatever the capabilities are. */
const always = [
  'acct',
  'add_key',
  'bpf',
  'delete_module',
  'finit_module',
  'init_module',
  'io_uring_enter',
  'io_uring_register',
  'io_uring_setup',
  'kexec_file_load',
  'kexec_load',
  'keyctl',
  'lookup_dcookie',
  'nfsservctl',
  'open_by_handle_at',
  'perf_event_open',
  'quotactl',
  'quotactl_fd',
  'reboot',
  'request_key',
  'swapoff',
  'swapon',
  'userfaultfd',
  'vm86',
  'vm86old',
];

/** Namespaces and mounts: only for a service that was granted CAP_SYS_ADMIN. A user namespace would give them to anybody. */
const withoutSysAdmin = [
  'fsconfig',
  'fsmount',
  'fsopen',
  'fspick',
  'mount',
  'mount_setattr',
  'move_mount',
  'open_tree',
  'pivot_root',
  'setns',
  'umount',
  'umount2',
  'unshare',
];

const EPERM = 1;
const ENOSYS = 38;
const CLONE_NEWUSER = 0x10000000;
/** Pushes characters into the terminal of whoever looks in with `shell`. */
const TIOCSTI = 0x5412;

/** The `linux.seccomp` part of a runtime's configuration for a service with these capabilities. */
export function seccompProfile(capabilities: readonly string[]): object {
  const errno = { action: 'SCMP_ACT_ERRNO', errnoRet: EPERM };
  const base = [
    { ...errno, names: always },
    { ...errno, names: ['ioctl'], args: [{ index: 1, value: TIOCSTI, op: 'SCMP_CMP_EQ' }] },
  ];
  const namespaces = [
    { ...errno, names: withoutSysAdmin },
    {
      ...errno,
      names: ['clone'],
      args: [{ index: 0, value: CLONE_NEWUSER, valueTwo: CLONE_NEWUSER, op: 'SCMP_CMP_MASKED_EQ' }],
    },
    // Its flags are in memory, where a filter cannot look: "not known" makes libraries use clone.
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
  ];
  const isAdmin = capabilities.includes('CAP_SYS_ADMIN');
  return { defaultAction: 'SCMP_ACT_ALLOW', syscalls: isAdmin ? base : [...base, ...namespaces] };
}
