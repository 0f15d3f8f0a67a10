import { existsSync } from 'node:fs'
import { ConnectionFailure, type Answer, type Connection, type Request } from '../../src/connection/connection.ts'

/** The shells that the loop must run in, by name; those that this machine lacks stand apart. */
const all = { 'dash': ['/bin/dash', ''], 'bash --posix': ['/bin/bash', ' --posix'], 'BusyBox sh': ['/bin/busybox', ' sh'] } as const

export const shells = Object.entries(all).map(([name, [path, words]]) => ({
  name: existsSync(path) ? name : `${name} (skipped: no ${path})`, shell: path + words, missing: !existsSync(path),
}))

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')

/** An answer in one line, for comparison. */
export const shown = ({ status, stdout, stderr }: Answer): string => `${status} ${JSON.stringify(text(stdout))} ${JSON.stringify(text(stderr))}`

/** The answer in one line, or the kind of failure. */
export const outcome = (connection: Connection, program: string, more: Partial<Request> = {}): Promise<string> =>
  connection.run({ program, deadline: 10_000, ...more }).then(shown, (error: unknown) => {
    if (error instanceof ConnectionFailure) return error.kind
    throw error
  })

/** Any text as one word of sh. */
export const word = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`

/** Waits until something is so. */
export async function eventually(condition: () => boolean | Promise<boolean>, milliseconds = 5_000): Promise<boolean> {
  const end = Date.now() + milliseconds
  while (!(await condition())) {
    if (Date.now() > end) return false
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return true
}

/** The failure that a promise ends with. */
export const failureOf = (promise: Promise<unknown>): Promise<ConnectionFailure> =>
  promise.then(() => {
    throw new Error('it did not fail')
  }, (error: unknown) => {
    if (error instanceof ConnectionFailure) return error
    throw error
  })
