import type { ModuleDocument, ParameterSpecs } from '../modules/module.ts'
import { examplePath, facts, rulesOf, typeOf } from './module-text.ts'

/** The reference of modules as Markdown; `docs/modules.md` is this text. */
export const modulesMarkdown = (modules: readonly ModuleDocument[]): string =>
  [
    '# Modules',
    '',
    'Written by `matrix-provision doc --output markdown` from the modules themselves.',
    '',
    '| Module | |',
    '|---|---|',
    ...modules.map(({ name, summary }) => `| [\`${name}\`](#${name}) | ${cell(summary)} |`),
    ...modules.flatMap(module => ['', ...moduleMarkdown(module)]),
  ].join('\n')

function moduleMarkdown(module: ModuleDocument): string[] {
  const rules = rulesOf(module)
  const returns = Object.entries({ ...module.returns })
  const rows = parameterRows(module.parameters, '')
  return [
    `## ${module.name}`,
    '',
    `${module.summary}. Full name \`${module.collection}.${module.name}\`${module.aliases?.length ? `, also ${module.aliases.map(alias => `\`${alias}\``).join(', ')}` : ''}.`,
    ...(module.description ?? []).flatMap(text => ['', text]),
    ...(module.freeForm ? ['', `The text behind the module's name is taken as \`${module.freeForm}\`.`] : []),
    ...(module.anyParameter ? ['', 'Takes any parameter.'] : []),
    ...(rows.length > 0 ? ['', '| Parameter | Type | |', '|---|---|---|', ...rows] : []),
    ...(rules.length > 0 ? ['', ...rules.map(rule => `- ${rule}`)] : []),
    ...(returns.length > 0 ? ['', '| Returns | |', '|---|---|', ...returns.map(([name, what]) => `| \`${name}\` | ${cell(what)} |`)] : []),
    '', '```yaml', module.examples.trim(), '```',
    '', `A whole playbook: [${examplePath(module)}](../${examplePath(module)}).`,
  ]
}

const parameterRows = (specs: ParameterSpecs, prefix: string): string[] =>
  Object.entries(specs).flatMap(([name, spec]) => [
    `| \`${prefix}${name}\`${spec.required ? ' (required)' : ''} | ${typeOf(spec)} | ${cell([spec.description, ...facts(spec)].join(' '))} |`,
    ...(spec.options ? parameterRows(spec.options, `${prefix}${name}.`) : []),
  ])

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
