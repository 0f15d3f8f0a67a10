import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { matrixProvision } from '../cli/spawn.ts'

type Files = { readonly [path: string]: string }

/** The first play would leave a mark: the mistake comes after it, and must be found before. */
const site = (second: string) => `- hosts: here
  gather_facts: false
  tasks:
    - {name: Touched, copy: {content: x, dest: "{{ playbook_dir }}/touched"}}
- hosts: here
  gather_facts: false
${second}`
const tasks = (text: string) => site(`  tasks:\n${text.replaceAll(/^/gm, '    ')}\n`)
const inventory = 'here ansible_connection=local\n'

const directories: string[] = []
afterAll(() => directories.forEach(directory => rmSync(directory, { recursive: true })))

async function apply(files: Files, ...words: string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'mistake-'))
  directories.push(directory)
  for (const [path, text] of Object.entries({ hosts: inventory, ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  const { code, out, err } = await matrixProvision('apply', join(directory, 'site.yml'), '-i', join(directory, 'hosts'), ...words)
  const at = (name: string) => join(directory, name)
  return { code, said: (out + err).replaceAll(`${directory}/`, ''), touched: existsSync(at('touched')), at }
}

const bomb = `  vars:\n${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, index, all) => `    ${name}: &${name} [${Array(9).fill(index === 0 ? 'x' : `*${all[index - 1]}`).join(', ')}]\n`).join('')}`

describe('what can be known beforehand touches no host', () => {
  test.each<[what: string, files: Files, said: string[], words?: string[]]>([
    ['YAML with a tab', { 'site.yml': site('\ttasks: []\n') }, ['error[yaml-syntax]', 'tab', 'site.yml:7:1', 'spaces']],
    ['a duplicate key', { 'site.yml': site('  tasks: []\n  tasks: []\n') }, ['error[yaml-syntax]', "'tasks'", 'site.yml:8:3']],
    ['an anchor bomb', { 'site.yml': site(bomb) }, ['error[yaml-syntax]', 'aliases multiply', 'site.yml:']],
    ['a module that does not exist', { 'site.yml': tasks('- {name: Conf, coppy: {content: x, dest: /srv/x}}') }, ['error[unknown-module]', 'coppy', 'site.yml:8:20', 'Did you mean copy?']],
    ['a parameter that does not exist', { 'site.yml': tasks('- copy: {content: x, dst: /srv/x}') }, ['error[module-parameters]', "dst", 'site.yml:8:26', 'Did you mean dest?']],
    ['a parameter that is missing', { 'site.yml': tasks('- copy: {content: x}') }, ['error[module-parameters]', 'dest', 'site.yml:8']],
    ['a parameter of the wrong type', { 'site.yml': tasks('- file: {path: /srv/x, state: directory, recurse: often}') }, ['error[module-parameters]', 'recurse', 'site.yml:8']],
    ['a handler that does not exist', { 'site.yml': site('  tasks:\n    - {copy: {content: x, dest: /srv/x}, notify: Relaod}\n  handlers:\n    - {name: Reload, debug: {msg: x}}\n') }, ['error[unknown-handler]', 'Relaod', 'site.yml:8', 'Did you mean', 'Reload']],
    ['a role that does not exist', { 'site.yml': site('  roles: [apachee]\n'), 'roles/apache/tasks/main.yml': '[]\n' }, ['error[file-missing]', 'apachee', 'site.yml:7', 'Did you mean apache?']],
    ['a file that is imported and does not exist', { 'site.yml': tasks('- import_tasks: more.yml') }, ['error[file-missing]', 'more.yml', 'site.yml:8']],
    ['a file that imports itself', { 'site.yml': tasks('- import_tasks: more.yml'), 'more.yml': '- import_tasks: more.yml\n' }, ['error[include-cycle]', 'more.yml includes itself', 'more.yml:1:17']],
    ['a role that depends on itself', { 'site.yml': site('  roles: [a]\n'), 'roles/a/meta/main.yml': 'dependencies: [a]\n' }, ['error[include-cycle]', "'a' depends on itself", 'roles/a/meta/main.yml:1']],
    ['an inventory with an unknown group', { 'site.yml': tasks('- debug: {msg: x}'), hosts: `${inventory}[all:children]\nweb\n` }, ['error[inventory-syntax]', 'web', 'hosts:3:1']],
    ['a template that cannot be parsed', { 'site.yml': tasks('- debug: {msg: "{{ a + }}"}') }, ['error[template-syntax]', 'site.yml:8']],
    ['a condition that cannot be parsed', { 'site.yml': tasks('- {debug: {msg: x}, when: a ==}') }, ['error[template-syntax]', 'site.yml:8:']],
    ['a play for hosts that are not there', { 'site.yml': `${tasks('- debug: {msg: x}')}- hosts: her\n  tasks: []\n` }, ['error[no-hosts-matched]', "'her'", 'site.yml:9:10', 'Did you mean here?']],
    ['a pattern that matches nothing', { 'site.yml': tasks('- debug: {msg: x}') }, ['error[no-hosts-matched]', 'her'], ['-l', 'her']],
  ])('%s: code, place, and what to do', async (_, files, parts, words = []) => {
    const { code, said, touched } = await apply(files, ...words)
    expect(code).toBe(1)
    for (const part of parts) expect(said).toContain(part)
    expect(touched).toBe(false)
    expect(said).not.toMatch(/^\s+at .*\.ts:/m)
  })
})

describe('what shows only when a task runs fails that task, and leaves nothing half-written', () => {
  const template = { name: 'Conf', text: '- {name: Conf, template: {src: conf.j2, dest: "{{ playbook_dir }}/conf"}}' }
  test.each<[what: string, files: Files, said: string[]]>([
    ['an undefined variable in a template', { 'site.yml': tasks(template.text), 'conf.j2': 'first\nServerName {{ matrix_sever_name }}\n', 'group_vars/all.yml': 'matrix_server_name: a.example\n' },
      ['error[undefined-variable]', "'matrix_sever_name' is undefined", 'conf.j2:2:15', '> 2 | ServerName {{ matrix_sever_name }}', '^^^', "used by task 'Conf' (site.yml:8), host here", 'Did you mean matrix_server_name']],
    ['a template that cannot be read', { 'site.yml': tasks(template.text), 'conf.j2': 'first\n{% if x %}\n' }, ['error[template-syntax]', 'conf.j2:2']],
    ['a template loop without end', { 'site.yml': tasks(template.text), 'conf.j2': '{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}\n' }, ['error[template-fuel]', 'conf.j2:1']],
    ['variables that refer to each other', { 'site.yml': tasks(template.text), 'conf.j2': '{{ a }}\n', 'group_vars/all.yml': 'a: "{{ b }}"\nb: "{{ a }}"\n' }, ['error[variable-cycle]', 'a', 'b']],
    ['a role that is included and does not exist', { 'site.yml': tasks('- {name: Conf, include_role: {name: "{{ \'no\' ~ \'where\' }}"}}') }, ['nowhere', 'site.yml:8']],
    ['a task file that includes itself for ever', { 'site.yml': tasks('- {name: Conf, include_tasks: "{{ \'more\' }}.yml"}'), 'more.yml': '- include_tasks: "{{ \'more\' }}.yml"\n' }, ['includes itself', 'more.yml:1']],
  ])('%s', async (_, files, parts) => {
    const { code, said, touched, at } = await apply(files)
    for (const part of parts) expect(said).toContain(part)
    expect([1, 2]).toContain(code)
    expect(touched).toBe(true)
    expect(existsSync(at('conf'))).toBe(false)
    expect(said).not.toMatch(/^\s+at .*\.ts:/m)
  })

  test('a file that is there stays as it was', async () => {
    const { code, at } = await apply({ 'site.yml': tasks(template.text), 'conf.j2': '{{ undefined_here }}\n', conf: 'former\n' })
    expect(code).toBe(2)
    expect(readFileSync(at('conf'), 'utf8')).toBe('former\n')
  })
})
