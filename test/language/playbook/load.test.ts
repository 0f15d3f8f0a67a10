import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ProvisionError } from '../../../src/core/error.ts'
import { TemplateText, type RawDict } from '../../../src/core/value.ts'
import { loadPlaybook, loadRoleUse, loadTasksFile } from '../../../src/language/playbook/load.ts'
import { positionOf } from '../../../src/language/positions.ts'
import { asBlock, asTask, flat, load, loadTasks, mistake, names, write } from './fixture.ts'

const first = async (task: string) => asTask((await loadTasks(task))[0])
const parameters = async (task: string) => {
  const { action } = await first(task)
  if (action.kind !== 'module' && action.kind !== 'verb') throw new Error('no module')
  const plain = (value: unknown): unknown => (value instanceof TemplateText ? value.text : value)
  return { MODULE: action.kind === 'module' ? action.module.name : action.verb, ...Object.fromEntries([...(action.parameters as RawDict)].map(([key, value]) => [key, plain(value)])), ...(action.freeForm !== undefined && { FREE: plain(action.freeForm) }), ...(action.spread && { SPREAD: action.spread.text }) }
}

describe('a task can be written in all of Ansible\'s ways', () => {
  test.each<[string, object]>([
    ['- debug:\n    msg: hello', { MODULE: 'debug', msg: 'hello' }],
    ['- debug: msg="hello world"', { MODULE: 'debug', msg: 'hello world' }],
    ['- ansible.builtin.debug: {msg: hello}', { MODULE: 'debug', msg: 'hello' }],
    ['- ansible.legacy.debug: {msg: hello}', { MODULE: 'debug', msg: 'hello' }],
    ['- ping:', { MODULE: 'ping' }],
    ['- user: {name: x}', { MODULE: 'user', name: 'x' }],
    ['- action: debug msg=hello', { MODULE: 'debug', msg: 'hello' }],
    ['- action: {module: debug, msg: hello}', { MODULE: 'debug', msg: 'hello' }],
    ['- action: {module: debug verbosity=1, msg: hello}', { MODULE: 'debug', msg: 'hello', verbosity: '1' }],
    ['- action: {module: debug, args: {msg: hello}}', { MODULE: 'debug', msg: 'hello' }],
    ['- action:\n    module: command ls -l creates=/x', { MODULE: 'command', creates: '/x', FREE: 'ls -l' }],
    ['- debug:\n  args: {msg: hello}', { MODULE: 'debug', msg: 'hello' }],
    ['- debug: msg=a\n  args: {msg: b, verbosity: 1}', { MODULE: 'debug', msg: 'a', verbosity: 1 }],
    ['- command: ls -l "a b" creates=/x\n  args:\n    chdir: /tmp', { MODULE: 'command', chdir: '/tmp', creates: '/x', FREE: 'ls -l "a b"' }],
    ['- shell: echo a=b > /tmp/x', { MODULE: 'shell', FREE: 'echo a=b > /tmp/x' }],
    ['- shell: |\n    a\n      b {{ c }}\n', { MODULE: 'shell', FREE: 'a\n  b {{ c }}\n' }],
    ['- command: {cmd: ls, creates: x}', { MODULE: 'command', cmd: 'ls', creates: 'x' }],
    ['- debug: "{{ everything }}"', { MODULE: 'debug', SPREAD: '{{ everything }}' }],
    ['- debug: msg=a\n  args: "{{ everything }}"', { MODULE: 'debug', msg: 'a', SPREAD: '{{ everything }}' }],
    ['- set_fact: a=1 b="{{ c }}"', { MODULE: 'set_fact', a: '1', b: '{{ c }}' }],
    ['- ansible.builtin.set_fact: {a: 1, cacheable: true}', { MODULE: 'set_fact', a: 1, cacheable: true }],
    ['- include_vars: x.yml', { MODULE: 'include_vars', FREE: 'x.yml' }],
    ['- include_vars: {file: x.yml, name: y}', { MODULE: 'include_vars', file: 'x.yml', name: 'y' }],
    ['- meta: flush_handlers', { MODULE: 'meta', FREE: 'flush_handlers' }],
    ['- group_by: key=x', { MODULE: 'group_by', key: 'x' }],
  ])('%s', async (written, wanted) => expect(await parameters(written)).toEqual(wanted))

  test('local_action is done here', async () => {
    const task = await first('- local_action: debug msg=hello')
    expect(task.delegateTo).toBe('localhost')
  })

  test('parameters and free text know where they stand', async () => {
    const { action } = await first('- name: x\n  command: ls {{ a }} chdir=/tmp')
    if (action.kind !== 'module') throw new Error('no module')
    expect(action.parametersAt).toMatchObject({ line: 4, column: 16 })
    expect(positionOf(action.parameters, 'chdir')).toMatchObject({ line: 4, column: 27 })
    expect((action.freeForm as TemplateText).at).toMatchObject({ line: 4, column: 16 })
  })
})

