/** What a container image says about how it is run. Text of a stranger, sorted out but not believed. */
export interface ContainerConfig {
  /** Entrypoint and command on one another; empty when the image names none. */
  readonly command: readonly string[];
  /** In the image's order; a later value of a name counts. */
  readonly env: Readonly<Record<string, string>>;
  /** `name`, `uid`, with `:group` or `:gid`; null: root. */
  readonly user: string | null;
  /** Absolute; null: `/`. */
  readonly workdir: string | null;
  readonly ports: readonly ContainerPort[];
  /** Directories meant for data, absolute. */
  readonly volumes: readonly string[];
  /** Without `SIG`; null: TERM. */
  readonly stopSignal: string | null;
  /** Command that says whether it is healthy; null when there is none. */
  readonly health: readonly string[] | null;
  /** As Go names it: `amd64`, `arm64`; null when it is not said. */
  readonly architecture: string | null;
}

export interface ContainerPort {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}
