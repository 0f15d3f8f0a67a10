import { expect, test } from 'vitest'
import type { Question } from '../../src/rollout/questions.ts'
import { Scene } from '../engine/stage.ts'

const playbook = (prompts: string, said = '{{ a }}') => ({ 'site.yml': `- hosts: localhost\n  gather_facts: false\n  vars_prompt:\n${prompts.replace(/^(?=.)/gm, '    ')}\n  tasks: [{name: say, debug: {msg: "${said}"}}]\n` })

/** A user who knows the answers, and what they were asked. */
function user(...answers: (readonly string[] | undefined)[]) {
  const asked: (readonly Question[])[] = []
  return { asked, ask: async (questions: readonly Question[]) => (asked.push(questions), answers[asked.length - 1]) }
}

test('vars_prompt is asked once, before anything runs; an empty answer is the default', async () => {
  using scene = new Scene(playbook('- {name: a, prompt: "Which {{ what }}?", private: no}\n- {name: b, default: 8080, private: no, confirm: yes}\n- {name: c}', '{{ a }} {{ b }} {{ c }}'))
  const { asked, ask } = user(['one', '', 'three'])
  const ran = await scene.run({ extraVars: ['what=name'] }, { ask })
  expect(asked).toEqual([[
    { text: 'Which name?', isPrivate: false, confirm: false },
    { text: 'b [8080]', isPrivate: false, confirm: true },
    { text: 'c', isPrivate: true, confirm: false },
  ]])
  expect(ran.events[0]!.type).toBe('run-start')
  // What was typed unseen stays unseen.
  expect(ran.result('say').result.msg).toBe('one 8080 ********')
})

test('what -e says is not asked for', async () => {
  using scene = new Scene(playbook('- {name: a}\n- {name: b, private: no}', '{{ a }} {{ b }}'))
  const { asked, ask } = user(['typed'])
  const ran = await scene.run({ extraVars: ['a=given'] }, { ask })
  expect(asked.flat().map(question => question.text)).toEqual(['b'])
  expect(ran.result('say').result.msg).toBe('given typed')
})

test('a play may run on the hosts that were named', async () => {
  using scene = new Scene({ 'site.yml': '- hosts: "{{ target }}"\n  gather_facts: false\n  vars_prompt: [{name: target, private: no}]\n  tasks: [{debug: {msg: x}}]\n' })
  const ran = await scene.run({ inventory: ['a,b,c'] }, user(['b']))
  expect(ran.events.flatMap(event => (event.type === 'play-start' ? [event.hosts] : []))).toEqual([['b']])
})

test('each play has its own answers', async () => {
  using scene = new Scene({ 'site.yml': ['one', 'two'].map(name => `- hosts: localhost\n  gather_facts: false\n  vars_prompt: [{name: a, prompt: ${name}, private: no}]\n  tasks: [{name: ${name}, debug: {msg: "{{ a }}"}}]\n`).join('') })
  const ran = await scene.run({}, user(['first', 'second']))
  expect([ran.result('one').result.msg, ran.result('two').result.msg]).toEqual(['first', 'second'])
})

test.each([
  ['is rendered', '', 2],
  ['is not rendered when the prompt is unsafe', ', unsafe: yes', '{{ 1 + 1 }}'],
])('what is typed %s', async (_, more, said) => {
  using scene = new Scene(playbook(`- {name: a, private: no${more}}`))
  expect((await scene.run({}, user(['{{ 1 + 1 }}']))).result('say').result.msg).toBe(said)
})

test.each([
  ['{name: a, private: no, encrypt: sha512_crypt, salt: saltsalt}', /^\$6\$rounds=656000\$saltsalt\$[./0-9A-Za-z]{86}$/],
  ['{name: a, private: no, encrypt: md5_crypt, salt_size: 4}', /^\$1\$[./0-9A-Za-z]{4}\$[./0-9A-Za-z]{22}$/],
])('%s gives the hash of what was typed', async (prompt, hash) => {
  using scene = new Scene(playbook(`- ${prompt}`))
  expect((await scene.run({}, user(['password']))).result('say').result.msg).toMatch(hash)
})

test('a user who gives up ends the run before it has begun', async () => {
  using scene = new Scene(playbook('- {name: a}'))
  expect(await scene.run({}, user(undefined))).toMatchObject({ exit: 130, events: [] })
})

test('where nobody can be asked, a default is taken with a warning, and all else is a mistake that says how to give it', async () => {
  using scene = new Scene(playbook('- {name: a, default: x, private: no}'))
  const ran = await scene.run()
  expect(ran.result('say').result.msg).toBe('x')
  expect(ran.events).toContainEqual({ type: 'warning', message: "nobody can be asked for 'a': it is what vars_prompt has as its default" })
  using other = new Scene(playbook('- {name: a}'))
  expect((await other.run()).events.at(-1)).toMatchObject({ type: 'run-end', exit: 1, error: { code: 'wrong-use', rendered: expect.stringContaining('Give it on the command line: -e a=VALUE.'), at: { line: 4 } } })
})

test('nothing is asked when the playbook is only listed', async () => {
  using scene = new Scene(playbook('- {name: a}'))
  const { asked, ask } = user()
  expect((await scene.run({ listTasks: true }, { ask })).exit).toBe(0)
  expect(asked).toEqual([])
})