describe('keywords', () => {
  test('of a task', async () => {
    const { plays } = await load(`- hosts: all
  tasks:
    - name: "{{ x }}"
      debug: msg=hello
      when: [a, b is defined]
      tags: x, y
      loop: "{{ list }}"
      loop_control: {loop_var: one, label: "{{ one }}", extended: true}
      register: result
      changed_when: false
      failed_when:
        - result.rc != 0
      until: result is success
      retries: 5
      delay: 1
      notify: Reload
      delegate_to: other
      become: yes
      become_user: root
      environment: {A: b}
      vars: {v: 1}
  handlers:
    - name: x
      listen: [Reload, More]
      debug: msg=bye
`)
    const task = asTask(plays[0]!.tasks[0])
    expect(task).toMatchObject({
      register: 'result', changedWhen: [false], failedWhen: ['result.rc != 0'], until: ['result is success'], retries: 5, delay: 1, notify: ['Reload'], delegateTo: 'other',
      loop: { plugin: 'loop', control: { loopVar: 'one', extended: true } },
      keywords: { when: ['a', 'b is defined'], tags: ['x', 'y'], become: true, becomeUser: 'root', environment: [new Map([['A', 'b']])], vars: new Map([['v', 1]]) },
    })
    expect(task.keywords).not.toHaveProperty('delegateTo')
    expect(task.keywords.whenAt).toMatchObject({ line: 5, column: 14 })
    expect(positionOf(task.keywords.when, 1)).toMatchObject({ line: 5, column: 17 })
    expect(positionOf(task.changedWhen, 0)).toMatchObject({ line: 10, column: 21 })
    expect(asTask(plays[0]!.handlers[0]).listen).toEqual(['Reload', 'More'])
  })

  test('a play has its own', async () => {
    const { plays } = await load(`- name: Web
  hosts: [web, "!old"]
  user: admin
  become: true
  gather_facts: no
  serial: [1, "30%"]
  order: sorted
  max_fail_percentage: 20
  force_handlers: true
  any_errors_fatal: true
  vars:
    - {a: 1, b: 1}
    - {b: 2}
  vars_files: [one.yml, [two.yml, "{{ three }}"]]
  vars_prompt:
    - {name: secret, prompt: Which?, private: no, default: x}
    - name: other
  module_defaults: {debug: {verbosity: 1}}
  collections: [community.general]
`)
    expect(plays[0]).toMatchObject({
      name: 'Web', hosts: ['web', '!old'], hostsAt: { line: 2, column: 10 }, gatherFacts: false, serial: [1, '30%'], order: 'sorted', maxFailPercentage: 20, forceHandlers: true,
      keywords: { remoteUser: 'admin', become: true, anyErrorsFatal: true, vars: new Map([['a', 1], ['b', 2]]), moduleDefaults: new Map([['ansible.builtin.debug', new Map([['verbosity', 1]])]]) },
      varsFiles: [{ candidates: ['one.yml'] }, { candidates: ['two.yml', { text: '{{ three }}' }] }],
      varsPrompt: [{ name: 'secret', prompt: 'Which?', private: false, confirm: false, default: 'x' }, { name: 'other', prompt: 'other', private: true }],
    })
  })

  test('module_defaults bring what is missing', async () => {
    await load('- hosts: all\n  module_defaults:\n    ansible.builtin.systemd: {name: x}\n  tasks:\n    - systemd_service: {state: started}\n    - systemd: {enabled: true}\n')
    await load('- hosts: all\n  tasks:\n    - block:\n        - service: {state: started}\n      module_defaults: {service: "{{ all }}"}\n')
  })

  test('what blocks say of all their tasks, their tasks carry', async () => {
    const tasks = await loadTasks('- block:\n    - debug: msg=a\n    - block:\n        - debug: msg=b\n      delegate_to: inner\n  delegate_to: outer\n')
    expect(flat(tasks).map(task => task.delegateTo)).toEqual(['outer', 'inner'])
  })

  test('blocks have three parts', async () => {
    const block = asBlock((await loadTasks('- name: x\n  block:\n    - debug: msg=a\n  rescue:\n    - debug: msg=b\n  always:\n    - debug: msg=c\n  when: y\n'))[0])
    expect(block).toMatchObject({ name: 'x', keywords: { when: ['y'] }, block: [{ type: 'task' }], rescue: [{ type: 'task' }], always: [{ type: 'task' }] })
  })
})

