import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ProvisionError } from '../../src/core/error.ts'
import lineinfile from '../../src/modules/lineinfile.ts'
import { FakeHost } from '../host/fake-host.ts'
import { apply } from './fake-run.ts'

interface Case {
  /** Bytes as characters; null: there is no file. */
  readonly before: string | null
  readonly parameters: { readonly [name: string]: string | boolean }
  readonly after?: string | null
  readonly changed?: boolean
  readonly failed?: boolean
  /** It ended with a trace of Python. */
  readonly crashed?: boolean
  readonly msg?: string
  readonly found?: number
  readonly rc?: number
}

// Recorded by lineinfile.record.py.
const cases = JSON.parse(readFileSync(process.env.CASES ?? new URL('lineinfile.cases.json', import.meta.url), 'utf8')) as readonly Case[]

/** Ansible glues a line onto a last line without an end that `insertafter` finds. Here it gets an end. */
function mended({ before, parameters, after }: Case): string | null | undefined {
  const glued = before !== null && /[^\r\n]$/.test(before) && parameters.insertafter !== undefined && after === `${before}${asBytes(parameters.line)}\n`
  return glued ? `${before}\n${asBytes(parameters.line)}\n` : after
}

const asBytes = (text: string | boolean | undefined) => Buffer.from(String(text)).toString('latin1')

async function resultOf({ before, parameters }: Case): Promise<Omit<Case, 'before' | 'parameters'>> {
  const host = new FakeHost()
  if (before !== null) host.file('/srv/file', Buffer.from(before, 'latin1'))
  const { changed, failed, msg, found, rc } = await apply(lineinfile, { ...parameters, path: '/srv/file' }, host)
  const content = host.files.content('/srv/file')
  return {
    ...(failed ? { failed } : { changed: changed ?? false }), msg: String(msg).replaceAll('/srv/file', 'PATH'),
    ...(found !== undefined && { found: found as number }), ...(rc !== undefined && { rc: rc as number }), after: content && Buffer.from(content).toString('latin1'),
  }
}

describe('lines are put in, replaced and removed as Ansible does it', () => {
  test.each(cases.map(one => [JSON.stringify(one.parameters), JSON.stringify(one.before), one] as const))('%s in %s', async (_, __, one) => {
    const { before: ___, parameters: ____, crashed, ...recorded } = one
    if (crashed) await expect(resultOf(one)).rejects.toThrow(ProvisionError)
    else expect(await resultOf(one)).toEqual({ ...recorded, after: mended(one) })
  })
})
