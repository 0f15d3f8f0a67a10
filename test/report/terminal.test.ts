import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** On a real terminal, which is tmux's: what a person sees, and how it is left. */
const hasTmux = spawnSync('tmux', ['-V']).status === 0
const socket = `matrix-provision-test-${process.pid}`
const tmux = (...args: string[]) => execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })
const screen = () => tmux('capture-pane', '-p', '-t', 'a').split('\n').map(line => line.trimEnd())
const cursorShown = () => tmux('display', '-p', '-t', 'a', '#{cursor_flag}').trim() === '1'

async function until(seen: (lines: string[]) => boolean): Promise<string[]> {
  for (let tries = 0; tries < 500; tries++) {
    const lines = screen()
    if (seen(lines)) return lines
    await sleep(50)
  }
  throw new Error(`Not seen in time. The screen was:\n${screen().join('\n')}`)
}

const replay = (stream: string, pause: number) =>
  tmux('send-keys', '-t', 'a', `clear; tmux -L ${socket} clear-history; ${process.execPath} ${import.meta.dirname}/replay.ts ${stream} ${pause}`, 'Enter')

describe.runIf(hasTmux)('on a terminal (needs tmux)', () => {
  beforeAll(() => void tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '40', '-s', 'a', 'env', '-u', 'CI', '-u', 'NO_COLOR', 'PS1=ready> ', 'sh'))
  afterAll(() => void tmux('kill-server'))

  test('a line a host runs below, changes stand above, and at the end only results are left', async () => {
    replay('failure', 150)
    const running = await until(lines => lines.some(line => /^ {2}lab1 {2}\S Virtual host +\d\.\d s$/.test(line)))
    expect(running.some(line => line.startsWith('  lab2  '))).toBe(true)
    expect(cursorShown()).toBe(false)
    const above = await until(lines => lines.some(line => line.startsWith('✖ lab2: Configuration is valid')))
    expect(above.findIndex(line => line.startsWith('changed  lab1, lab2'))).toBeLessThan(above.findIndex(line => line.startsWith('  lab1  ')))
    const end = await until(lines => lines.includes('the end'))
    expect(end.filter(line => /^ {2}lab\d/.test(line))).toEqual([])
    expect(end.some(line => line.startsWith('2 hosts: 1 changed, 1 failed.'))).toBe(true)
    expect(cursorShown()).toBe(true)
  }, 60_000)

  test('more hosts than lines become counts', async () => {
    replay('fleetApply', 3)
    await until(lines => lines.some(line => /^ {2}\S Gathering Facts: \d+ of 200 hosts done, \d+ at work/.test(line)))
    const end = await until(lines => lines.includes('the end'))
    expect(end.some(line => /at work/.test(line))).toBe(false)
  }, 60_000)

  test('after Ctrl-C the cursor is back and nothing of the region is left', async () => {
    replay('fleetApply', 50)
    await until(lines => lines.some(line => /at work/.test(line)))
    tmux('send-keys', '-t', 'a', 'C-c')
    const end = await until(lines => lines.findLast(line => line !== '')?.includes('ready>') === true)
    expect(end.some(line => /at work/.test(line))).toBe(false)
    expect(cursorShown()).toBe(true)
    tmux('send-keys', '-t', 'a', 'echo typed-$((40+2))', 'Enter')
    await until(lines => lines.includes('typed-42'))
  }, 60_000)
})
