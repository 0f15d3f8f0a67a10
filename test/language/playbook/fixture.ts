import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { ProvisionError } from '../../../src/core/error.ts'
import type { Block, Node, Playbook, Task } from '../../../src/language/playbook.ts'
import { loadPlaybook, type LoadOptions } from '../../../src/language/playbook/load.ts'

const made: string[] = []
afterAll(() => made.forEach(directory => rmSync(directory, { recursive: true })))

/** Writes files into a new directory. @returns its path */
export function write(files: { readonly [path: string]: string }): string {
  const directory = mkdtempSync(join(tmpdir(), 'playbook-'))
  made.push(directory)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), text)
  }
  return directory
}

/** Loads `site.yml` of some files; a text is that file. */
export function load(files: string | { readonly [path: string]: string }, options: LoadOptions = { rolesPath: [] }): Promise<Playbook> {
  return loadPlaybook(join(write(typeof files === 'string' ? { 'site.yml': files } : files), 'site.yml'), options)
}

/** Loads tasks of a play on all hosts. */
export const loadTasks = async (tasks: string, others: { readonly [path: string]: string } = {}): Promise<readonly Node[]> =>
  (await load({ 'site.yml': `- hosts: all\n  tasks:\n${tasks.replaceAll(/^(?=.)/gm, '    ')}`, ...others })).plays[0]!.tasks

export async function mistake(body: () => Promise<unknown>): Promise<ProvisionError> {
  try {
    await body()
  } catch (error) {
    if (error instanceof ProvisionError) return error
    throw error
  }
  throw new Error('there was no mistake')
}

export const asTask = (node: Node | undefined): Task => {
  if (node?.type !== 'task') throw new Error('this is no task')
  return node
}

export const asBlock = (node: Node | undefined): Block => {
  if (node?.type !== 'block') throw new Error('this is no block')
  return node
}

/** All tasks in order, whatever they stand in. */
export const flat = (nodes: readonly Node[]): Task[] => nodes.flatMap(node => (node.type === 'task' ? [node] : flat([...node.block, ...node.rescue, ...node.always])))

export const names = (nodes: readonly Node[]): unknown[] => flat(nodes).map(task => task.name)
