import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { TemplateText, type Raw } from '../../core/value.ts'
import { DateTime } from './python/date-time.ts'

/**
 * What a template may know of its own file (`template/__init__.py`, `generate_ansible_template_vars`).
 *
 * @param name as the task has it
 * @param path where it was found
 * @param destination path on the host, where the text goes to one
 */
export function aboutFile(name: string, path: string, destination: string | null = null): ReadonlyMap<string, Raw> {
  const status = statSync(path, { throwIfNoEntry: false })
  // Points in time are seen by templates alone, as what `now()` gives.
  const changed = status ? (DateTime.from(status.mtime, false) as unknown as Raw) : null
  return new Map<string, Raw>([
    ['template_path', name],
    ['template_fullpath', path],
    ['template_destpath', destination],
    ['template_host', hostname()],
    ['template_uid', status ? userName(status.uid) : ''],
    ['template_mtime', changed],
    ['template_run_date', new TemplateText('{{ now() }}')],
    ['ansible_managed', 'Ansible managed'],
  ])
}

let names: ReadonlyMap<number, string> | undefined

/** The controller's name for a user, or the number where there is none. */
function userName(uid: number): string {
  names ??= new Map(readPasswd().map(([name = '', , id]) => [Number(id), name] as const).reverse())
  return names.get(uid) ?? String(uid)
}

function readPasswd(): string[][] {
  try {
    return readFileSync('/etc/passwd', 'utf8').split('\n').filter(Boolean).map(line => line.split(':'))
  } catch {
    return []
  }
}