describe('imports', () => {
  test('stand in the place of their task, with its keywords around them', async () => {
    const tasks = await loadTasks('- debug: msg=1\n- import_tasks: a.yml\n  when: x\n  tags: t\n  vars: {v: 1}\n- debug: msg=2\n', { 'a.yml': '- name: a\n  debug: msg=a\n' })
    expect(asBlock(tasks[1])).toMatchObject({ keywords: { when: ['x'], tags: ['t'], vars: new Map([['v', 1]]) }, block: [{ name: 'a' }] })
  })

  test('find files beside the file that imports them, then in the role, then beside the playbook', async () => {
    const { plays } = await load({
      'site.yml': '- hosts: all\n  roles: [r]\n  tasks:\n    - import_tasks: sub/one.yml\n',
      'sub/one.yml': '- import_tasks: two.yml\n- import_tasks: beside.yml\n', 'sub/two.yml': '- {name: sub/two, debug: }', 'two.yml': '- {name: wrong, debug: }', 'beside.yml': '- {name: beside, debug: }',
      'roles/r/tasks/main.yml': '- import_tasks: deep/one.yml\n- import_tasks: beside.yml', 'roles/r/tasks/deep/one.yml': '- import_tasks: two.yml\n- import_tasks: common.yml\n', 'roles/r/tasks/deep/two.yml': '- {name: deep/two, debug: }', 'roles/r/tasks/common.yml': '- {name: common, debug: }',
    })
    expect(names(plays[0]!.tasks)).toEqual(['sub/two', 'beside'])
    expect(names(plays[0]!.roles[0]!.role.tasks)).toEqual(['deep/two', 'common', 'beside'])
    expect(flat(plays[0]!.tasks)[0]!.directory).toMatch(/\/sub$/)
  })

  test('may be named by variables of the play, of roles, of themselves and by -e', async () => {
    const files = {
      'site.yml': '- hosts: all\n  vars: {which: a}\n  roles: [r]\n  tasks:\n    - import_tasks: "{{ which }}.yml"\n    - import_tasks: "{{ from_task }}.yml"\n      vars: {from_task: a}\n    - import_tasks: "{{ from_outside }}.yml"\n    - import_role: {name: "{{ of_role }}"}\n    - import_tasks: "{{ playbook_dir }}/a.yml"\n',
      'a.yml': '- {name: a, debug: }', 'b.yml': '- {name: b, debug: }', 'roles/r/defaults/main.yml': 'of_role: s', 'roles/s/tasks/main.yml': '- {name: s, debug: }',
    }
    const { plays } = await load(files, { rolesPath: [], extraVars: new Map([['from_outside', 'b'], ['which', 'b']]) })
    expect(names(plays[0]!.tasks)).toEqual(['b', 'a', 'b', 's', 'a'])
  })

  test('of playbooks bring their plays, with conditions, tags and variables', async () => {
    const { plays } = await load({
      'site.yml': '- import_playbook: sub/web.yml\n  when: x\n  tags: [t]\n  vars: {a: 2, c: 3}\n- hosts: db\n',
      'sub/web.yml': '- hosts: web\n  tags: own\n  vars: {a: 1, b: 1}\n  tasks:\n    - import_tasks: a.yml\n- import_playbook: more.yml\n', 'sub/a.yml': '- {name: a, debug: }', 'sub/more.yml': '- hosts: more\n',
    })
    expect(plays.map(play => play.hosts)).toEqual(['web', 'more', 'db'])
    expect(plays[0]).toMatchObject({ keywords: { when: ['x'], tags: ['t', 'own'], vars: new Map([['a', 2], ['b', 1], ['c', 3]]) } })
    expect(plays[0]!.directory).toMatch(/\/sub$/)
    expect(plays[1]!.keywords.when).toEqual(['x'])
    expect(plays[2]!.keywords).toEqual({})
  })

  test('among handlers are handlers', async () => {
    const { plays } = await load({ 'site.yml': '- hosts: all\n  tasks:\n    - {debug: , notify: h}\n  handlers:\n    - import_tasks: h.yml\n', 'h.yml': '- {name: h, debug: , listen: x}' })
    expect(flat(plays[0]!.handlers)[0]).toMatchObject({ name: 'h', listen: ['x'] })
  })

  test('of a role\'s handlers are found among its tasks too', async () => {
    const { plays } = await load({ 'site.yml': '- hosts: all\n  roles: [r]\n', 'roles/r/handlers/main.yml': '- import_tasks: a.yml\n- import_tasks: b.yml\n', 'roles/r/handlers/a.yml': '- {name: a, debug: }', 'roles/r/tasks/b.yml': '- {name: b, debug: }' })
    expect(names(plays[0]!.roles[0]!.role.handlers)).toEqual(['a', 'b'])
  })

  test('of an empty file are warned of', async () => {
    const warnings: string[] = []
    await load({ 'site.yml': '- hosts: all\n  tasks: [{import_tasks: a.yml}]', 'a.yml': '' }, { rolesPath: [], warn: message => warnings.push(message) })
    expect(warnings).toEqual([expect.stringMatching(/a\.yml is empty/)])
  })
})

