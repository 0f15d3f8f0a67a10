import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gate } from '../../src/core/gate.ts'
import { networkWorld } from '../../src/federation/network/world.ts'
import type { Report } from '../../src/federation/report.ts'
import { verify } from '../../src/federation/verify.ts'
import type { World } from '../../src/federation/world.ts'
import { noLab } from '../lab/guard.ts'
import { fleetOf, type Member } from './fleet.ts'
import { startFleet, type RunningFleet } from './fleet-process.ts'
import { worldOf } from './internet.ts'

/** A fleet of real servers in a process of their own: they listen at port 443 of their addresses, which needs root. */
describe.skipIf(noLab)('a fleet on loopback', () => {
  let fleet: RunningFleet
  let members: readonly Member[]
  let world: World

  beforeAll(async () => {
    fleet = await startFleet(40)
    members = fleet.members
    world = networkWorld({ roots: [fleet.authority], pins: members.flatMap(({ name, address }) => [80, 443, 8448].map(port => ({ name, port, addresses: [address] }))) })
  })
  afterAll(() => fleet.end())

  test('is verified together: in time, with bounded memory, each as it is', async () => {
    const turn = gate(10)
    const before = process.memoryUsage().rss
    let most = before
    const reports = await Promise.all(members.map(({ name }) => turn(async () => {
      const report = await verify(name, { world })
      most = Math.max(most, process.memoryUsage().rss)
      return report
    })))
    expect(reports.map(({ serverName, verdict }) => [serverName, verdict])).toEqual(members.map(({ name, verdict }) => [name, verdict]))
    expect(Math.max(...reports.map(({ duration }) => duration))).toBeLessThan(60_000)
    expect(Math.max(...reports.map(({ requests }) => requests))).toBeLessThan(100)
    expect(most - before).toBeLessThan(400 * 1024 * 1024)
  }, 120_000)

  test('is seen over real sockets as it is in memory', async () => {
    const imagined = worldOf(fleetOf(members.length).internet)
    for (const { name } of [members[0]!, members[19]!, members[39]!]) {
      const [real, imaginary] = await Promise.all([world, imagined].map(world => verify(name, { world })))
      expect(outcomes(real!)).toEqual(outcomes(imaginary!))
    }
  }, 60_000)
})

const outcomes = ({ checks }: Report) => checks.map(({ id, outcome, findings }) => `${id} ${outcome} ${findings.map(({ kind }) => kind).join()}`)
