import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checksMarkdown, checksText, checkText } from '../../src/cli/check-text.ts'
import { modulesMarkdown } from '../../src/cli/module-markdown.ts'
import { playbookSchema } from '../../src/cli/module-schema.ts'
import { moduleText, modulesText } from '../../src/cli/module-text.ts'
import { catalogue } from '../../src/federation/check/catalogue.ts'
import type { Module } from '../../src/modules/module.ts'
import { allDocuments } from '../../src/modules/registry.ts'
import { file } from './spawn.ts'

const sample: Module<never> = {
  name: 'sample', collection: 'matrix.provision', aliases: ['example'], summary: 'Show what a page holds', description: ['A first paragraph.', 'Another | with a bar.'],
  freeForm: 'text',
  parameters: {
    text: { type: 'str', required: true, description: 'What is said.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether.' },
    names: { type: 'list', elements: 'str', aliases: ['name'], description: 'Who.', noLog: true },
    nested: { type: 'dict', description: 'Deeper.', options: { inner: { type: 'int', default: 3, description: 'Deep.' } } },
  },
  rules: { mutuallyExclusive: [['text', 'names']], requiredOneOf: [['text', 'state']], requiredTogether: [['state', 'nested']], requiredIf: [['state', 'absent', ['names']]] },
  returns: { said: 'What was said.' },
  examples: '\n- name: Say it\n  sample:\n    text: hello\n',
  plan: async () => ({ changes: [], result: () => ({}) }),
}

test('a module on the terminal', async () => {
  await expect(`${modulesText([sample])}\n\n${moduleText(sample)}\n`).toMatchFileSnapshot('golden/module.txt')
})

test('a module in the reference', async () => {
  await expect(`${modulesMarkdown([sample])}\n`).toMatchFileSnapshot('golden/module.md')
})

test('a module in an editor', () => {
  const schema = JSON.parse(playbookSchema([sample]))
  expect(Object.keys(schema.$defs.task.properties)).toEqual(expect.arrayContaining(['sample', 'example', 'matrix.provision.sample']))
  const [parameters] = schema.$defs.sample.anyOf
  expect(parameters).toMatchObject({ additionalProperties: false, properties: { name: { description: 'Who.' }, state: { default: 'present', anyOf: [{ enum: ['present', 'absent'] }, { pattern: '\\{\\{' }] } } })
})

test('every module has a page, and docs/modules.md is those pages (npm run docs writes it)', async () => {
  const modules = await allDocuments()
  for (const module of modules) expect(moduleText(module)).toContain('Examples:')
  expect(readFileSync(file('docs/modules.md'), 'utf8')).toBe(`${modulesMarkdown(modules)}\n`)
})

test('docs/checks.md is the catalogue of checks (npm run docs writes it)', () => {
  expect(readFileSync(file('docs/checks.md'), 'utf8')).toBe(`${checksMarkdown(catalogue)}\n`)
})

test('the checks on the terminal, and one of them', async () => {
  expect(checksText(catalogue)).toContain('HTTP-05  Paths with an encoded slash are let through')
  await expect(`${checkText(catalogue.find(({ id }) => id === 'HTTP-14')!)}\n`).toMatchFileSnapshot('golden/check.txt')
})
