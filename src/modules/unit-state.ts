import { UnknownReached } from '../core/unknown.ts'
import type { Facts, UnitState } from '../host/fact.ts'

const suffixes = /\.(?:service|socket|target|timer|path|mount|automount|swap|slice|scope|device)$/

/** A name without one of systemd's suffixes is a service. */
export const unitName = (name: string): string => (suffixes.test(name) ? name : `${name}.service`)

/**
 * A unit as it is. One whose file has just been put there is not known to systemd yet: it is there, not running and not
 * enabled.
 */
export async function observeUnit(unit: string, facts: Facts): Promise<UnitState> {
  let unknown: UnknownReached | undefined
  let state: UnitState | undefined
  try {
    state = await facts.unit(unit)
    if (state.exists) return state
  } catch (error) {
    if (!(error instanceof UnknownReached)) throw error
    unknown = error
  }
  if (await hasFile(unit, facts))
    return {
      exists: true,
      active: 'inactive',
      enabled: 'disabled',
      properties: { Id: unit, LoadState: 'loaded', ActiveState: 'inactive' },
    }
  if (unknown) throw unknown
  return state!
}

async function hasFile(unit: string, facts: Facts): Promise<boolean> {
  const names = [unit, ...(unit.includes('@') ? [unit.replace(/@.*(?=\.)/, '@')] : [])]
  const places = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system']
  const looks = await Promise.allSettled(places.flatMap(place => names.map(name => facts.followed(`${place}/${name}`))))
  if (looks.some(look => look.status === 'fulfilled' && look.value.type === 'file' && look.value.size !== 0)) return true
  // None is known to be there; one that nobody can foresee may be.
  const failed = looks.find(look => look.status === 'rejected')
  if (failed) throw failed.reason
  return false
}

export const isRunning = ({ active }: UnitState): boolean => active === 'active' || active === 'activating' || active === 'reloading'

/** The words for which `systemctl is-enabled` ends with 0, without those that Ansible counts as disabled. */
export const isEnabled = (word: string): boolean => ['enabled', 'enabled-runtime', 'static', 'generated', 'transient'].includes(word)