describe('roles', () => {
  const files = {
    'site.yml': `- hosts: all
  roles:
    - base
    - {role: web, site: x, when: w, tags: t, vars: {v: 1}}
    - role: base
`,
    'roles/base/tasks/main.yaml': '- {name: base task, debug: }',
    'roles/base/defaults/main.yml': 'a: 1\nb: 1\n',
    'roles/web/tasks/main.yml': '- {name: web task, debug: , notify: "web : h"}',
    'roles/web/handlers/main.yml': '- {name: h, debug: }',
    'roles/web/vars/main/10.yml': 'a: 1\nb: 1\n',
    'roles/web/vars/main/20.yml': 'b: 2\n',
    'roles/web/meta/main.yml': 'dependencies:\n  - {role: tls, tags: s}\n  - base\n',
    'roles/tls/tasks/main.yml': '- {name: tls task, debug: }',
    'roles/tls/meta/main.yml': 'allow_duplicates: true\ngalaxy_info: {author: x}\n',
  }

  test('come with their dependencies before them', async () => {
    const { plays } = await load(files)
    const { roles } = plays[0]!
    expect(roles.map(use => use.role.name)).toEqual(['base', 'tls', 'base', 'web', 'base'])
    const [, tls, , web] = roles
    expect(web).toMatchObject({ parameters: new Map([['site', 'x']]), keywords: { when: ['w'], tags: ['t'], vars: new Map([['v', 1]]) } })
    // A dependency stands under the conditions of the role that names it.
    expect(tls!.keywords).toMatchObject({ when: ['w'], tags: ['t', 's'] })
    expect(tls!.parents).toEqual([web])
    expect([...web!.role.vars]).toEqual([['a', 1], ['b', 2]])
    expect(web!.role.dependencies.map(use => use.role.name)).toEqual(['tls', 'base'])
    expect(flat(web!.role.handlers)[0]).toMatchObject({ name: 'h', role: web })
    expect(flat(web!.role.tasks)[0]!.role).toBe(web)
    expect(positionOf(roles[0]!.role.defaults, 'b')).toMatchObject({ line: 2, column: 1 })
  })

  test('that repeat are told apart by their parameters, conditions and tags', async () => {
    const { plays } = await load({ ...files, 'site.yml': '- hosts: all\n  roles:\n    - {role: base, when: x}\n    - {role: base, when: x}\n    - {role: base, tags: a}\n    - {role: tls}\n    - {role: tls}\n    - {role: base, site: 1}\n' })
    const { roles } = plays[0]!
    expect(roles.map(use => use.role.name)).toEqual(['base', 'base', 'base', 'tls', 'tls', 'base'])
    expect(roles[0]!.identity).toBe(roles[1]!.identity)
    expect(new Set([0, 2, 5].map(index => roles[index]!.identity)).size).toBe(3)
  })

  test('are found beside the playbook, on the path, beside the role that needs them, and by path', async () => {
    const elsewhere = write({ 'far/tasks/main.yml': '- {name: far, debug: }', 'far/meta/main.yml': 'dependencies: [neighbour]', 'neighbour/tasks/main.yml': '- {name: neighbour, debug: }' })
    const directory = write({ 'site.yml': `- hosts: all\n  roles: [far, here, ${join(elsewhere, 'far')}, sub/deep]\n`, 'here/tasks/main.yml': '- {name: here, debug: }', 'roles/sub/deep/tasks/main.yml': '[]' })
    const { plays } = await loadPlaybook(join(directory, 'site.yml'), { rolesPath: [elsewhere] })
    expect(plays[0]!.roles.map(use => use.role.name)).toEqual(['neighbour', 'far', 'here', 'neighbour', join(elsewhere, 'far'), 'sub/deep'])
    const { plays: beside } = await loadPlaybook(join(write({ 'site.yml': `- hosts: all\n  roles: [${join(elsewhere, 'far')}]\n` }), 'site.yml'), { rolesPath: [] })
    expect(beside[0]!.roles.map(use => use.role.name)).toEqual(['neighbour', join(elsewhere, 'far')])
  })

  test('that are imported stand among the tasks; their handlers and variables are the play\'s', async () => {
    const { plays } = await load({ ...files, 'site.yml': '- hosts: all\n  tasks:\n    - import_role: {name: web}\n      when: x\n    - {debug: , notify: h}\n' })
    const [play] = plays
    expect(play!.importedRoles.map(use => use.role.name)).toEqual(['web'])
    const block = asBlock(play!.tasks[0])
    expect(block.keywords.when).toEqual(['x'])
    expect(flat(block.block).map(task => [task.name, task.role?.role.name])).toEqual([['tls task', 'tls'], ['base task', 'base'], ['web task', 'web']])
    expect(asBlock(play!.handlers[0])).toMatchObject({ keywords: { when: ['x'] }, block: [{ name: 'h' }] })
    expect(play!.importedRoles.at(-1)!.role.allowDuplicates).toBe(true)
  })

  test('may be imported with other files than main, also by themselves', async () => {
    const { plays } = await load({
      'site.yml': '- hosts: all\n  tasks:\n    - import_role: {name: r, tasks_from: other, vars_from: more.yml, defaults_from: d, handlers_from: h}\n    - import_role: {name: r}\n',
      'roles/r/tasks/main.yml': '- import_role: {name: r, tasks_from: other}', 'roles/r/tasks/other.yml': '- {name: other, debug: }', 'roles/r/vars/more.yml': 'a: 1', 'roles/r/vars/main.yml': 'a: 0', 'roles/r/defaults/d.yaml': 'b: 1', 'roles/r/handlers/h.json': '[{"name": "h", "debug": null}]',
    })
    const [use] = plays[0]!.importedRoles
    expect(use!.role).toMatchObject({ vars: new Map([['a', 1]]), defaults: new Map([['b', 1]]), handlers: [{ name: 'h' }] })
    expect(names(plays[0]!.tasks)).toEqual(['other', 'other'])
    const inner = plays[0]!.importedRoles.find(one => one.within)
    expect(inner!.within!.role.name).toBe('r')
  })

  test('check what they are given where they have an argument specification, unless told not to', async () => {
    const { plays } = await load({
      'site.yml': '- hosts: all\n  roles: [r, s]\n  tasks:\n    - import_role: {name: r, tasks_from: other}\n    - import_role: {name: r, rolespec_validate: no}\n',
      'roles/r/meta/argument_specs.yml': 'argument_specs: {main: {short_description: Of r, options: {a: {type: int}}}}', 'roles/r/tasks/other.yml': '[]', 'roles/r/tasks/main.yml': '[]',
      'roles/s/meta/main.yml': 'argument_specs: {main: {options: {b: {}}}}',
    })
    expect(plays[0]!.roles.map(use => names(use.role.tasks))).toEqual([["Validating arguments against arg spec 'main' - Of r"], ["Validating arguments against arg spec 'main'"]])
    expect(names(plays[0]!.tasks)).toEqual([])
  })
})

