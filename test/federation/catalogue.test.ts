import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogue, groups } from '../../src/federation/check/catalogue.ts'

const project = join(import.meta.dirname, '..', '..')
const ids = catalogue.map(({ id }) => id)
const faults = catalogue.flatMap(({ id, faults }) => Object.entries(faults).map(([kind, fault]) => ({ name: `${id}:${kind}`, ...fault })))

test('every check has an id of its own, in a group that has a title, and stands in its place', () => {
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter(id => !groups.some(([prefix]) => id.startsWith(`${prefix}-`)))).toEqual([])
  expect(ids.filter(id => !/^[A-Z]+-\d{2}$/.test(id))).toEqual([])
})

test('a check can find something, and says in words what', () => {
  expect(catalogue.filter(({ faults, title }) => Object.keys(faults).length === 0 || /[.!]$/.test(title)).map(({ id }) => id)).toEqual([])
  expect(faults.filter(({ means }) => means.length < 10 || means.endsWith('.')).map(({ name }) => name)).toEqual([])
})

test('whoever is told of an error or a warning is told what to do', () => {
  expect(faults.filter(({ severity, fix, users }) => severity !== 'info' && (fix === undefined || !/[.)]$/.test(fix) || users === undefined)).map(({ name }) => name)).toEqual([])
})

test('what is ours to fix names a playbook or module that is there, and variables that docs/variables.md has', () => {
  const variables = readFileSync(join(project, 'docs/variables.md'), 'utf8')
  const modules = readFileSync(join(project, 'docs/modules.md'), 'utf8')
  const missing = faults.flatMap(({ name, ours }) => {
    if (ours === undefined) return []
    const [, what = '', words = ''] = /^(\S+)(?: \((.*)\))?$/.exec(ours) ?? []
    const known = what.endsWith('.yml') ? existsSync(join(project, what)) : modules.includes(`## ${what}\n`)
    const unknown = words.split(', ').map(word => word.split(':')[0]!).filter(word => word !== '' && !(what.endsWith('.yml') ? variables : modules).includes(`\`${word}\``))
    return known && unknown.length === 0 ? [] : [`${name}: ${ours}`]
  })
  expect(missing).toEqual([])
})

test('a check that follows from others names checks that are there', () => {
  expect(catalogue.flatMap(({ id, follows = [] }) => follows.filter(other => !ids.includes(other) || other === id))).toEqual([])
})
