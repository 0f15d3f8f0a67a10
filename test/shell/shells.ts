import { existsSync } from 'node:fs'
import type { Connection } from '../../src/connection/connection.ts'
import { connectionPool } from '../../src/connection/pool.ts'

/** The shells that every program must run in. */
export const shells: readonly { readonly name: string; readonly shell: string; readonly missing: boolean }[] = [
  { name: 'dash', shell: '/bin/dash', missing: !existsSync('/bin/dash') },
  { name: 'bash', shell: '/bin/bash --posix', missing: !existsSync('/bin/bash') },
  { name: 'BusyBox sh', shell: '/bin/busybox sh', missing: !existsSync('/bin/busybox') },
]

/** This machine, through a shell that is held open. */
export const openShell = (shell: string): Promise<Connection> =>
  connectionPool().connect({ name: 'here', connection: 'local', hostKeys: 'strict', connectTimeout: 10_000, shell })
