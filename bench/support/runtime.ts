/** The OCI runtime of a measurement: found as rackops finds it, and started as rackops starts it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { chooseRuntime, type WorkingRuntime } from '../../src/host/linux/runtime.js';
import { hostPath } from '../../src/model/index.js';

/** `name`: `auto`, or a program's. Throws when it does not work here. */
export async function findRuntime(name: string): Promise<WorkingRuntime> {
  const run = mkdtempSync('/var/tmp/rackops-bench-runtime-');
  try {
    const verdict = await chooseRuntime(name, { run: hostPath(run) });
    if ('problem' in verdict) throw new Error(verdict.problem);
    return verdict;
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
}

/** podman starts a runtime with everything in view: where ours works only without the cgroups of version 2, podman's users have runc. */
export function runtimeOfPodman({ name, hidesUnified }: WorkingRuntime): string {
  return hidesUnified ? 'runc' : name;
}
