/** Names of Linux capabilities (capabilities(7)); with `CAP_` everywhere inside the program. */

const names =
  'AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYSLOG SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM';

/** All, with `CAP_`. */
export const knownCapabilities: readonly string[] = names.split(' ').map((name) => `CAP_${name}`);

const known = new Set(knownCapabilities);

/** The name with `CAP_` in front. */
export function capabilityName(text: string): string {
  return text.startsWith('CAP_') ? text : `CAP_${text}`;
}

export function isCapability(text: string): boolean {
  return known.has(capabilityName(text));
}
