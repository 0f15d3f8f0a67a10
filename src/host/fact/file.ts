export interface FileState {
  readonly type: 'absent' | 'file' | 'directory' | 'link' | 'block' | 'character' | 'fifo' | 'socket'
  /** Permission bits, set-id and sticky bits included: 0o644. */
  readonly mode: number
  readonly owner: string
  readonly group: string
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly inode: number
  readonly device: number
  readonly links: number
  /** Seconds since 1970, with fraction where the host gives it. */
  readonly modified: number
  readonly changed: number
  /** Last access, in seconds since 1970, where the host tells. No part of a fingerprint: looking changes it. */
  readonly accessed?: number
  /** Where a symbolic link points, as it is written. */
  readonly target?: string
}

export interface Followed extends FileState {
  /**
   * By names that are no links, where a link was followed; names that are missing are kept. The path that was asked about
   * where it is no link, leads in a circle, or through what is no directory.
   */
  readonly path: string
  /** The links on the way, first one first. */
  readonly through?: readonly string[]
}

export interface FileDetails {
  /** Best size of a read or write, in bytes. */
  readonly blockSize: number
  /** What it takes on the disk, in units of 512 bytes. */
  readonly blocks: number
  /** Number of the device that it stands for, 0 for what is none. */
  readonly device: number
  /** Flags of the file system as `lsattr` writes them (`ie`), and the file's version; absent where there are none. */
  readonly flags?: string
  readonly version?: string
}

export const absentFile: FileState = {
  type: 'absent', mode: 0, owner: '', group: '', uid: -1, gid: -1, size: 0, inode: 0, device: 0, links: 0, modified: 0, changed: 0,
}
