import type { Readable, Writable } from 'node:stream'

/** A command that runs on a host, seen from its streams. What carries it (a channel of SSH, pipes) is hidden. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Absent on a terminal, where it is part of stdout. */
  readonly stderr: Readable | undefined
  /** Resolves when no more output can come; never rejects. */
  readonly ended: Promise<ChannelEnd>
  /** Lets go of it at once. What still runs behind it reads the end of its input and can write no more. */
  destroy(): void
}

export interface ChannelEnd {
  /** The connection itself broke: nobody knows which bytes arrived, and how the command ended. */
  readonly lost: boolean
  /** Exit status; absent when a signal ended the command or the connection broke. */
  readonly status?: number
}

/** Runs a command line on a host, with pipes or on a terminal. @throws ConnectionFailure */
export type OpenChannel = (command: string, stream: 'pipe' | 'pty') => Promise<Channel>
