import { createHash } from 'node:crypto'
import { isUnknown, type Unknown } from '../core/unknown.ts'
import { Float } from '../core/value.ts'
import type { FactKinds, Facts, FileDetails, FileState } from '../host/fact.ts'
import { accessOf } from './file-access.ts'
import { contentType } from './content-type.ts'
import { early } from './early.ts'
import { foreseen } from './foreseen.ts'
import { type Module, type ModuleResult, type Plan, type PlanContext, unchanged } from './module.ts'
import { normalPath } from './normal-path.ts'
import { orRefusal } from './refusal.ts'

interface Parameters {
  readonly path: string
  readonly follow: boolean
  readonly get_checksum: boolean
  readonly checksum_algorithm: string
  readonly get_mime: boolean
  readonly get_attributes: boolean
}

/** Bytes beyond this many are not brought here only to be summed up. */
const summedBytes = 64 << 20
/** And beyond so many not only to be judged. */
const judgedBytes = 1 << 20

const module: Module<Parameters> = {
  name: 'stat',
  collection: 'ansible.builtin',
  summary: 'Tells what is at a path',
  description: [
    'All checksums but SHA-256 are made from the bytes themselves, which are brought to the controller for that. Of a file of more than 64 MiB only SHA-256 is told.',
    '`mimetype` and `charset` are judged by the bytes as text or not, and are `unknown` for files that are too large to be looked at.',
    '`readable`, `writeable` and `executable` follow from the permissions; access control lists are not looked at.',
  ],
  parameters: {
    path: { type: 'path', required: true, aliases: ['dest', 'name'], description: 'The path.' },
    follow: { type: 'bool', default: false, description: 'Tell about what a link leads to.' },
    get_checksum: { type: 'bool', default: true, description: 'Tell the checksum of a file.' },
    checksum_algorithm: {
      type: 'str', default: 'sha1', aliases: ['checksum', 'checksum_algo'], choices: ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'],
      description: 'Which checksum.',
    },
    get_mime: { type: 'bool', default: true, aliases: ['mime', 'mime_type', 'mime-type'], description: 'Tell the kind of a file\'s bytes.' },
    get_attributes: { type: 'bool', default: true, aliases: ['attr', 'attributes'], description: 'Tell the flags that the file system keeps for it, as `lsattr` lists them.' },
  },
  readOnly: true,
  returns: { stat: 'What is there: `exists`, and where it does `mode`, `size`, `isreg`, `isdir`, `islnk`, `uid`, `pw_name`, `mtime`, `checksum`, `lnk_target` and the rest of Ansible\'s members.' },
  examples: `
- name: Is there a certificate?
  stat:
    path: /etc/ssl/matrix/fullchain.pem
    follow: true
  register: certificate

- name: It has to be there
  assert:
    that: certificate.stat.exists
`,
  plan: (parameters, context) => orRefusal(planStat(parameters, context)),
}

export default module

async function planStat(parameters: Parameters, context: PlanContext): Promise<Plan> {
  const { facts } = context
  const path = await normalPath(parameters.path, context)
  early(facts.details(path))
  const [file, followed, access] = await Promise.all([facts.file(path), facts.followed(path), accessOf(facts)])
  const state = parameters.follow ? followed : file
  if (state.type === 'absent') return unchanged({ stat: { exists: false } })
  const details = await foreseen(facts.details(parameters.follow ? followed.path : path))
  const { members, warnings } = await byBytes(path, state, access(followed).readable, parameters, facts)
  const stat = { ...describe(path, state), ...access(followed), ...linkMembers(state, followed), ...detailMembers(details, parameters.get_attributes), ...members }
  return unchanged({ stat, ...(warnings.length > 0 && { warnings }) })
}

