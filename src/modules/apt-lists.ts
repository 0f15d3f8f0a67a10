import { UnknownReached } from '../core/unknown.ts'
import { absentFile, type FactKey, type Facts, type FileState } from '../host/fact.ts'
import type { Work } from './apt-work.ts'

const stamp = '/var/lib/apt/periodic/update-success-stamp'
const lists = '/var/lib/apt/lists'

export interface ListsAge {
  /** When the package lists were last updated, in seconds since 1970; 0 where there are none. */
  readonly updated: number
  readonly of: { readonly path: string; readonly state: FileState } | undefined
}

/** The stamp counts where there is one: only some hosts are set up to keep it. */
export async function readListsAge(facts: Facts): Promise<ListsAge> {
  const [byStamp, byLists] = await Promise.all([asFarAsKnown(stamp, facts), asFarAsKnown(lists, facts)])
  const of =
    byStamp.type !== 'absent'
      ? { path: stamp, state: byStamp }
      : byLists.type !== 'absent'
        ? { path: lists, state: byLists }
        : undefined
  return { updated: of?.state.modified ?? 0, of }
}

/** What a dry run cannot foresee (an install may bring anything) is taken to be as it was: not there. */
async function asFarAsKnown(path: string, facts: Facts): Promise<FileState> {
  try {
    return await facts.file(path)
  } catch (error) {
    if (error instanceof UnknownReached) return absentFile
    throw error
  }
}

/** Reads the package lists anew. It counts as a change only where they are younger afterwards. */
export function updateLists(
  age: ListsAge,
  now: number,
  options: readonly string[],
  attempts: number,
  pause: number,
  environment: Readonly<Record<string, string>>,
): Work {
  const touches: FactKey[] = [stamp, lists].map(key => ({ kind: 'file', key }))
  return {
    change: {
      subject: { kind: 'package lists', name: 'apt' },
      kind: 'run',
      observed: { updated: age.updated === 0 ? null : new Date(age.updated * 1000).toISOString() },
      desired: {},
      steps: [
        {
          step: 'packages',
          manager: 'apt',
          verb: 'update',
          names: [],
          options,
          attempts,
          pause,
          ...(Object.keys(environment).length > 0 && { environment }),
        },
      ],
      undo: null,
      touches,
      predicts: age.of ? [{ kind: 'file', key: age.of.path, value: { ...age.of.state, modified: now } }] : [],
    },
    changed: answer => answer?.updated === undefined || Math.floor(answer.updated) !== Math.floor(age.updated),
  }
}
