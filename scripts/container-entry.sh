#!/bin/sh
# Entry of the development container. Under cgroup 2 a group that has processes cannot hand controllers (memory, pids) to its children, and all processes
# of a container start in its root group: they are moved aside first. Elsewhere this changes nothing.
set -eu
root=/sys/fs/cgroup
if [ -f "$root/cgroup.controllers" ] && mkdir -p "$root/entry" 2>/dev/null; then
  while read -r pid; do
    echo "$pid" >"$root/entry/cgroup.procs" 2>/dev/null || true
  done <"$root/cgroup.procs"
  for controller in $(cat "$root/cgroup.controllers"); do
    echo "+$controller" >"$root/cgroup.subtree_control" 2>/dev/null || true
  done
fi
exec "$@"