describe('includes', () => {
  test('are left to the run', async () => {
    const tasks = await loadTasks('- include_tasks: "{{ x }}.yml"\n  loop: [1]\n- include_tasks:\n    file: gone.yml\n    apply: {become: true, delegate_to: y, tags: t}\n  when: z\n- include_role: {name: "{{ r }}", tasks_from: x}\n  vars: {a: 1}\n- include_role: {name: gone}\n  ignore_errors: true\n')
    expect(tasks.map(node => asTask(node).action)).toMatchObject([
      { kind: 'include-tasks', file: { text: '{{ x }}.yml' } },
      { kind: 'include-tasks', file: 'gone.yml', apply: { become: true, delegateTo: 'y', tags: ['t'] } },
      { kind: 'include-role', parameters: new Map<unknown, unknown>([['name', expect.anything()], ['tasks_from', 'x']]) },
      { kind: 'include-role' },
    ])
  })

  test('in a block with rescue are left to the run too', async () => {
    await loadTasks('- block:\n    - include_tasks: gone.yml\n  rescue:\n    - include_role: {name: gone}\n')
  })

  const from = (directory: string) => ({ at: { file: join(directory, 'site.yml'), line: 1, column: 1 }, directory, play: directory, role: undefined })

  test('of tasks are read when they run', async () => {
    const directory = write({ 'sub/a.yml': '- {name: a, debug: }\n- include_tasks: b.yml\n', 'sub/b.yml': '- {name: b, debug: }' })
    const nodes = await loadTasksFile('sub/a.yml', { ...from(directory), apply: { delegateTo: 'other' } })
    expect(flat(nodes).map(task => task.delegateTo)).toEqual(['other', 'other'])
    const task = asTask(nodes[1])
    expect(names(await loadTasksFile('b.yml', { at: task.at, directory: task.directory, play: directory, role: undefined }))).toEqual(['b'])
  })

  test('that do not end are stopped', async () => {
    const directory = write({ 'a.yml': '- include_tasks: a.yml\n  when: x\n' })
    const error = await mistake(async () => {
      let task = asTask((await loadTasksFile('a.yml', from(directory)))[0])
      for (;;) task = asTask((await loadTasksFile('a.yml', { at: task.at, directory: task.directory, play: directory, role: undefined }))[0])
    })
    expect(error.code).toBe('include-cycle')
  })

  test('of a role may recur, and are stopped when they do not end', async () => {
    const directory = write({ 'roles/r/tasks/main.yml': '- include_role: {name: r}\n  when: x\n', 'roles/r/meta/main.yml': 'dependencies: [d]', 'roles/d/tasks/main.yml': '- {name: d, debug: }' })
    const use = await loadRoleUse('r', from(directory))
    expect(use.role.dependencies.map(one => one.role.name)).toEqual(['d'])
    expect(use.role.allowDuplicates).toBe(true)
    let task = asTask(use.role.tasks[0])
    let rounds = 0
    const error = await mistake(async () => {
      for (;; rounds++) task = asTask((await loadRoleUse('r', { at: task.at, directory: task.directory, play: directory, role: use })).role.tasks[0])
    })
    expect(error.code).toBe('include-cycle')
    expect(rounds).toBeGreaterThan(20)
  })

  test('that cannot be found say where they were looked for', async () => {
    const directory = write({ 'site.yml': '' })
    const error = await mistake(() => loadTasksFile('gone.yml', from(directory)))
    expect(error).toMatchObject({ code: 'file-missing', hint: expect.stringContaining(join(directory, 'gone.yml')) })
  })
})

