import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Event, HostResult, Recap } from '../../src/core/event.ts'
import type { RunOptions } from '../../src/rollout/options.ts'
import { runPlaybooks, type Outside } from '../../src/rollout/run.ts'

/** What came of a run. */
export interface Ran {
  readonly exit: number
  readonly events: readonly Event[]
  /** Results by the task's name; of several hosts or rounds the last. */
  result(task: string): HostResult
  recap(host?: string): Recap
  /** `status` of each task in order, as `task name: status`. */
  readonly story: readonly string[]
}

/** A directory with a playbook and what belongs to it, gone when disposed. */
export class Scene implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'scene-'))

  /** @param files texts by relative path; `DIR` in them stands for the directory */
  constructor(files: { readonly [path: string]: string }) {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.directory, path)), { recursive: true })
      writeFileSync(join(this.directory, path), text.replaceAll('DIR', this.directory))
    }
  }

  async run(options: Partial<RunOptions> = {}, outside?: Outside): Promise<Ran> {
    const events: Event[] = []
    const exit = await runPlaybooks(
      {
        command: 'apply', playbooks: [join(this.directory, 'site.yml')], inventory: ['localhost,'], tags: [], skipTags: [], checkMode: false, diff: true, forks: 10, extraVars: [], passwords: {},
        connection: 'local', hostKeys: 'strict', forceHandlers: false, scout: true, verbosity: 0, detailedExitcode: false, signal: new AbortController().signal, listTasks: false, listHosts: false,
        listTags: false, syntaxCheck: false, ...options,
      },
      event => events.push(event),
      outside,
    )
    const names = new Map(events.flatMap(event => (event.type === 'task-start' ? [[event.task, event.name] as const] : [])))
    const results = events.filter((event): event is HostResult => event.type === 'host-result')
    const end = events.find(event => event.type === 'run-end')
    return {
      exit, events,
      story: results.map(result => `${names.get(result.task)}: ${result.status}`),
      result: task => results.findLast(result => names.get(result.task) === task) ?? missing(`no task '${task}' among ${[...names.values()].join(', ')}; ${JSON.stringify(end)}`),
      recap: (host = 'localhost') => (end?.type === 'run-end' ? end.recap[host] : undefined) ?? missing(`no recap of ${host}: ${JSON.stringify(end)}`),
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function missing(what: string): never {
  throw new Error(what)
}
