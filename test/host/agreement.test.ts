import { expect, test } from 'vitest'
import { Unknown } from '../../src/core/unknown.ts'
import { agrees } from '../../src/host/agreement.ts'
import { absentFile, type FactKind, type FileState } from '../../src/host/fact.ts'

const file: FileState = { ...absentFile, type: 'file', mode: 0o644, owner: 'root', group: 'root', uid: 0, gid: 0, size: 4, inode: 7, device: 1, links: 1, modified: 5, changed: 5 }
const link: FileState = { ...file, type: 'link', mode: 0o777, target: 'a' }
const unit = { exists: true, active: 'active', enabled: 'enabled', properties: { LoadState: 'loaded', MainPID: '1' } }

test.each<[string, FactKind, unknown, unknown, boolean]>([
  ['inode, device, links and times do not count', 'file', file, { ...file, inode: 9, device: 3, links: 2, modified: 6, changed: 7 }, true],
  ['the mode does', 'file', file, { ...file, mode: 0o600 }, false],
  ['the size does', 'file', file, { ...file, size: 5 }, false],
  ['but not that of a directory', 'file', { ...file, type: 'directory' }, { ...file, type: 'directory', size: 4096 }, true],
  ['a number is the same user under any name', 'file', { ...file, owner: '1000', uid: 1000 }, { ...file, owner: 'ann', uid: 1000 }, true],
  ['a name counts where the number was not known', 'file', { ...file, owner: 'ann', uid: -1 }, { ...file, owner: 'ann', uid: 1000 }, true],
  ['another group', 'file', file, { ...file, group: 'adm', gid: 4 }, false],
  ['where a link points counts', 'file', link, { ...link, target: 'b' }, false],
  ['but not its permissions', 'file', link, { ...link, mode: 0o755 }, true],
  ['nothing is nothing', 'file', absentFile, absentFile, true],
  ['nothing is no file', 'file', absentFile, file, false],
  ['what is unknown agrees with all', 'file', new Unknown('x'), file, true],
  ['bytes', 'content', Buffer.from('a'), new Uint8Array([97]), true],
  ['other bytes', 'content', Buffer.from('a'), new Uint8Array([98]), false],
  ['no bytes', 'content', null, new Uint8Array(), false],
  ['some version', 'package', { version: '', residual: false }, { version: '1.2', residual: false }, true],
  ['no version', 'package', { version: '', residual: false }, { version: null, residual: false }, false],
  ['a unit with further properties', 'unit', { ...unit, properties: { LoadState: 'loaded' } }, unit, true],
  ['a unit that has stopped', 'unit', unit, { ...unit, active: 'failed' }, false],
  ['a name and number that were not known', 'group', { name: 'ann', gid: -1, members: [] }, { name: 'ann', gid: 1000, members: [] }, true],
  ['other members', 'group', { name: 'ann', gid: -1, members: ['b'] }, { name: 'ann', gid: 1000, members: [] }, false],
  ['a group that is gone', 'group', null, null, true],
  ['names in a directory', 'listing', ['a'], ['a', 'b'], false],
])('%s', (_, kind, predicted, observed, agreed) => expect(agrees(kind, predicted as never, observed as never)).toBe(agreed))
