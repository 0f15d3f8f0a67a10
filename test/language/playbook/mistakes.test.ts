import { describe, expect, test } from 'vitest'
import { load, mistake } from './fixture.ts'

type Files = string | { readonly [path: string]: string }
type Case = readonly [name: string, files: Files, code: string, message: RegExp, at: string, hint?: RegExp]

const play = (tasks: string) => `- hosts: all\n  tasks:\n    ${tasks.replaceAll('\n', '\n    ')}\n`
const role = (tasks: string) => ({ 'roles/r/tasks/main.yml': tasks })
const withRole = '- hosts: all\n  roles:\n    - r\n'

const check = (cases: readonly Case[]) =>
  test.each(cases.map(one => [one[0], one] as const))('%s', async (_, [, files, code, message, at, hint]) => {
    const error = await mistake(() => load(files))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.at && `${error.at.file.replace(/.*?\/playbook-[^/]*\//, '')}:${error.at.line}:${error.at.column}`).toBe(at)
    if (hint) expect(error.hint ?? '').toMatch(hint)
  })

describe('modules and parameters', () =>
  check([
    ['an unknown module', play('- debgu: msg=x'), 'unknown-module', /couldn't resolve module\/action 'debgu'/, 'site.yml:3:7', /Did you mean debug\?/],
    ['an unknown module by its full name', play('- ansible.builtin.debgu: msg=x'), 'unknown-module', /ansible\.builtin\.debgu/, 'site.yml:3:7', /ansible\.builtin\.debug\?/],
    ['a module of another collection', play('- community.foo.bar: {}'), 'unknown-module', /community\.foo\.bar/, 'site.yml:3:7', /No collections/],
    ['a module that Ansible has and this program has not', play('- yum: name=x'), 'unsupported', /the module 'yum' is not supported/, 'site.yml:3:7'],
    ['a verb that is mistyped', play('- set_fcat: a=1'), 'unknown-module', /set_fcat/, 'site.yml:3:7', /set_fact/],
    ['a keyword that is mistyped, and no module', play('- name: x\n  whne: y'), 'unknown-module', /whne/, 'site.yml:4:7', /when/],
    ['a keyword that is mistyped, beside a module', play('- debug: msg=x\n  whne: y'), 'playbook-syntax', /'whne' is not a valid attribute for a Task/, 'site.yml:4:7', /Did you mean when\?/],
    ['two modules', play('- debug: msg=x\n  ping:'), 'playbook-syntax', /conflicting action statements: debug, ping/, 'site.yml:4:7'],
    ['no module', play('- name: x\n  when: y'), 'playbook-syntax', /no module\/action detected in task/, 'site.yml:3:7'],
    ['an unknown parameter', play('- debug:\n    mgs: x'), 'module-parameters', /Unsupported parameters for \(debug\) module: mgs\. Supported parameters include: msg, var, verbosity\./, 'site.yml:4:9', /Did you mean msg\?/],
    ['an unknown parameter in one line', play('- debug: mgs=x'), 'module-parameters', /Unsupported parameters for \(debug\) module: mgs/, 'site.yml:3:14', /Did you mean msg\?/],
    ['an unknown parameter under args', play('- debug:\n  args:\n    mgs: x'), 'module-parameters', /mgs/, 'site.yml:5:9'],
    ['a missing parameter', play('- service:\n    state: started'), 'module-parameters', /missing required arguments: name/, 'site.yml:3:7'],
    ['a wrong type', play('- debug:\n    msg: x\n    verbosity: high'), 'module-parameters', /argument 'verbosity' is of type <class 'str'> and we were unable to convert to int/, 'site.yml:5:20'],
    ['a wrong choice', play('- service: {name: x, state: gone}'), 'module-parameters', /value of state must be one of: .*, got: gone/, 'site.yml:3:33'],
    ['parameters that exclude each other', play('- debug: {msg: a, var: b}'), 'module-parameters', /mutually exclusive/, 'site.yml:3:7'],
    ['words where none are taken', play('- debug: hello'), 'playbook-syntax', /extra params/, 'site.yml:3:14', /'hello' is no key=value/],
    ['an open quote', play('- debug: msg="x'), 'playbook-syntax', /not closed/, 'site.yml:3:14'],
    ['parameters as a list', play('- debug: [msg]'), 'playbook-syntax', /unexpected parameter type in action: a list/, 'site.yml:3:14'],
    ['a command in two places', play('- command: ls\n  args:\n    cmd: pwd'), 'playbook-syntax', /cannot be used when other raw parameters/, 'site.yml:5:9'],
    ['a module by a template', play('- action: "{{ x }} a=b"'), 'unsupported', /cannot be a template/, 'site.yml:3:15'],
    ['an unknown option of include_vars', play('- include_vars: {flie: x}'), 'module-parameters', /flie/, 'site.yml:3:22', /file/],
    ['a meta task that does not exist', play('- meta: flush_handler'), 'playbook-syntax', /invalid meta action requested: flush_handler/, 'site.yml:3:13', /flush_handlers/],
    ['a mistake in a role', { 'site.yml': withRole, ...role('- debug: mgs=x') }, 'module-parameters', /mgs/, 'roles/r/tasks/main.yml:1:10'],
    ['module_defaults for no module', '- hosts: all\n  module_defaults:\n    debgu: {msg: x}\n  tasks: []', 'unknown-module', /debgu/, 'site.yml:3:5'],
  ]))

describe('keywords', () =>
  check([
    ['a keyword of tasks on a play', '- hosts: all\n  loop: [1]\n', 'playbook-syntax', /'loop' is not a valid attribute for a Play/, 'site.yml:2:3', /a task/],
    ['when on a play', '- hosts: all\n  when: x\n', 'playbook-syntax', /'when' is not a valid attribute for a Play/, 'site.yml:2:3'],
    ['a mistyped keyword on a play', '- hosts: all\n  taks: []\n', 'playbook-syntax', /'taks'/, 'site.yml:2:3', /tasks/],
    ['register on a block', play('- block: []\n  register: x'), 'playbook-syntax', /'register' is not a valid attribute for a Block/, 'site.yml:4:7'],
    ['rescue without block', play('- rescue: []'), 'playbook-syntax', /'rescue' keyword cannot be used without 'block'/, 'site.yml:3:7'],
    ['listen on a task', play('- debug: msg=x\n  listen: y'), 'playbook-syntax', /'listen' is not a valid attribute for a Task/, 'site.yml:4:7'],
    ['async', play('- command: sleep 1\n  async: 5'), 'unsupported', /async is not supported/, 'site.yml:4:7'],
    ['debugger', '- hosts: all\n  debugger: always\n', 'unsupported', /debugger/, 'site.yml:2:3'],
    ['another strategy', '- hosts: all\n  strategy: free\n', 'unsupported', /strategy/, 'site.yml:2:13'],
    ['a wrong boolean', '- hosts: all\n  become: maybe\n', 'playbook-syntax', /become must be true or false/, 'site.yml:2:11'],
    ['a number as text', play('- debug: msg=x\n  retries: often'), 'playbook-syntax', /retries must be a number/, 'site.yml:4:16'],
    ['a variable with a bad name', '- hosts: all\n  vars:\n    a-b: 1\n', 'playbook-syntax', /'a-b' is not a valid variable name/, 'site.yml:3:5'],
    ['vars as a text', '- hosts: all\n  vars: x\n', 'playbook-syntax', /vars must be a dictionary/, 'site.yml:2:9'],
    ['register under a bad name', play('- debug: msg=x\n  register: a.b'), 'playbook-syntax', /Invalid variable name in 'register' specified: 'a\.b'/, 'site.yml:4:17'],
    ['two loops', play('- debug: msg=x\n  loop: [1]\n  with_items: [2]'), 'playbook-syntax', /duplicate loop/, 'site.yml:5:7'],
    ['a loop over nothing', play('- debug: msg=x\n  loop:'), 'playbook-syntax', /must specify a value/, 'site.yml:4:7'],
    ['a lookup that does not exist', play('- debug: msg=x\n  with_itmes: [1]'), 'playbook-syntax', /'with_itmes'/, 'site.yml:4:7', /with_items/],
    ['a mistyped loop_control', play('- debug: msg=x\n  loop: [1]\n  loop_control: {lable: x}'), 'playbook-syntax', /'lable' is not a valid attribute for a LoopControl/, 'site.yml:5:22', /label/],
    ['become on an include', play('- include_tasks: x.yml\n  become: true'), 'playbook-syntax', /'become' is not a valid attribute for a TaskInclude/, 'site.yml:4:7', /apply/],
    ['no hosts', '- tasks: []\n', 'playbook-syntax', /'hosts' is required/, 'site.yml:1:3'],
    ['empty hosts', '- hosts:\n  tasks: []\n', 'playbook-syntax', /Hosts list cannot be empty/, 'site.yml:1:9'],
    ['hosts as a dictionary', '- hosts: {a: b}\n', 'playbook-syntax', /hosts takes a pattern/, 'site.yml:1:10'],
    ['a wrong order', '- hosts: all\n  order: sort\n', 'playbook-syntax', /Invalid 'order'/, 'site.yml:2:10', /sorted/],
    ['a wrong serial', '- hosts: all\n  serial: [1, many]\n', 'playbook-syntax', /serial/, 'site.yml:2:15'],
    ['user twice', '- hosts: all\n  user: a\n  remote_user: b\n', 'playbook-syntax', /both 'user' and 'remote_user'/, 'site.yml:2:3'],
    ['a prompt without name', '- hosts: all\n  vars_prompt:\n    - prompt: x\n', 'playbook-syntax', /missing 'name'/, 'site.yml:3:7'],
    ['a prompt that encrypts', '- hosts: all\n  vars_prompt:\n    - {name: x, encrypt: bcrypt}\n', 'unsupported', /encrypt/, 'site.yml:3:26'],
    ['a task that is a text', play('- debug'), 'playbook-syntax', /a task must be a dictionary, not a text/, 'site.yml:3:7'],
    ['tasks that are a dictionary', '- hosts: all\n  tasks:\n    debug: msg=x\n', 'playbook-syntax', /must be a list of tasks, not a dictionary/, 'site.yml:3:5', /dash/],
    ['a play that is a dictionary', 'hosts: all\n', 'playbook-syntax', /must be a list of plays, got a dictionary/, 'site.yml:1:1'],
    ['an empty playbook', '', 'playbook-syntax', /Empty playbook/, 'site.yml:1:1'],
    ['a tab', '- hosts: all\n\ttasks: []\n', 'yaml-syntax', /tab/, 'site.yml:2:1'],
    ['a duplicate key', '- hosts: all\n  hosts: web\n', 'yaml-syntax', /twice/, 'site.yml:2:3'],
  ]))

describe('handlers', () =>
  check([
    ['a handler that does not exist', play('- debug: msg=x\n  notify: Relod') + '  handlers:\n    - name: Reload\n      debug: msg=y\n', 'unknown-handler', /'Relod' was not found/, 'site.yml:4:15', /Did you mean 'Reload'\?/],
    ['one of several', play('- debug: msg=x\n  notify: [Reload, Gone]') + '  handlers:\n    - name: x\n      listen: Reload\n      debug: msg=y\n', 'unknown-handler', /'Gone'/, 'site.yml:4:24'],
    ['from within a block', play('- block:\n    - debug: msg=x\n  notify: Gone'), 'unknown-handler', /'Gone'/, 'site.yml:5:15', /has no handlers/],
    ['from a role', { 'site.yml': withRole, ...role('- debug: msg=x\n  notify: Gone') }, 'unknown-handler', /'Gone'/, 'roles/r/tasks/main.yml:2:11'],
    ['a block as a handler', '- hosts: all\n  handlers:\n    - block: []\n', 'unsupported', /block cannot be a handler/, 'site.yml:3:7'],
    ['handlers that flush handlers', '- hosts: all\n  handlers:\n    - meta: flush_handlers\n', 'unsupported', /flush_handlers cannot be used as a handler/, 'site.yml:3:7'],
    ['a role as a handler', '- hosts: all\n  handlers:\n    - import_role: name=r\n', 'unsupported', /role cannot be imported among handlers/, 'site.yml:3:7'],
  ]))

describe('includes, imports and roles', () =>
  check([
    ['a role that does not exist', { 'site.yml': '- hosts: all\n  roles:\n    - apahce\n', 'roles/apache/tasks/main.yml': '[]' }, 'file-missing', /the role 'apahce' was not found/, 'site.yml:3:7', /Did you mean apache\? It was looked for in .*\/roles/],
    ['a role without name', '- hosts: all\n  roles:\n    - {port: 80}\n', 'playbook-syntax', /must contain a role name/, 'site.yml:3:7'],
    ['an old style role', '- hosts: all\n  roles:\n    - "web,v1"\n', 'playbook-syntax', /old style/, 'site.yml:3:7'],
    ['roles that depend on each other', { 'site.yml': '- hosts: all\n  roles: [a]\n', 'roles/a/meta/main.yml': 'dependencies: [b]', 'roles/b/meta/main.yml': 'dependencies: [a]' }, 'include-cycle', /the role 'a' depends on itself/, 'roles/b/meta/main.yml:1:16'],
    ['a role that imports itself', { 'site.yml': withRole, ...role('- import_role: name=r') }, 'include-cycle', /roles\/r\/tasks\/main\.yml includes itself/, 'roles/r/tasks/main.yml:1:3'],
    ['a missing file of a role', { 'site.yml': play('- import_role: {name: r, tasks_from: other}'), ...role('[]') }, 'file-missing', /tasks\/other/, 'site.yml:3:7'],
    ['a file of a role that is none', { 'site.yml': play('- import_role: {name: r, tasks_from: ../../../site.yml}'), ...role('[]') }, 'playbook-syntax', /is not in the role's directory/, 'site.yml:3:7'],
    ['tasks of a role that are a dictionary', { 'site.yml': withRole, ...role('debug: msg=x') }, 'playbook-syntax', /must be a list of tasks/, 'roles/r/tasks/main.yml:1:1'],
    ['variables of a role that are a list', { 'site.yml': withRole, 'roles/r/vars/main.yml': '- a' }, 'playbook-syntax', /must hold a dictionary of variables/, 'roles/r/vars/main.yml:1:1'],
    ['a mistyped key of meta', { 'site.yml': withRole, 'roles/r/meta/main.yml': 'dependancies: []' }, 'playbook-syntax', /'dependancies'/, 'roles/r/meta/main.yml:1:1', /dependencies/],
    ['a file that imports itself', { 'site.yml': play('- import_tasks: a.yml'), 'a.yml': '- import_tasks: a.yml' }, 'include-cycle', /a\.yml includes itself/, 'a.yml:1:17'],
    ['files that import each other', { 'site.yml': play('- import_tasks: a.yml'), 'a.yml': '- import_tasks: b.yml', 'b.yml': '- import_tasks: a.yml' }, 'include-cycle', /a\.yml includes itself/, 'b.yml:1:17'],
    ['a file that includes itself without end', { 'site.yml': play('- include_tasks: a.yml'), 'a.yml': '- include_tasks: a.yml' }, 'include-cycle', /a\.yml includes itself/, 'a.yml:1:18'],
    ['a playbook that imports itself', '- import_playbook: site.yml\n', 'include-cycle', /site\.yml includes itself/, 'site.yml:1:20'],
    ['an import that does not exist', play('- import_tasks: gone.yml'), 'file-missing', /the file 'gone\.yml' does not exist/, 'site.yml:3:21', /It was looked for as/],
    ['an include that does not exist', play('- include_tasks: gone.yml'), 'file-missing', /the file 'gone\.yml' does not exist/, 'site.yml:3:22'],
    ['an included role that does not exist', play('- include_role: {name: gone}'), 'file-missing', /the role 'gone'/, 'site.yml:3:28'],
    ['a mistake in a file that is surely included', { 'site.yml': play('- include_tasks: a.yml'), 'a.yml': '- debug: mgs=x' }, 'module-parameters', /mgs/, 'a.yml:1:10'],
    ['a playbook that does not exist', '- import_playbook: gone.yml\n', 'file-missing', /gone\.yml cannot be read/, 'site.yml:1:20'],
    ['a loop on an import', { 'site.yml': play('- import_tasks: a.yml\n  loop: [1]'), 'a.yml': '[]' }, 'playbook-syntax', /You cannot use loops on 'import_tasks' statements\. You should use 'include_tasks' instead\./, 'site.yml:4:7'],
    ['register on an import', { 'site.yml': play('- import_tasks: a.yml\n  register: x'), 'a.yml': '[]' }, 'playbook-syntax', /register has no effect/, 'site.yml:4:7'],
    ['an import by a fact', play('- import_tasks: "{{ ansible_os_family }}.yml"'), 'undefined-variable', /ansible_os_family/, 'site.yml:3:25', /include_tasks/],
    ['an unknown option of include_tasks', play('- include_tasks: {flie: x}'), 'playbook-syntax', /Invalid options for include_tasks: flie/, 'site.yml:3:23', /file/],
    ['an unknown option of include_role', play('- include_role: {name: x, task_from: y}'), 'playbook-syntax', /Invalid options for include_role: task_from/, 'site.yml:3:31', /tasks_from/],
    ['apply on an import', play('- import_tasks: {file: x.yml, apply: {become: true}}'), 'playbook-syntax', /Invalid options for import_tasks: apply/, 'site.yml:3:35'],
    ['an include without file', play('- include_tasks:'), 'playbook-syntax', /No file specified/, 'site.yml:3:7'],
    ['an include without role', play('- include_role: {tasks_from: x}'), 'playbook-syntax', /'name' is a required field for include_role/, 'site.yml:3:7'],
    ['include', play('- include: x.yml'), 'unsupported', /include is not supported/, 'site.yml:3:7', /include_tasks or import_tasks/],
    ['import_playbook among tasks', play('- import_playbook: x.yml'), 'playbook-syntax', /cannot stand among tasks/, 'site.yml:3:7'],
  ]))
