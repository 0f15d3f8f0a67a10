import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noScreen, Screen } from '../screen.ts'

describe.skipIf(noScreen)(`on a terminal${noScreen ? ` (skipped: ${noScreen})` : ''}`, () => {
  let screen: Screen
  beforeAll(() => {
    screen = new Screen('report')
  })
  afterAll(() => screen?.[Symbol.dispose]())
  const replay = (stream: string, pause: number) => screen.start(`${process.execPath} ${import.meta.dirname}/replay.ts ${stream} ${pause}`)

  test('a line a host runs below, changes stand above, and at the end only results are left', async () => {
    replay('failure', 150)
    const running = await screen.until(lines => lines.some(line => /^ {2}lab1 {2}\S Virtual host +\d\.\d s$/.test(line)))
    expect(running.some(line => line.startsWith('  lab2  '))).toBe(true)
    expect(screen.cursorShown).toBe(false)
    const above = await screen.until(lines => lines.some(line => line.startsWith('✖ lab2: Configuration is valid')))
    expect(above.findIndex(line => line.startsWith('changed  lab1, lab2'))).toBeLessThan(above.findIndex(line => line.startsWith('  lab1  ')))
    const end = await screen.until(lines => lines.includes('the end'))
    expect(end.filter(line => /^ {2}lab\d/.test(line))).toEqual([])
    expect(end.some(line => line.startsWith('2 hosts: 1 changed, 1 failed.'))).toBe(true)
    expect(screen.cursorShown).toBe(true)
  }, 60_000)

  test('more hosts than lines become counts', async () => {
    replay('fleetApply', 3)
    await screen.until(lines => lines.some(line => /^ {2}\S Gathering Facts: \d+ of 200 hosts done, \d+ at work/.test(line)))
    const end = await screen.until(lines => lines.includes('the end'))
    expect(end.some(line => /at work/.test(line))).toBe(false)
  }, 60_000)

  test('after Ctrl-C the cursor is back and nothing of the region is left', async () => {
    replay('fleetApply', 50)
    await screen.until(lines => lines.some(line => /at work/.test(line)))
    screen.press('C-c')
    const end = await screen.until(lines => lines.findLast(line => line !== '')?.includes('ready>') === true)
    expect(end.some(line => /at work/.test(line))).toBe(false)
    expect(screen.cursorShown).toBe(true)
    screen.press('echo typed-$((40+2))', 'Enter')
    await screen.until(lines => lines.includes('typed-42'))
  }, 60_000)
})
