import { ConnectionFailure } from '../connection/connection.ts'
import { ProvisionError } from '../core/error.ts'
import { FactFailure } from '../host/fact.ts'
import { setupTask } from './gathering.ts'
import { handlersNamed, journalName, type Handler } from './handler.ts'
import type { HostState } from './host-state.ts'
import { reach } from './reach.ts'
import type { Stage } from './stage.ts'
import { evaluationFor } from './place.ts'

/** A host's facts, and whose rights the play itself has there. */
function onHost(stage: Stage, host: HostState) {
  const place = stage.place(setupTask(stage.play), stage.base, host)
  const { facts, become } = reach(place, evaluationFor(place), undefined)
  return { facts, rights: become ? { become } : {} }
}

/** Names of handlers that an earlier run notified on a host and never ran. */
export async function pendingOn(stage: Stage, host: HostState): Promise<readonly string[]> {
  const { facts, rights } = onHost(stage, host)
  return facts.get({ kind: 'pending', key: journalName(stage.play), ...rights })
}

/** Takes up what earlier runs have left behind, as if this one had notified it. */
export async function recall(stage: Stage): Promise<void> {
  if (stage.handlers.length === 0) return
  await stage.limited(stage.batch, async host => {
    try {
      for (const name of await pendingOn(stage, host)) {
        if (handlersNamed(stage.handlers, name).length === 0) continue
        host.notified.add(name)
        stage.world.emit({ type: 'notify', host: host.name, task: 0, handler: name, earlierRun: true })
      }
    } catch (error) {
      // What is wrong with the host shows at its first task.
      if (!isHostsFault(error) && !(error instanceof ProvisionError)) throw error
    }
  })
}

const isHostsFault = (error: unknown): error is Error => error instanceof ConnectionFailure || error instanceof FactFailure

/**
 * Writes handlers down on a host, or crosses them out. A change that surely notifies brings its handlers along by
 * itself; this is for those that only the result decides, and for handlers that have run.
 */
export async function noteOn(stage: Stage, host: HostState, what: 'notify' | 'done', handlers: readonly Handler[]): Promise<void> {
  if (stage.world.options.checkMode || handlers.length === 0) return
  const { facts, rights } = onHost(stage, host)
  const names = [...new Set(handlers.map(handler => handler.fullName))]
  const journal = { name: journalName(stage.play), notify: what === 'notify' ? names : [], done: what === 'done' ? names : [] }
  const warn = (why: string) => {
    const handler = `handler${names.length > 1 ? 's' : ''} ${names.join(', ')}`
    const message = what === 'notify' ? `${handler} could not be written down on the host (${why}): a run that is cut now loses it`
      : `${handler} has run and could not be crossed out on the host (${why}): the next run runs it again`
    stage.world.emit({ type: 'warning', host: host.name, message })
  }
  try {
    const performed = await facts.perform({ ...rights, guards: [], changes: [], reread: [], deadline: 60_000, journal })
    if (performed.result === 'failed') warn(performed.message)
  } catch (error) {
    if (!isHostsFault(error)) throw error
    warn(error.message)
  }
}
