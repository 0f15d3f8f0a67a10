import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import type { Keywords, Play, RoleUse } from '../playbook.ts'
import { positionOf } from '../positions.ts'
import { checkNotifications } from './notification.ts'
import { checkKeywords } from './keyword.ts'
import { readNodes } from './nodes.ts'
import { staticName, within, type LoadOptions, type Place, type PlayScope } from './place.ts'
import { readPrompts, readVarsFiles } from './prompt.ts'
import { withDependencies } from '../variables/role-variables.ts'
import { readRoleEntry } from './role.ts'
import { describe, listOf, placeOf } from './shape.ts'
import { combineKeywords, readKeywords } from './shared-keywords.ts'

const orders = ['inventory', 'reverse_inventory', 'sorted', 'reverse_sorted', 'shuffle']

/**
 * A play of a playbook.
 *
 * @param directory of the playbook that holds it
 * @param outer what `import_playbook` says of all plays that it imports
 * @throws ProvisionError
 */
export async function readPlay(written: RawDict, at: Position, directory: string, outer: Keywords, options: LoadOptions): Promise<Play> {
  checkKeywords(written, 'play')
  checkPlay(written, at)
  const own = renamedUser(await readKeywords(written), written, at)
  // Variables of the import count more than the play's own (`playbook/playbook_include.py`).
  const keywords = { ...combineKeywords(outer, own), ...(outer.vars && { vars: new Map([...(own.vars ?? []), ...outer.vars]) }) }
  const scope: PlayScope = { directory, vars: keywords.vars ?? new Map(), roles: [], importedRoles: [], importedHandlers: [] }
  const place: Place = within(
    { options, play: scope, directories: [directory], role: undefined, handlers: false, chain: [at.file], past: [], dependents: [], inherited: {}, moduleDefaults: [], vars: [], certain: true },
    { ...keywords, vars: undefined },
  )
  checkStrategy(written, place)
  const nodes = (section: string, where = place) => readNodes(written.get(section), section, where, placeOf(written, section))
  const roles = await readRoles(written, place)
  const play: Play = {
    at,
    name: written.get('name') ?? undefined,
    hosts: written.get('hosts')!,
    hostsAt: placeOf(written, 'hosts') ?? at,
    directory,
    keywords,
    gatherFacts: written.get('gather_facts') ?? undefined,
    gatherSubset: written.get('gather_subset') ?? undefined,
    serial: written.get('serial') ?? undefined,
    strategy: written.get('strategy') ?? undefined,
    order: written.get('order') ?? undefined,
    maxFailPercentage: written.get('max_fail_percentage') ?? undefined,
    forceHandlers: written.get('force_handlers') ?? undefined,
    varsFiles: readVarsFiles(written),
    varsPrompt: readPrompts(written, place),
    preTasks: await nodes('pre_tasks'),
    roles,
    tasks: await nodes('tasks'),
    postTasks: await nodes('post_tasks'),
    handlers: [...(await nodes('handlers', { ...place, handlers: true })), ...scope.importedHandlers],
    importedRoles: scope.importedRoles,
  }
  checkNotifications(play)
  return play
}

function checkPlay(written: RawDict, at: Position): void {
  const hosts = written.get('hosts') ?? null
  const hostsAt = placeOf(written, 'hosts') ?? at
  if (!written.has('hosts')) throw new ProvisionError('playbook-syntax', "the field 'hosts' is required but was not set", { at, hint: 'Say where the play runs: hosts: all' })
  if (hosts === null || hosts === '' || (Array.isArray(hosts) && hosts.length === 0)) throw new ProvisionError('playbook-syntax', 'Hosts list cannot be empty. Please check your playbook', { at: hostsAt })
  const isPattern = (one: Raw) => typeof one === 'string' || one instanceof TemplateText
  const wrong = Array.isArray(hosts) ? (hosts as Raw[]).find(one => !isPattern(one)) : isPattern(hosts) ? undefined : hosts
  if (wrong !== undefined) throw new ProvisionError('playbook-syntax', `hosts takes a pattern or a list of patterns, not ${describe(wrong)}`, { at: hostsAt })
  const order = written.get('order')
  if (typeof order === 'string' && !orders.includes(order)) throw new ProvisionError('playbook-syntax', `Invalid 'order' specified for inventory hosts: ${order}`, { at: placeOf(written, 'order'), hint: didYouMean(order, orders) ?? `It can be ${orders.join(', ')}.` })
  for (const [index, size] of (listOf(written, 'serial') ?? []).entries())
    if (!(size instanceof TemplateText) && !/^\d+(\.\d+)?%?$/.test(String(size))) throw new ProvisionError('playbook-syntax', `serial takes numbers and percentages, not '${String(size)}'`, { at: positionOf(written.get('serial'), index) ?? placeOf(written, 'serial') })
  const most = written.get('max_fail_percentage') ?? null
  if (most !== null && !(most instanceof TemplateText) && !/^\d+(\.\d+)?%?$/.test(String(most))) throw new ProvisionError('playbook-syntax', 'max_fail_percentage takes a number of percent', { at: placeOf(written, 'max_fail_percentage') })
}

function checkStrategy(written: RawDict, place: Place): void {
  if ((written.get('strategy') ?? null) === null) return
  const at = placeOf(written, 'strategy')
  const strategy = staticName(written.get('strategy'), 'strategy', place, at)
  if (!/^(ansible\.(builtin|legacy)\.)?linear$/.test(strategy))
    throw new ProvisionError('unsupported', `the strategy ${strategy} is not supported`, { at, hint: 'Remove it: all hosts finish a task before the next one begins (linear).' })
}

/** `user` is the old name of `remote_user`. */
function renamedUser(keywords: Keywords, written: RawDict, at: Position): Keywords {
  const user = written.get('user') ?? null
  if (user === null) return keywords
  if (keywords.remoteUser !== undefined) throw new ProvisionError('playbook-syntax', "both 'user' and 'remote_user' are set for this play", { at: positionOf(written, 'user') ?? at })
  return { ...keywords, remoteUser: user }
}

/** Roles with their dependencies, each before the role that needs it. */
async function readRoles(written: RawDict, place: Place): Promise<RoleUse[]> {
  const list = listOf(written, 'roles') ?? []
  for (const [index, entry] of list.entries()) {
    const use = await readRoleEntry(entry, place, positionOf(list, index) ?? placeOf(written, 'roles')!)
    place.play.roles.push(...withDependencies(use))
  }
  return place.play.roles
}
