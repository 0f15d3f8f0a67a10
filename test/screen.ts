import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

/** Why there is no terminal to look at; absent when there is one. */
export const noScreen = spawnSync('tmux', ['-V']).status === 0 ? undefined : 'needs tmux'

/** A real terminal, which is tmux's: what a person sees, types, and how it is left. */
export class Screen implements Disposable {
  readonly #socket: string

  /** @param name no two at a time in one process may have the same */
  constructor(name: string, { columns = 100, rows = 40 } = {}) {
    this.#socket = `matrix-provision-${name}-${process.pid}`
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), '-s', 'a', 'env', '-u', 'CI', '-u', 'NO_COLOR', 'PS1=ready> ', 'sh')
  }

  /** The lines, without blanks at their ends. */
  lines(): string[] {
    return this.#tmux('capture-pane', '-p', '-t', 'a').split('\n').map(line => line.trimEnd())
  }

  get cursorShown(): boolean {
    return this.#tmux('display', '-p', '-t', 'a', '#{cursor_flag}').trim() === '1'
  }

  /** Clears the screen and starts a command line. */
  start(command: string): void {
    this.#tmux('send-keys', '-t', 'a', `clear; tmux -L ${this.#socket} clear-history; ${command}`, 'Enter')
  }

  /** @param keys in tmux's names: `C-c`, `Enter`; other text is typed as it is */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', '-t', 'a', ...keys)
  }

  /** Waits up to half a minute. @returns the lines in which it was seen @throws Error with the screen as it was then */
  async until(seen: (lines: string[]) => boolean): Promise<string[]> {
    for (let tries = 0; tries < 600; tries++) {
      const lines = this.lines()
      if (seen(lines)) return lines
      await sleep(50)
    }
    throw new Error(`Not seen in time. The screen was:\n${this.lines().join('\n')}`)
  }

  [Symbol.dispose](): void {
    this.#tmux('kill-server')
  }

  #tmux(...words: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...words], { encoding: 'utf8' })
  }
}
