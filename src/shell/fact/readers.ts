import type { FactKind } from '../../host/fact.ts'
import { account, group } from './account.ts'
import { apacheCheck, apacheModuleFiles, apacheModules } from './apache.ts'
import { apacheConfiguration } from './apache-configuration.ts'
import { aptSimulation, available, debFile, packageNames } from './apt.ts'
import { content } from './content.ts'
import { details } from './details.ts'
import { digest, digestPrelude } from './digest.ts'
import { file, filePrelude, followed } from './file.ts'
import { gathered } from './gathered-reader.ts'
import { listing } from './listing.ts'
import { packages } from './package.ts'
import { listening } from './listening.ts'
import { pending } from './pending.ts'
import { platform } from './platform.ts'
import type { FactReader } from './reader.ts'
import { synapseConfiguration } from './synapse-configuration.ts'
import { unit } from './unit.ts'

/** Every kind of fact that a shell can read, in the order in which they are read. HTTP is read through the connection. */
export const readers: readonly FactReader<FactKind>[] = [
  platform, pending, file, followed, details, digest, listing, content, packages, available, packageNames, aptSimulation, debFile,
  unit, account, group, apacheModules, apacheModuleFiles, apacheCheck, apacheConfiguration, synapseConfiguration, listening, gathered,
] as unknown as readonly FactReader<FactKind>[]

export const readerOf = (kind: FactKind): FactReader<FactKind> | undefined => readers.find(reader => reader.kind === kind)

/** What the programs of these kinds need defined before them. */
export function preludeFor(kinds: ReadonlySet<FactKind>): string {
  const files = kinds.has('file') || kinds.has('followed')
  const digests = kinds.has('digest') || kinds.has('content')
  return (files ? filePrelude : '') + (digests ? digestPrelude : '')
}
