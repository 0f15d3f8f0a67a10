import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { fullNameOf, loadModule } from '../../../src/modules/registry.ts'
import { Scene } from '../../engine/stage.ts'
import { labHosts, noLab, onLab } from '../../lab/hosts.ts'
import { files, moduleOf, playbookFor, resultsIn, type Results } from './results.ts'

// Recorded by record.ts with ansible-core 2.14.18.
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'results.json'), 'utf8')) as Results

/** Members that Ansible's results have and ours do not, and why. */
const missing: readonly (readonly [task: RegExp, members: readonly string[], why: string])[] = [
  [/^file, a new directory|^copy, a directory of the host/, ['size'], 'the size of a directory that is not there yet is the file system\'s to say'],
  [/^file, a new directory/, ['ansible_facts', 'warnings'], 'no Python has to be found on the host'],
  [/^file, an unknown owner/, ['path', 'uid', 'gid', 'owner', 'group', 'mode', 'state', 'size'], 'who is asked for is looked up before the file is looked at'],
  [/^(copy|template), /, ['src'], 'a text has no source; Ansible tells the name of a temporary file'],
  [/^(copy|template), the same|^copy, another mode/, ['path'], 'that it is told only of files that stay is an accident; `dest` is always there'],
  [/^copy, not valid/, ['exit_status', 'checksum', 'stdout_lines', 'stderr_lines'], 'a change that fails tells rc, stdout and stderr'],
  [/^copy, into no directory/, ['checksum'], 'nothing is said of what was not made'],
  [/^user, gone/, ['stderr', 'stderr_lines'], 'what userdel complains of, such as a missing mailbox, is not told'],
  [/^apt, a version that is not there/, ['cache_updated', 'cache_update_time'], 'a plan that is refused tells only why'],
  [/^apache2_module, unknown/, ['rc', 'stdout', 'stderr', 'stdout_lines', 'stderr_lines'], 'no program is run'],
  [/^uri, one that is expected/, ['body'], 'as `content`, where it is asked for'],
  [/^wait_for, a file/, ['uid', 'gid', 'owner', 'group', 'mode', 'size'], 'an accident of a parameter that is called path'],
]

/** Members that have other values, and why. */
const different: readonly (readonly [task: RegExp, members: readonly string[], why: string])[] = [
  [/^(copy|template), /, ['src'], 'the source itself instead of a temporary file'],
  [/^copy, not valid/, ['msg', 'stderr'], 'says which file was left as it was'],
  [/^(copy|template), no source|^include_vars, no file/, ['msg', 'message'], 'where it was looked for is said in a hint'],
  [/^command, (no such program|in no directory)/, ['msg'], 'without Python\'s mark for bytes'],
  [/^apt, downloads removed/, ['changed'], 'as since Ansible 2.16'],
  [/^apache2_module, unknown/, ['msg'], 'says what is missing'],
  [/^uri, nobody there/, ['msg'], 'not in the words of Python'],
  [/^uri, posted/, ['json', 'msg', 'content_length'], 'the server tells our headers'],
  [/^wait_for, a file/, ['state'], 'an accident of a parameter that is called path'],
]

/** What is another in every run, or hangs on the program `file`, which the hosts do not have; only its type is compared. */
const volatile = new Set(
  `start end delta date last_modified etag cache_update_time backup backup_file ssh_fingerprint ssh_public_key elapsed inode dev atime mtime ctime mimetype charset`.split(' '),
)
/** What apt-get prints counts bytes of packages that the lab makes itself. */
const printed = new Set(['stdout', 'stdout_lines', 'msg'])

const typeOf = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value)

const excepted = (list: typeof missing, task: string, member: string) => list.some(([pattern, members]) => pattern.test(task) && members.includes(member))

/** A value as it is compared. */
const comparable = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, volatile.has(name) ? typeOf(member) : comparable(member)]))
    : value

describe.skipIf(noLab)(onLab('what modules return, compared with Ansible'), () => {
  const lab = labHosts(1)
  let ours: Results = {}

  beforeAll(async () => {
    using scene = new Scene({ ...files, 'site.yml': playbookFor('lab1') })
    await scene.run({ inventory: [lab.lab.inventory], connection: 'ssh' })
    ours = resultsIn(scene.directory, 'lab1')
  }, 240_000)

  test.each(Object.entries(recorded))('%s', async (task, theirs) => {
    const own = ours[task]!
    expect(Object.keys(theirs).filter(member => !(member in own) && !excepted(missing, task, member)), 'missing').toEqual([])
    const common = Object.keys(theirs).filter(member => member in own && !excepted(different, task, member))
    const shown = (result: Results[string]) =>
      Object.fromEntries(common.map(member => [member, volatile.has(member) || (/^(apt|package), /.test(task) && printed.has(member)) ? typeOf(result[member]) : comparable(result[member])]))
    expect(shown(own)).toEqual(shown(theirs))

    const name = fullNameOf(moduleOf(task))
    const documented = name === undefined ? [] : Object.keys((await loadModule(name)).returns ?? {})
    const always = ['hint', 'warnings', 'rc', 'msg', 'stdout_lines', 'stderr_lines', 'message']
    expect(Object.keys(own).filter(member => !(member in theirs) && ![...documented, ...always].includes(member)), 'not documented').toEqual([])
  })

  test('no exception is left over', () => {
    const met = (list: typeof missing, has: (task: string, member: string) => boolean) =>
      list.filter(([pattern, members]) => !Object.keys(recorded).some(task => pattern.test(task) && members.some(member => has(task, member)))).map(([pattern]) => String(pattern))
    expect(met(missing, (task, member) => member in recorded[task]! && !(member in ours[task]!))).toEqual([])
    expect(met(different, (task, member) => JSON.stringify(recorded[task]![member]) !== JSON.stringify(ours[task]![member]))).toEqual([])
  })
})
