import type { Readable } from 'node:stream'
import type { Channel } from './channel.ts'
import type { ConnectionFailure } from './connection.ts'
import { afterSign, type Sign } from './greeting.ts'

/** How a shell is started, and what happens until it greets. */
export interface ShellStart {
  readonly command: string
  readonly stream: 'pipe' | 'pty'
  readonly greeting: Sign
  /** Printed when sudo, su or doas is about to start: what came before is the noise of login files. */
  readonly calling?: Sign
  /** Nothing but the loop can read stdin, so frames need not wait for the greeting. */
  readonly early: boolean
  /** What asks for a password, and the line to give. Asked without an answer, or a second time, it is a failure. */
  readonly prompt?: { readonly pattern: RegExp; readonly answer: string | undefined }
  /** The failure for a shell that did not come to greet. `said` is what it printed instead. */
  explain(stop: Stop, said: string, status?: number): ConnectionFailure
}

/** Why there was no greeting: it ended, said nothing more, asked for a password that we lack, or refused the one it got. */
export type Stop = 'ended' | 'silent' | 'asked' | 'asked-again'

export interface AdmissionEvents {
  /** The rest of the greeting's line. Both streams greet; the first is told. */
  greeted(line: string): void
  refused(stop: Stop): void
  /** What comes behind the greeting. */
  stdout(chunk: Buffer): void
  stderr(chunk: Buffer): void
}

/**
 * Reads the streams of a shell that starts: skips noise, gives the password when it is asked for, and waits for the
 * greeting. A password that was written before it is asked for would be the first program where sudo does not ask.
 *
 * @param sent text that begins what is written ahead: where it comes back, nobody took it, and it is no message
 * @returns what it printed before the greeting, for messages
 */
export function admission({ stdin, stdout, stderr }: Channel, start: ShellStart, sent: string, events: AdmissionEvents): { said(): string } {
  let said = ''
  let called = start.calling === undefined
  let gavePassword = false
  let over = false
  let echoed = false

  const hear = (text: string) => {
    if (over || echoed) return
    const all = said + text
    echoed = all.includes(sent)
    said = (echoed ? all.slice(0, all.indexOf(sent)) : all).slice(-4096)
    const at = start.calling ? said.indexOf(start.calling.text) : -1
    if (at !== -1) {
      called = true
      said = said.slice(at + start.calling!.text.length).trimStart()
    }
    if (!called || !start.prompt?.pattern.test(said)) return
    if (!gavePassword && start.prompt.answer !== undefined) {
      gavePassword = true
      said = ''
      stdin.write(`${start.prompt.answer}\n`)
    } else {
      over = true
      events.refused(gavePassword ? 'asked-again' : 'asked')
    }
  }
  const greeted = (line: string) => {
    if (!over) events.greeted(line)
    over = true
  }
  const read = (stream: Readable, rest: (chunk: Buffer) => void) => {
    stream.on('error', () => {}).on('data', afterSign(start.greeting, { noise: hear, greeted, rest }))
  }
  read(stdout, events.stdout)
  if (stderr) read(stderr, events.stderr)
  return { said: () => said }
}
