import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Keywords, Node, RoleUse } from '../../../src/language/playbook.ts'
import { load } from './fixture.ts'

interface Case {
  readonly files: { readonly [path: string]: string }
  /** For each play its tasks with their tags. */
  readonly plays: readonly (readonly [name: string, tags: readonly string[]])[][]
}

// Playbooks made at random, listed by `ansible-playbook --list-tasks` of ansible-core 2.14.18.
const cases = JSON.parse(readFileSync(process.env['PLAYBOOK_CASES'] ?? new URL('cases.json', import.meta.url), 'utf8')) as Case[]

type Listed = [name: string, tags: string[]]

/** Tasks with the tags of all that they stand in; Ansible lists none of rescue and always. A node of another role than the one around it begins that role. */
function list(nodes: readonly Node[], levels: readonly Keywords[], role: RoleUse | undefined): Listed[] {
  return nodes.flatMap(node => {
    const within = node.role && node.role !== role ? [...levels, node.role.keywords] : levels
    const own = [...within, node.keywords]
    if (node.type === 'block') return list(node.block, own, node.role)
    const name = node.role ? `${node.role.role.name} : ${String(node.name)}` : String(node.name)
    return [[name, [...new Set(own.flatMap(level => (level.tags ?? []).map(String)))].sort()]]
  })
}

/** Which repeated roles run, Ansible only decides while it runs. */
const once = (tasks: readonly (readonly [string, readonly string[]])[]) => [...new Set(tasks.map(task => JSON.stringify(task)))]

describe('playbooks hold the tasks that Ansible lists, with the same tags', () => {
  test.each(cases.map((one, index) => [index, one] as const))('%i', async (_, { files, plays }) => {
    const playbook = await load(files)
    expect(playbook.plays).toHaveLength(plays.length)
    for (const [index, play] of playbook.plays.entries()) {
      const base = [play.keywords]
      const listed = [
        ...list(play.preTasks, base, undefined),
        ...play.roles.flatMap(use => list(use.role.tasks, [...base, use.keywords], use)),
        ...list(play.tasks, base, undefined),
        ...list(play.postTasks, base, undefined),
      ]
      expect(once(listed)).toEqual(once(plays[index]!))
    }
  })
})
