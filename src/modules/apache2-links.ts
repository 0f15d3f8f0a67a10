import type { Change, Prediction } from '../host/change.ts'
import type { FileState } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import { absentFile } from '../host/fact.ts'
import { rootOwned } from './apache2-debian.ts'

/** A link in one of Apache's enabled directories, as a2enmod and a2ensite make it. */
export interface EnabledLink {
  /** `mods`, `sites` or `conf`. */
  readonly kind: string
  /** With its ending. */
  readonly name: string
}

export const linkPath = ({ kind, name }: EnabledLink): string => `/etc/apache2/${kind}-enabled/${name}`

const targetOf = ({ kind, name }: EnabledLink): string => `../${kind}-available/${name}`

/** Enables or disables a thing by its links. */
export function linksChange(subject: Change['subject'], links: readonly EnabledLink[], enable: boolean, more: readonly Prediction[] = []): Change {
  const make = links.map<Step>(link => ({ step: 'link', path: linkPath(link), target: targetOf(link) }))
  const unmake = links.map<Step>(link => ({ step: 'remove', path: linkPath(link) }))
  return {
    subject,
    kind: enable ? 'create' : 'delete',
    observed: { enabled: !enable },
    desired: { enabled: enable },
    steps: enable ? make : unmake,
    undo: enable ? unmake : make,
    touches: [...links.map(link => ({ kind: 'file' as const, key: linkPath(link) })), ...more.map(({ kind, key }) => ({ kind, key }))],
    predicts: [...links.map<Prediction>(link => ({ kind: 'file', key: linkPath(link), value: enable ? linkState(link) : absentFile })), ...more],
  }
}

const linkState = (link: EnabledLink): FileState => rootOwned('link', 0o777, { target: targetOf(link) })
