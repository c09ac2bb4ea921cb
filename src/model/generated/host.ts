/** Generated from schema/ by scripts/generate-types.ts: do not edit. */

/**
 * Text of 63 characters at most.
 */
export type LabelValue = string;
/**
 * Fingerprint of an OpenPGP key: 40 hex digits.
 */
export type GpgFingerprint = string;
/**
 * A directory, a URL, or a mapping with exactly one of `directory`, `url` and `registry`.
 */
export type ImageSource =
  | string
  | {
      /**
       * Directory on the host that has image files, and their signatures beside them.
       */
      readonly directory?: string;
      /**
       * URL that image files are below, or a template with {file}, {name}, {version}, {sha256}.
       */
      readonly url?: string;
      /**
       * More URLs of the same form, asked in order when the one before fails. The same credentials are for all of them.
       *
       * @maxItems 8
       */
      readonly mirrors?: readonly ImageUrl[];
      /**
       * `zsync`: of a new image only what an older one on this host lacks is downloaded, where a control file (`<image>.zsync`) lies beside the image on the server; else all of it, which is told. Needs zsync on the host, where it runs without rights and without a network. Only with `url`.
       */
      readonly delta?: 'none' | 'zsync';
      /**
       * `host[:port]/repository` of an OCI registry; the image is its blob of that sha256, as `rackops image push` puts it there.
       */
      readonly registry?: string;
      /**
       * Credentials, as files of root with mode 0600; read again for each download. They are sent to the host that is written here and to no other.
       */
      readonly auth?: {
        /**
         * File with a bearer token.
         */
        readonly tokenFile?: string;
        /**
         * File with the user name, for basic authentication.
         */
        readonly usernameFile?: string;
        /**
         * File with the password, for basic authentication.
         */
        readonly passwordFile?: string;
      };
      /**
       * Further request headers, each with its value in a file of root with mode 0600. They are sent to no other host either.
       */
      readonly headers?: {
        readonly [k: string]: HeaderFile;
      };
      /**
       * Certificates that are trusted for this source instead of the system's, as PEM.
       */
      readonly caFile?: string;
      /**
       * Allow http:// without TLS. The sha256 still decides which bytes are used, but everybody on the way sees them; credentials are refused then, but for a loopback address.
       */
      readonly insecure?: boolean;
      /**
       * Other hosts, as `host[:port]`, that this registry may send us to for a token, with the credentials.
       *
       * @maxItems 8
       */
      readonly realms?: readonly HostPort[];
      readonly verify?: ImageVerify;
    };
/**
 * https:// (with `insecure` also http://), without credentials.
 */
export type ImageUrl = string;
/**
 * `host` or `host:port`.
 */
export type HostPort = string;
/**
 * Absolute path on the host, without `.`, `..` and empty parts.
 */
export type HostPath = string;
/**
 * Name of a Linux capability, with or without `CAP_`.
 */
export type Capability = string;

/**
 * The host's own configuration, `/etc/rackops/host.yaml`: where definitions come from and what they may ask for. It never comes from Git.
 */
