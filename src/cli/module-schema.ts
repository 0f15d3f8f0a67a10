import type { ModuleDocument, ParameterSpec } from '../modules/module.ts'

type Schema = { readonly [key: string]: unknown }

/**
 * A JSON schema (draft 2020-12) of playbooks for editors: it knows every module's parameters. Where a value may be a
 * template, any text is right; keywords of tasks and plays are not narrowed.
 */
export function playbookSchema(modules: readonly ModuleDocument[]): string {
  const properties = Object.fromEntries(modules.flatMap(module => {
    const schema = { $ref: `#/$defs/${module.name}` }
    return [module.name, `${module.collection}.${module.name}`, ...(module.aliases ?? [])].map(name => [name, schema])
  }))
  const tasks = { type: 'array', items: { $ref: '#/$defs/task' } }
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'matrix-provision playbook',
    type: 'array',
    items: {
      type: 'object',
      properties: { name: { type: 'string' }, hosts: {}, tasks, pre_tasks: tasks, post_tasks: tasks, handlers: tasks },
    },
    $defs: {
      task: { type: 'object', properties: { name: { type: 'string' }, block: tasks, rescue: tasks, always: tasks, ...properties } },
      ...Object.fromEntries(modules.map(module => [module.name, moduleSchema(module)])),
    },
  }
  return JSON.stringify(schema, null, 2)
}

function moduleSchema(module: ModuleDocument): Schema {
  const entries = Object.entries(module.parameters)
  const parameters = {
    type: 'object',
    properties: Object.fromEntries(entries.flatMap(([name, spec]) => [name, ...(spec.aliases ?? [])].map(spelling => [spelling, parameterSchema(spec)]))),
    ...(module.anyParameter ? {} : { additionalProperties: false }),
  }
  // As key=value text, as nothing at all, or as a dictionary.
  return { description: module.summary, anyOf: [parameters, { type: ['string', 'null'] }] }
}

function parameterSchema(spec: ParameterSpec): Schema {
  const described = { description: spec.description, ...(spec.default !== undefined && { default: spec.default }) }
  if (spec.choices) return { ...described, anyOf: [{ enum: spec.choices }, template] }
  const type = jsonTypes[spec.type]
  if (!type) return described
  const members = spec.options
    ? { type: 'object', properties: Object.fromEntries(Object.entries(spec.options).map(([name, member]) => [name, parameterSchema(member)])) }
    : undefined
  if (spec.type === 'list') return { ...described, ...(members && { items: members }) }
  return { ...described, anyOf: [members ?? { type }, template] }
}

const template = { type: 'string', pattern: '\\{\\{' }

/** Types that are not here take anything: Ansible makes text of numbers, and lists of text. */
const jsonTypes: { readonly [K in ParameterSpec['type']]?: unknown } = { bool: ['boolean', 'string'], int: ['integer', 'string'], float: ['number', 'string'], dict: ['object', 'string'], list: 'array' }
