import type { ModuleDocument, ParameterSpec, ParameterSpecs } from '../modules/module.ts'

const columns = 100

/** A playbook that uses the module, in the package. */
export const examplePath = ({ name }: ModuleDocument): string => `playbooks/examples/${name}.yml`

/** A line a module. */
export function modulesText(modules: readonly ModuleDocument[]): string {
  const widest = Math.max(...modules.map(({ name }) => name.length))
  return [
    'Modules (matrix-provision doc MODULE tells all about one):',
    '',
    ...modules.map(({ name, summary, aliases }) => `  ${name.padEnd(widest)}  ${summary}${aliases?.length ? ` (also ${aliases.join(', ')})` : ''}`),
  ].join('\n')
}

/** All about one module, as text for a terminal. */
export function moduleText(module: ModuleDocument): string {
  const parameters = Object.keys(module.parameters).length > 0 ? ['', 'Parameters:', ...parameterLines(module.parameters, 2)] : []
  const returns = Object.entries({ ...module.returns })
  return [
    `${module.collection}.${module.name}${module.aliases?.length ? ` (also ${module.aliases.join(', ')})` : ''}`,
    `  ${module.summary}`,
    ...(module.description ?? []).flatMap(text => ['', ...paragraph(text, 2)]),
    ...(module.freeForm ? ['', ...paragraph(`The text behind the module's name is taken as ${module.freeForm}.`, 2)] : []),
    ...(module.anyParameter ? ['', '  Takes any parameter.'] : []),
    ...parameters,
    ...ruleLines(module),
    ...(returns.length > 0 ? ['', 'Returns:', ...returns.flatMap(([name, what]) => [`  ${name}`, ...paragraph(what, 6)])] : []),
    '', 'Examples:', ...module.examples.trim().split('\n').map(line => `  ${line}`.trimEnd()),
    '', `A whole playbook: ${examplePath(module)}`,
  ].join('\n')
}

const parameterLines = (specs: ParameterSpecs, indent: number): string[] =>
  Object.entries(specs).flatMap(([name, spec]) => [
    `${' '.repeat(indent)}${name}${spec.required ? ' (required)' : ''}  ${typeOf(spec)}`,
    ...paragraph(spec.description, indent + 4),
    ...facts(spec).flatMap(fact => paragraph(fact, indent + 4)),
    ...(spec.options ? parameterLines(spec.options, indent + 4) : []),
  ])

/** `list of str`. */
export const typeOf = ({ type, elements }: ParameterSpec): string => (elements ? `${type} of ${elements}` : type)

/** What a parameter's entry says beside its description. */
export const facts = (spec: ParameterSpec): string[] => [
  ...(spec.choices ? [`One of: ${spec.choices.join(', ')}.`] : []),
  ...(spec.default !== undefined ? [`Default: ${typeof spec.default === 'string' ? spec.default : JSON.stringify(spec.default)}.`] : []),
  ...(spec.aliases?.length ? [`Also: ${spec.aliases.join(', ')}.`] : []),
  ...(spec.noLog ? ['Never shown.'] : []),
]

/** How parameters depend on each other, a sentence each. */
export function rulesOf({ rules }: ModuleDocument): string[] {
  const both = (names: readonly string[]) => names.join(', ')
  return [
    ...(rules?.mutuallyExclusive ?? []).map(names => `Only one of: ${both(names)}.`),
    ...(rules?.requiredOneOf ?? []).map(names => `At least one of: ${both(names)}.`),
    ...(rules?.requiredTogether ?? []).map(names => `All or none of: ${both(names)}.`),
    ...(rules?.requiredIf ?? []).map(([name, value, needed]) => `With ${name}: ${String(value)} also: ${both(needed)}.`),
  ]
}

function ruleLines(module: ModuleDocument): string[] {
  const rules = rulesOf(module)
  return rules.length > 0 ? ['', 'Rules:', ...rules.map(rule => `  ${rule}`)] : []
}

function paragraph(text: string, indent: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= columns - indent) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines.map(line => ' '.repeat(indent) + line)
}
