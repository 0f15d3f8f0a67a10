import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The folders from top to bottom: each imports only what stands below it. `lab` stands aside, `federation` is a library of its own. */
const floors = ['cli', 'report', 'rollout', 'engine', 'language', 'modules', 'federation', 'shell', 'host', 'connection', 'core'] as const
const root = join(import.meta.dirname, '..', 'src')

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
const folderOf = (file: string) => file.split('/')[0]!

const imports = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(match => relative(root, join(root, dirname(file), match[1]!)))

/** Whether a file of one folder may import from another. */
function allowed(from: string, to: string): boolean {
  if (from === to) return true
  if (from === 'lab' || from === 'federation') return to === 'core'
  if (to === 'lab') return from === 'cli'
  return floors.indexOf(from as never) < floors.indexOf(to as never)
}

describe('the house', () => {
  test('every file stands in a folder that has a place', () => {
    expect([...new Set(files.map(folderOf))].filter(folder => folder !== 'lab' && !floors.includes(folder as never))).toEqual([])
  })

  test('a folder imports only what stands below it', () => {
    const wrong = files.flatMap(file => imports(file).filter(target => !allowed(folderOf(file), folderOf(target))).map(target => `${file} imports ${target}`))
    expect(wrong).toEqual([])
  })

  test('every folder says its one job', () => {
    const folders = [...new Set(files.map(folderOf))]
    expect(folders.filter(folder => !readdirSync(join(root, folder)).includes('README.md'))).toEqual([])
  })

  test('no file is named for being of use', () => {
    expect(files.filter(file => /(^|\/|-)(utils?|helpers?|manager|misc|common)\b/.test(file))).toEqual([])
  })
})