export interface Host {
  /**
   * Version of this format.
   */
  readonly apiVersion?: 'rackops/v1';
  /**
   * What this file defines.
   */
  readonly kind?: 'Host';
  /**
   * Name of this host in reports.
   */
  readonly name: string;
  readonly labels?: Labels;
  /**
   * The Git repository of the rack definitions.
   */
  readonly repository: {
    /**
     * https://, ssh:// or the `user@host:path` form, or a local repository as an absolute path or file://. Credentials go into `auth`.
     */
    readonly url: string;
    /**
     * Branch that this host follows.
     */
    readonly branch?: string;
    /**
     * Folder of the definitions in the repository.
     */
    readonly path?: string;
    /**
     * When to look for new commits: a cron expression of 5 fields, or of 6 with seconds first, in UTC. A random wait of up to half the interval (5 s at most) is added.
     */
    readonly poll?: string;
    /**
     * How long one Git command may take; 1s to 1h.
     */
    readonly timeout?: string;
    /**
     * Credentials, as files of root with mode 0600; read again when they change.
     */
    readonly auth?: {
      /**
       * File with the password or token, for https.
       */
      readonly tokenFile?: string;
      /**
       * File with the user name, for https.
       */
      readonly usernameFile?: string;
      /**
       * Private key, for ssh.
       */
      readonly sshKeyFile?: string;
      /**
       * The server's host keys, for ssh.
       */
      readonly knownHostsFile?: string;
    };
    /**
     * Signatures that commits must carry before anything of them is applied. Give `allowedSignersFile`, `gpgKeysFile` or both; absent: none are asked for.
     */
    readonly verify?: {
      /**
       * `every`: each commit since the last applied one, side branches of merges included; at the first installation the tip alone. `head`: the tip alone, which vouches for what it is built on.
       */
      readonly mode?: 'head' | 'every';
      /**
       * SSH keys that may sign, as `ssh-keygen` reads them (ALLOWED SIGNERS): a name, options such as `valid-before="20270101"`, a public key. The host's own file: root's, not writable by others.
       */
      readonly allowedSignersFile?: string;
      /**
       * SSH keys that are refused although they are allowed: public keys, one a line, or a KRL of `ssh-keygen -k`.
       */
      readonly revokedKeysFile?: string;
      /**
       * OpenPGP keys that may sign, as `gpg --export` writes them, armored or not.
       */
      readonly gpgKeysFile?: string;
      /**
       * Only these keys of `gpgKeysFile` count: fingerprints of keys or of subkeys, 40 hex digits; default: all keys in it.
       *
       * @minItems 1
       * @maxItems 256
       */
      readonly gpgFingerprints?: readonly GpgFingerprint[];
    };
  };
  /**
   * Directory of images, trees and writable data.
   */
  readonly root?: string;
  /**
   * Directory of what the agent remembers.
   */
  readonly state?: string;
  /**
   * Directory of sockets, runtime bundles and pid files.
   */
  readonly run?: string;
  /**
   * Where images come from.
   */
  readonly images?: {
    /**
     * Where an image is looked for, in order: directories first, then what has to be downloaded. Each is the absolute path of a directory, the https URL that image files are below (or a template with {file}, {name}, {version}, {sha256}), or a mapping. `iso` in `root` is looked in first when it is not listed.
     *
     * @minItems 1
     * @maxItems 16
     */
    readonly sources?: readonly ImageSource[];
    /**
     * Images of one name (the file name without its version) that stay in the store beside those that are needed: what runs, what Git asks for, the version before. Only what rackops copied or fetched itself is ever deleted by itself.
     */
    readonly keep?: number;
    /**
     * Images that are downloaded at the same moment; the others wait.
     */
    readonly concurrent?: number;
    /**
     * The largest image that is downloaded, as `KiB`, `MiB` or `GiB`: what a server sends beyond it is not read.
     */
    readonly maxSize?: string;
    readonly verify?: ImageVerify1;
  };
  /**
   * Who keeps services running. `systemd` is not yet in force and refused.
   */
  readonly supervisor?: 'auto' | 'embedded' | 'systemd';
  /**
   * OCI runtime: `auto` takes crun where it works, else runc; or a program's name.
   */
  readonly runtime?: string;
  /**
   * What a definition may ask for. Git can never widen this.
   */
  readonly allow?: {
    /**
     * Directories of which a rack may see something.
     *
     * @maxItems 256
     */
    readonly mounts?: readonly HostPath[];
    /**
     * Linux capabilities that a service may have, with or without `CAP_`.
     *
     * @maxItems 41
     */
    readonly capabilities?: readonly Capability[];
    /**
     * Directories of which `fromHostFile` may read.
     *
     * @maxItems 256
     */
    readonly secrets?: readonly HostPath[];
  };
  /**
   * Guard against removing racks by mistake.
   */
  readonly prune?: {
    /**
     * Share of this host's racks that one revision may remove without an allowance, in percent; one rack is always allowed, the last one never.
     */
    readonly max?: string;
  };
  /**
   * Read-only web interface. Not yet in force.
   */
  readonly api?: {
    /**
     * `address:port` it listens on.
     */
    readonly listen?: string;
  };
}
/**
 * What `hosts.labels` of a definition is compared with.
 */
export interface Labels {
  readonly [k: string]: LabelValue;
}
/**
 * The file with the header's value.
 */
export interface HeaderFile {
  /**
   * File of root, mode 0600, one line.
   */
  readonly file: string;
}
/**
 * Signatures for images of this source, instead of `images.verify`.
 */
export interface ImageVerify {
  /**
   * Public keys (minisign), as files that only root can write; any one of them will do.
   *
   * @minItems 1
   * @maxItems 16
   */
  readonly keys: readonly HostPath[];
  /**
   * With `false` an image without a signature is taken all the same; a wrong signature never is.
   */
  readonly required?: boolean;
}
/**
 * Signatures that images must carry, beside the sha256 that the definition always says; a source may say otherwise for itself.
 */
export interface ImageVerify1 {
  /**
   * Public keys (minisign), as files that only root can write; any one of them will do.
   *
   * @minItems 1
   * @maxItems 16
   */
  readonly keys: readonly HostPath[];
  /**
   * With `false` an image without a signature is taken all the same; a wrong signature never is.
   */
  readonly required?: boolean;
}
