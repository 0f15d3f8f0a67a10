import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Raw, RawDict, Value } from '../../../src/core/value.ts'
import { loadInventory } from '../../../src/language/inventory/load.ts'
import type { Keywords, Node, Play, RoleUse, Task } from '../../../src/language/playbook.ts'
import { loadPlaybook, loadTasksFile } from '../../../src/language/playbook/load.ts'
import { parseYaml } from '../../../src/language/yaml.ts'
import { inOrder, precedence } from '../../../src/language/variables/precedence.ts'
import { VariableStore } from '../../../src/language/variables/scope.ts'
import { readVarsFile } from '../../../src/language/variables/vars-file.ts'

// Variables that are defined in several places each, and what ansible-playbook 2.18.19 made of them at each task.
const cases = JSON.parse(readFileSync(new URL('precedence.json', import.meta.url), 'utf8')) as {
  files: { [path: string]: string }
  extra: { [name: string]: string }
  seen: { [task: string]: { [name: string]: string } }
}

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'precedence-'))
  for (const [path, text] of Object.entries(cases.files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
})
afterAll(() => rmSync(directory, { recursive: true }))

interface Found {
  readonly task: Task
  readonly levels: readonly Keywords[]
  readonly role: RoleUse | undefined
}

function* walk(nodes: readonly Node[], levels: readonly Keywords[], role: RoleUse | undefined): Iterable<Found> {
  for (const node of nodes) {
    const within = node.role && node.role !== role ? [...levels, node.role.keywords] : levels
    const own = [...within, node.keywords]
    if (node.type === 'task') yield { task: node, levels: own, role: node.role }
    else yield* walk([...node.block, ...node.rescue, ...node.always], own, node.role)
  }
}

const all = (play: Play): Found[] => [
  ...play.roles.flatMap(use => [...walk(use.role.tasks, [play.keywords, use.keywords], use)]),
  ...walk(play.tasks, [play.keywords], undefined),
]

describe('variables count as they do in Ansible', () => {
  test.each(Object.keys(cases.seen))('at the task %s', async name => {
    const inventory = loadInventory([join(directory, 'inv/hosts')])
    const store = new VariableStore(inventory, new Map(Object.entries(cases.extra)) as RawDict)
    const { plays } = await loadPlaybook(join(directory, 'site.yml'), { rolesPath: [] })
    const play = plays[0]!
    const files = play.varsFiles.flatMap(file => readVarsFile(file.candidates as string[], play, file.at))
    const host = { name: 'h1', facts: new Map<string, Value>(), made: new Map<string, Value>(), included: new Map<string, Value>() }
    let includeParameters: RawDict[] = []
    const take = (into: Map<string, Value>, values: Raw) => { for (const [key, value] of values as RawDict) into.set(key as string, value as Value) }
    const look = ({ levels, role }: Found) => {
      const variables = store.variables({ host, play, levels, role, parentRoles: [], includeParameters, prompted: new Map(), files, front: undefined, magic: [] }, new Map())
      return Object.fromEntries([...variables.names()].filter(one => /^v\d+$/.test(one)).sort().map(one => [one, variables.get(one)]))
    }
    for (const found of all(play)) {
      const { action } = found.task
      if (found.task.name === name) return expect(look(found)).toEqual(cases.seen[name])
      if (action.kind === 'verb' && action.verb === 'set_fact') take(host.made, action.parameters)
      if (action.kind === 'verb' && action.verb === 'include_vars') take(host.included, parseYaml(cases.files['roles/own/vars/included.yml']!, 'included.yml'))
      if (action.kind === 'include-tasks' && name === 'more') {
        const nodes = await loadTasksFile(action.file as string, { at: found.task.at, directory: found.task.directory, play: play.directory, role: found.role })
        includeParameters = [found.task.keywords.vars!]
        const [inner] = walk(nodes, found.levels, found.role)
        return expect(look(inner!)).toEqual(cases.seen[name])
      }
    }
    throw new Error(`no task ${name}`)
  })
})

test('every level counts more than all before it', () => {
  const levels = Object.fromEntries(precedence.map(level => [level, [new Map<Value, Raw>([['who', level]])]]))
  expect(inOrder(levels).map(layer => layer.get('who'))).toEqual([...precedence])
  expect(precedence).toHaveLength(24)
})
