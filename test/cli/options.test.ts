import { expect, test } from 'vitest'
import { parse } from '../../src/cli/parse.ts'
import { runOptions } from '../../src/cli/run-options.ts'

const signal = new AbortController().signal
const read = (line: string, environment: { [name: string]: string } = {}) => runOptions(parse(line.split(' ')), environment, {}, signal)

test('without flags: everything as it is meant to be', () => {
  expect(read('apply site.yml')).toEqual({
    command: 'apply', playbooks: ['site.yml'], inventory: [], tags: [], skipTags: [], checkMode: false, diff: false, forks: 50, extraVars: [], passwords: {},
    forceHandlers: false, scout: true, verbosity: 0, detailedExitcode: false, signal, listTasks: false, listHosts: false, listTags: false, syntaxCheck: false,
  })
  expect(read('plan site.yml')).toMatchObject({ command: 'plan', checkMode: true, diff: true })
})

test.each<[line: string, wanted: object]>([
  ['-i a -i b,', { inventory: ['a', 'b,'] }],
  ['--inventory=a', { inventory: ['a'] }],
  ['-l web:!web3', { limit: 'web:!web3' }],
  ['-t a,b -t c --skip-tags=d', { tags: ['a', 'b', 'c'], skipTags: ['d'] }],
  ['-C -D', { checkMode: true, diff: true }],
  ['--check --diff --no-diff', { checkMode: true, diff: false }],
  ['-f10', { forks: 10 }],
  ['-e a=1 -e @vars.yml --extra-vars {"b":2}', { extraVars: ['a=1', '@vars.yml', '{"b":2}'] }],
  ['-u deploy --private-key ~/.ssh/id -c local', { user: 'deploy', privateKeyFile: '~/.ssh/id', connection: 'local' }],
  ['--key-file id', { privateKeyFile: 'id' }],
  ['-T 5 --task-timeout 0', { timeout: 5, taskTimeout: 0 }],
  ['-b', { become: { enabled: true } }],
  ['--become-user www-data --become-method doas', { become: { enabled: false, user: 'www-data', method: 'doas' } }],
  ['--host-keys accept-new', { hostKeys: 'accept-new' }],
  ['--force-handlers --no-scout --detailed-exitcode', { forceHandlers: true, scout: false, detailedExitcode: true }],
  ['--start-at-task Reload', { startAtTask: 'Reload' }],
  ['--list-tasks --list-hosts --list-tags --syntax-check', { listTasks: true, listHosts: true, listTags: true, syntaxCheck: true }],
  ['-v', { verbosity: 1 }],
  ['-vvv', { verbosity: 3 }],
  ['-vvvvvv', { verbosity: 4 }],
  ['-vv --verbose', { verbosity: 3 }],
  ['other.yml', { playbooks: ['site.yml', 'other.yml'] }],
])('apply site.yml %s', (flags, wanted) => expect(read(`apply site.yml ${flags}`)).toMatchObject(wanted))

test.each<[environment: { [name: string]: string }, line: string, wanted: object]>([
  [{ ANSIBLE_INVENTORY: 'a, b' }, 'plan x', { inventory: ['a', 'b'] }],
  [{ ANSIBLE_INVENTORY: 'a' }, 'plan x -i b', { inventory: ['b'] }],
  [{ ANSIBLE_HOST_KEY_CHECKING: 'False' }, 'plan x', { hostKeys: 'off' }],
  [{ ANSIBLE_HOST_KEY_CHECKING: '0' }, 'plan x --host-keys strict', { hostKeys: 'strict' }],
  [{ ANSIBLE_HOST_KEY_CHECKING: 'true' }, 'plan x', { hostKeys: 'strict' }],
])('%j with %s', (environment, line, wanted) => expect(read(line, environment)).toMatchObject(wanted))
