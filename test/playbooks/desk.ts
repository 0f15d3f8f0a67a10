import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { start, type Ended, type Started } from '../cli/spawn.ts'
import type { LabHosts } from '../lab/hosts.ts'

/** Where a user sits: a directory with playbooks, and the program to run them on the lab's hosts. Gone when disposed. */
export class Desk implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'desk-'))
  readonly #lab: LabHosts

  /** @param files texts by relative path; `site.yml` is the playbook that is run */
  constructor(lab: LabHosts, files: { readonly [path: string]: string }) {
    this.#lab = lab
    this.write(files)
  }

  write(files: { readonly [path: string]: string }): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(path)), { recursive: true })
      writeFileSync(this.path(path), text)
    }
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  /** `apply` of the playbook, to its end. @param input what is typed when passwords are asked for */
  apply(words: readonly string[] = [], input?: string): Promise<Ended> {
    return this.start(words, input).ended
  }

  /** The same, still running. */
  start(words: readonly string[] = [], input?: string): Started {
    return start('src/cli/main.ts', this.words(words), { ...(input !== undefined && { input }) })
  }

  /** The command line behind `matrix-provision`. */
  words(words: readonly string[] = []): string[] {
    return ['apply', this.path('site.yml'), '-i', this.#lab.lab.inventory, ...words]
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}