function describe(path: string, state: FileState): ModuleResult {
  const { type, mode, uid, gid, size, inode, device, links, owner, group, modified, changed, accessed } = state
  const bit = (bits: number) => (mode & bits) !== 0
  return {
    exists: true, path, mode: mode.toString(8).padStart(4, '0'),
    isdir: type === 'directory', ischr: type === 'character', isblk: type === 'block', isreg: type === 'file', isfifo: type === 'fifo', islnk: type === 'link',
    issock: type === 'socket',
    uid, gid, size, inode, dev: device, nlink: links, atime: time(accessed ?? modified), mtime: time(modified), ctime: time(changed),
    rusr: bit(0o400), wusr: bit(0o200), xusr: bit(0o100), rgrp: bit(0o040), wgrp: bit(0o020), xgrp: bit(0o010), roth: bit(0o004), woth: bit(0o002), xoth: bit(0o001),
    isuid: bit(0o4000), isgid: bit(0o2000),
    ...(isName(owner) && { pw_name: owner }),
    ...(isName(group) && { gr_name: group }),
  }
}

/** Seconds as Python has them, where whole ones are floats too. */
const time = (seconds: number): number | Float => (Number.isInteger(seconds) ? new Float(seconds) : seconds)

/** A user or group without a name is shown by its number. */
const isName = (text: string) => text !== '' && !/^\d+$/.test(text)

const linkMembers = (state: FileState, followed: FactKinds['followed']) => (state.type === 'link' ? { lnk_source: followed.path, lnk_target: state.target } : {})

function detailMembers(details: FileDetails | null | Unknown, withAttributes: boolean): ModuleResult {
  const told = (name: string, tell: (details: FileDetails) => unknown) => ({ [name]: isUnknown(details) ? details : details && tell(details) })
  return {
    ...told('block_size', ({ blockSize }) => blockSize),
    ...told('blocks', ({ blocks }) => blocks),
    ...told('device_type', ({ device }) => device),
    ...(withAttributes && {
      ...told('version', ({ version }) => version ?? null),
      ...told('attr_flags', ({ flags }) => flags ?? ''),
      ...told('attributes', ({ flags = '' }) => [...flags].flatMap(flag => attributeNames[flag] ?? [])),
    }),
  }
}

/** As Ansible calls the flags (module_utils/basic.py, `FILE_ATTRIBUTES`). */
const attributeNames: { readonly [flag: string]: string } = {
  A: 'noatime', a: 'append', c: 'compressed', C: 'nocow', d: 'nodump', D: 'dirsync', e: 'extents', E: 'encrypted', h: 'blocksize', i: 'immutable', I: 'indexed', j: 'journalled',
  N: 'inline', s: 'zero', S: 'synchronous', t: 'notail', T: 'blockroot', u: 'undelete', X: 'compressedraw', Z: 'compresseddirty',
}

/** What only the bytes can tell. They are read once, and only where something other than SHA-256 is asked for. */
async function byBytes(path: string, state: FileState, readable: boolean, parameters: Parameters, facts: Facts): Promise<{ members: ModuleResult; warnings: string[] }> {
  const { get_checksum, checksum_algorithm: algorithm, get_mime } = parameters
  const regular = state.type === 'file' && readable
  const [onHost, here] = [regular && get_checksum && algorithm === 'sha256', regular && get_checksum && algorithm !== 'sha256']
  const [digest, content] = await Promise.all([
    onHost ? foreseen(facts.digest(path)) : null,
    (here && state.size <= summedBytes) || (regular && get_mime && state.size <= judgedBytes) ? foreseen(facts.content(path)) : null,
  ])
  const checksum = onHost ? digest : here && content ? (isUnknown(content) ? content : createHash(algorithm).update(content).digest('hex')) : null
  return {
    members: {
      ...(checksum !== null && { checksum }),
      ...(get_mime && (isUnknown(content) ? { mimetype: content, charset: content } : contentType(state.type, content))),
    },
    warnings: here && checksum === null ? [`${path} has more than 64 MiB: its checksum is not told. checksum_algorithm: sha256 is made on the host.`] : [],
  }
}
