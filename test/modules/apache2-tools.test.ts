import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Scene } from '../engine/stage.ts'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'

/** One thing to do, as a task and as a call of Debian's tool. */
interface Deed {
  readonly task: string
  readonly tool: string
}

const names = Array.from({ length: 10 }, (_, index) => `toy${index}`)

/** The head of a toy's file: what it depends on and conflicts with, in spellings that the tools take for such lines and others that they do not. */
const head = (index: number): fc.Arbitrary<string> => {
  const others = [...names.slice(0, index), ...(index === 7 ? ['missing'] : [])]
  if (others.length === 0) return fc.constant('')
  const listed = fc.tuple(fc.uniqueArray(fc.constantFrom(...others), { minLength: 1, maxLength: 3 }), fc.constantFrom(' ', '  ')).map(([list, between]) => list.join(between))
  const line = (word: string) =>
    fc.tuple(fc.constantFrom('# ', '# ', '# ', '#', '#  '), fc.constantFrom(word, word, word, word.toLowerCase()), fc.constantFrom(': ', ':  ', ':'), listed).map(parts => `${parts.join('')}\n`)
  const [depends, conflicts] = [line('Depends'), line('Conflicts')]
  const lines = fc.constantFrom<fc.Arbitrary<string>[]>([depends], [depends, depends], [depends, conflicts], [conflicts, depends], [conflicts], []).chain(chosen => fc.tuple(...chosen))
  return fc.tuple(fc.constantFrom('', '# A toy.\n\n', 'Listen 1\n'), lines).map(([start, texts]) => start + texts.join(''))
}

const toys = fc.tuple(...names.map((_, index) => fc.tuple(head(index), fc.boolean())))

const ofModules = fc.array(
  fc.tuple(fc.constantFrom(...names, 'autoindex', 'status', 'proxy_http', 'proxy', 'authn_core', 'mpm_worker'), fc.constantFrom('present', 'present', 'absent'), fc.boolean()),
  { minLength: 30, maxLength: 30 },
).map(list => list.map(([name, state, force]): Deed => ({
  task: `community.general.apache2_module: {name: ${name}, state: ${state}, force: ${force}, ignore_configcheck: true}`,
  // A module that is enabled is not asked for again, by Ansible either.
  tool: state === 'present' ? `[ -e mods-enabled/${name}.load ] || a2enmod -q ${name}` : `a2dismod ${force ? '-f ' : ''}-q ${name}`,
})))

/** Not: to disable what is not there, which the tools refuse and which is so already. */
const ofSites = fc.array(fc.tuple(fc.constantFrom('sites', 'conf'), fc.constantFrom(...names.slice(0, 6), 'charset', '000-default'), fc.boolean()).filter(([kind, name, present]) =>
  present || name.startsWith('toy') || (kind === 'conf') === (name === 'charset')), { minLength: 30, maxLength: 30 })
  .map(list => list.map(([kind, name, present]): Deed => ({
    task: `apache2_site: {name: ${name}, kind: ${kind === 'sites' ? 'site' : 'conf'}, state: ${present ? 'present' : 'absent'}}`,
    tool: `a2${present ? 'en' : 'dis'}${kind === 'sites' ? 'site' : 'conf'} -q ${name}`,
  })))

/** Puts the toys where modules, sites and snippets are, and links that lead elsewhere or to nothing. */
const preparing = (heads: readonly (readonly [string, boolean])[]) =>
  ['cd /etc/apache2', ...heads.flatMap(([text, configured], index) => {
    const name = names[index]
    const put = (path: string, content: string) => `cat >${path} <<'END'\n${content}END`
    return [
      put(`mods-available/${name}.load`, `${text}LoadModule ${name}_module /nowhere/mod_${name}.so\n`),
      configured ? put(`mods-available/${name}.conf`, '# configuration\n') : ':',
      ...['sites', 'conf'].map(kind => put(`${kind}-available/${name}.conf`, `${text.replace(/toy\d/g, toy => (Number(toy.at(-1)) % 2 ? 'alias' : 'proxy'))}# ${kind}\n`)),
    ]
  }), 'ln -s ../sites-available/toy1.conf sites-enabled/toy0.conf', 'ln -s ../sites-available/gone.conf sites-enabled/toy2.conf', 'ln -s /etc/apache2/sites-available/toy3.conf sites-enabled/toy3.conf'].join('\n')

/** Calls the tools one by one; what one has begun when it fails is taken back, as a module begins nothing then. */
const calling = (deeds: readonly Deed[]) =>
  `cd /etc/apache2\n${deeds.map(({ tool }) => `rm -rf /root/before; mkdir /root/before; cp -a *-enabled /root/before/
if ${tool} </dev/null >/dev/null 2>&1; then echo done; else echo refused; rm -rf *-enabled; cp -a /root/before/* .; fi`).join('\n')}`

const tree = 'cd /etc/apache2; for f in *-enabled/*; do echo "$f -> $(readlink "$f")"; done'

describe.skipIf(noLab)(onLab("modules, sites and snippets are enabled and disabled as Debian's own tools do it"), () => {
  const lab = labHosts(2)

  test.each([['modules', ofModules, 1], ['modules', ofModules, 2], ['modules', ofModules, 3], ['sites and snippets', ofSites, 4], ['sites and snippets', ofSites, 5]])('%s', async (_, arbitrary, seed) => {
    await lab.reset('lab1', 'lab2')
    const [[heads, deeds]] = fc.sample(fc.tuple(toys, arbitrary), { numRuns: 1, seed: seed as number }) as [[[string, boolean][], Deed[]]]
    for (const host of ['lab1', 'lab2']) await lab.sh(host, preparing(heads))
    const tools = (await lab.sh('lab1', calling(deeds))).trim().split('\n')

    using scene = new Scene({ 'site.yml': `- hosts: lab2\n  gather_facts: false\n  become: true\n  tasks:\n${deeds.map(({ task }, index) => `    - {name: t${index}, ${task}, ignore_errors: true}`).join('\n')}\n` })
    const ran = await scene.run({ inventory: [lab.lab.inventory], connection: 'ssh' })
    const modules = deeds.map((_, index) => (ran.result(`t${index}`).result.failed === true ? 'refused' : 'done'))
    const shown = (results: readonly string[]) => deeds.map(({ tool }, index) => `${tool}: ${results[index]}`)
    expect(shown(modules)).toEqual(shown(tools))
    expect(await lab.sh('lab2', tree)).toBe(await lab.sh('lab1', tree))
  }, 120_000)
})
