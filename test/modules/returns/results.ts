import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** Results of tasks by their names. */
export type Results = { readonly [task: string]: { readonly [member: string]: unknown } }

const here = import.meta.dirname
const tasks = parse(readFileSync(join(here, 'tasks.yml'), 'utf8')) as readonly { readonly name: string }[]

/** What stands beside the playbook. */
export const files: { readonly [path: string]: string } = {
  'files/text': 'a text\n', 'files/tree/one': 'one\n', 'files/tree/below/two': 'two\n', 'templates/hello.j2': 'hello {{ inventory_hostname | length }}\n', 'vars.yml': 'color: green\nsize: 3\n',
}

/** A playbook that does all the tasks on one host, whatever comes of them, and writes their results into the file `results` beside it. */
export function playbookFor(host: string): string {
  const play = {
    hosts: host, gather_facts: false, become: true, ignore_errors: true,
    tasks: [
      ...tasks.map((task, index) => ({ ...task, register: `result_${index}` })),
      { name: 'The results', delegate_to: 'localhost', become: false, vars: { ansible_connection: 'local' }, copy: { dest: '{{ playbook_dir }}/results', content: `{{ {${tasks.map((_, index) => `'${index}': result_${index}`).join(', ')}} | to_json }}` } },
    ],
  }
  return JSON.stringify([play])
}

/** What no two runs have in common, or belongs to Ansible's way of working. */
const dropped = ['invocation', 'exception', 'deprecations', 'diff', 'discovered_interpreter_python']

/** Of the two hundred properties that systemd has, those that are told here. */
const properties = ['Id', 'Names', 'Description', 'Type', 'RemainAfterExit', 'LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'UnitFilePreset', 'FragmentPath', 'NeedDaemonReload', 'CanReload', 'Result', 'ExecMainStatus']

/** The results, with the host and the directory by other names. */
export function resultsIn(directory: string, host: string): Results {
  const text = readFileSync(join(directory, 'results'), 'utf8').replaceAll(directory, 'DIR').replaceAll(host, 'HOST')
  const results = JSON.parse(text, (key, value: unknown) => {
    if (dropped.includes(key)) return undefined
    return key === 'status' && value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).filter(([name, text]) => properties.includes(name) && text !== '')) : value
  }) as { readonly [index: string]: Results[string] }
  return Object.fromEntries(tasks.map(({ name }, index) => [name, results[index]!]))
}

/** The module that a task calls, as it is written. */
export const moduleOf = (task: string): string => Object.keys(tasks.find(({ name }) => name === task)!).find(key => key !== 'name')!