describe('handlers may come while the play runs', () => {
  test.each([
    '- hosts: all\n  tasks:\n    - include_role: {name: "{{ r }}"}\n    - {debug: , notify: anything}\n',
    '- hosts: all\n  tasks:\n    - {debug: , notify: anything}\n  handlers:\n    - include_tasks: "{{ x }}"\n',
    '- hosts: all\n  tasks:\n    - {debug: , notify: anything}\n  handlers:\n    - {name: "{{ x }}", debug: }\n',
    '- hosts: all\n  tasks:\n    - {debug: , notify: "{{ anything }}"}\n',
  ])('%s', async text => expect((await load(text)).plays).toHaveLength(1))
})

test('what is asked may be a template, what is listened to is none', async () => {
  const warnings: string[] = []
  const { plays } = await load('- hosts: all\n  vars: {what: name}\n  vars_prompt: [{name: x, prompt: "Your {{ what }}?"}]\n  handlers: [{debug: , listen: "{{ what }}"}]\n', { rolesPath: [], warn: message => warnings.push(message) })
  expect(plays[0]!.varsPrompt[0]!.prompt).toBe('Your name?')
  expect(asTask(plays[0]!.handlers[0]).listen).toEqual(['{{ what }}'])
  expect(warnings).toEqual([expect.stringContaining('listen is not rendered')])
})

