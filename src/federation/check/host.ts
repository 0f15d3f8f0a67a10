import type { Directive } from '../apache/directive.ts'
import { standpoints, type Standpoint } from '../apache/standpoint.ts'
import { check, type Check, type Known, type NotMade, type Place, type Sighting } from '../check.ts'
import type { HostEvidence } from '../host-evidence.ts'
import type { Site } from '../site.ts'

/** Where a directive stands, as a finding shows it. */
export const whereOf = (host: HostEvidence, { file, line }: Pick<Directive, 'file' | 'line'>): Place => ({ file, line, host: host.name })

/** A directive as a finding quotes it. */
export const quoted = ({ spelled, text, children }: Directive): string => (children ? `<${spelled} ${text}>` : `${spelled} ${text}`.trim())

/** A line as the evidence of a finding. */
export const shown = ({ host }: Pick<Standpoint, 'host'>, line: Directive) => ({ answered: quoted(line), where: whereOf(host, line) })

/** Why no configuration can be judged: it cannot be read, or none is for the name. */
export function noneHere(site: Site): NotMade {
  const unread = site.hosts.flatMap(({ name, unread }) => unread.map(text => `${name}: ${text}`)).find(text => !/synapse/i.test(text))
  return { notMade: unread ?? `no Apache of the inventory has a virtual host for ${site.serverName}` }
}

/** A check by Apache's configuration, on every host of the inventory that serves the name. */
export function configurationCheck<Kind extends string>(
  known: Omit<Known<Kind>, 'vantage'>,
  find: (standpoint: Standpoint) => readonly Sighting<NoInfer<Kind>>[],
): Check {
  return check<Kind>({
    ...known, vantage: 'host',
    async look(site) {
      const all = await standpoints(site)
      if (all.length === 0) return noneHere(site)
      // One line is one thing, however many paths it takes.
      const found = all.flatMap(find)
      return [...new Map(found.map(one => [`${one.kind} ${one.where?.host} ${one.where?.file}:${one.where?.line}`, one])).values()]
    },
  })
}
