import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Place } from '../../../src/federation/check.ts'
import { labRun } from '../../../src/lab/lab.ts'
import { noLab, onLab } from '../../lab/hosts.ts'
import { synapsePair } from '../pair.ts'
import { complaints, verifiedHosts, verifiedName } from '../verified.ts'
import { injected } from './breaking.ts'
import type { Symptom } from './fault.ts'
import { faults } from './faults.ts'
import { healthySetups } from './healthy.ts'

describe.skipIf(noLab)(onLab('verify on two servers that federate'), () => {
  const pair = synapsePair()

  beforeAll(() => {
    const { exit, errors } = pair.apply()
    expect(exit, errors).toBe(0)
  })

  const shown = async ({ on = 'lab2', sh }: Symptom) => {
    const { stdout, stderr } = await labRun(on, ['sh', '-c', sh])
    return stdout + stderr
  }

  /** The text of the line that a finding blames. */
  const blamed = async ({ host, file, line = 1 }: Place) => (await readFile(join(pair.host(host).root!, file), 'utf8')).split('\n')[line - 1]

  const looks = async () => {
    const reports = await verifiedHosts(pair, 'lab1', 'lab2')
    expect(reports.flatMap(complaints)).toEqual([])
    expect(reports.map(({ exit }) => exit)).toEqual([0, 0])
    for (const { serverName } of pair.hosts) expect(complaints(await verifiedName(pair, serverName))).toEqual([])
  }

  test('raises no alarm while nothing is broken', looks)

  test.each(faults)('names what is broken: $broken', async ({ by, shows, expect: [check, kind], cause, line, also = [] }) => {
    if (shows) expect(await shown(shows)).not.toMatch(shows.shows)
    await injected(pair, by, async () => {
      if (shows) expect(await shown(shows)).toMatch(shows.shows)
      const report = by.dns ? await verifiedName(pair, 'lab1.test', by.dns) : (await verifiedHosts(pair, 'lab1'))[0]!
      const result = report.checks.find(({ id }) => id === check)
      const finding = result?.findings.find(found => found.kind === kind)
      expect(finding, `${check} ${kind}, and not ${complaints(report).join(', ')}`).toBeDefined()
      if (line) expect(finding?.where && (await blamed(finding.where))).toMatch(line)
      if (cause) expect(`${finding?.message} ${finding?.cause}`).toContain(cause)
      expect(complaints(report)).toEqual(complaints(report).filter(id => id === check || also.includes(id)))
      if (report.exit !== null) expect(report.exit).toBe(report.verdict === 'broken' ? 2 : 0)
      if (finding?.severity === 'error') expect(report.verdict).toBe('broken')
    })
  })

  test.each(healthySetups)('raises no alarm: $unusual', async ({ by, shows, serverName }) => {
    if (shows) expect(await shown(shows)).not.toMatch(shows.shows)
    await injected(pair, by, async () => {
      if (shows) expect(await shown(shows)).toMatch(shows.shows)
      const report = by.dns || serverName ? await verifiedName(pair, serverName ?? 'lab1.test', by.dns) : (await verifiedHosts(pair, 'lab1'))[0]!
      const alarms = report.checks.filter(({ id }) => complaints(report).includes(id))
      expect(alarms.flatMap(({ id, findings }) => findings.map(({ message }) => `${id} ${message}`))).toEqual([])
    })
  })

  test('raises no alarm when all is as it was', looks)
})