test('vaulted parameters are not looked into', async () => {
  const [task] = await loadTasks('- debug:\n    msg: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6162\n')
  expect(asTask(task).action.kind).toBe('module')
})

test('vaulted files are read by whoever knows the password', async () => {
  const files = { 'site.yml': '- hosts: all\n  roles: [r]\n', 'roles/r/vars/main.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n' }
  await expect(load(files)).rejects.toMatchObject({ code: 'vault' })
  const { plays } = await load(files, { rolesPath: [], decrypt: () => 'secret: hunter2' })
  expect([...plays[0]!.roles[0]!.role.vars]).toEqual([['secret', 'hunter2']])
})

test('what is loaded is the same when it is loaded again, and new when a file has changed', async () => {
  const directory = write({ 'site.yml': '- hosts: all\n  tasks: [{name: a, debug: }]' })
  const file = join(directory, 'site.yml')
  expect(await loadPlaybook(file)).toEqual(await loadPlaybook(file))
  const { writeFileSync } = await import('node:fs')
  writeFileSync(file, '- hosts: all\n  tasks: [{name: other, debug: }]')
  expect(names((await loadPlaybook(file)).plays[0]!.tasks)).toEqual(['other'])
})

test('a playbook that cannot be read is a mistake', async () => expect(await mistake(() => loadPlaybook('/nowhere/site.yml'))).toBeInstanceOf(ProvisionError))
