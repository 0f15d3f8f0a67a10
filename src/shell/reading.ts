import { FactFailure, type FactKind, type FactRequest } from '../host/fact.ts'
import type { Observation } from '../host/target.ts'
import { lookAt } from './fact/file.ts'
import { preludeFor, readers } from './fact/readers.ts'
import type { Sections } from './section.ts'

/** Requests of the same user, compiled into one program that reads each kind set at a time. */
export interface Reading {
  /** sh text; begins with what it needs defined. */
  readonly prelude: string
  readonly program: string
  /** Observations in the order of the requests. */
  parse(sections: Sections, stderr: string): Observation[]
}

export function compileReading(requests: readonly FactRequest[]): Reading {
  const kinds = new Set(requests.map(request => request.kind))
  const asked = readers
    .filter(reader => kinds.has(reader.kind))
    .map(reader => ({ reader, keys: [...new Set(requests.filter(request => request.kind === reader.kind).map(request => request.key))] }))
  const paths = [...new Set(asked.flatMap(({ reader, keys }) => (reader.looksAt ? keys : [])))]
  return {
    prelude: preludeFor(kinds),
    program: asked.map(({ reader, keys }) => reader.program(keys)).join('') + lookAt(paths),
    parse(sections, stderr) {
      const known = new Map<string, Observation>()
      for (const { reader, keys } of asked) reader.parse(sections, keys, stderr).forEach((observation, index) => known.set(id(reader.kind, keys[index]!), observation))
      return requests.map(request => known.get(id(request.kind, request.key)) ?? unread(request))
    },
  }
}

const id = (kind: FactKind, key: string) => `${kind}\0${key}`

const unread = (request: FactRequest): Observation => ({
  value: new FactFailure(request, `${request.kind} cannot be read through a shell`),
  fingerprint: '',
})
