/** What is found out about stored images between rollouts. */

/** One image file that is not, or may not stay, what it was when it was verified. */
export interface DamagedImage {
  /** The file, or the loop device of a mounted image whose file has lost its name. */
  readonly path: string;
  /** Name in definitions; its digest where no name is known. */
  readonly file: string;
  /** The digest that it should have. */
  readonly sha256: string;
  /** Racks that run it, are to run it or ran it before; sorted. */
  readonly racks: readonly string[];
  /** Racks that run it now. */
  readonly runs: readonly string[];
  readonly message: string;
  readonly hint: string;
}

/** Result of the last check of all images; kept, so that `status` can tell. */
export interface ImageCheckRecord {
  readonly format: 1;
  /** Of the last check of all images; null: only some were ever checked. */
  readonly at: string | null;
  readonly damaged: readonly DamagedImage[];
  /** Paths of those that were found by a command, while nobody kept a log: the agent's next check tells them. Absent: none. */
  readonly untold?: readonly string[];
}
