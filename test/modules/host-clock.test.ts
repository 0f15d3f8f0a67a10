import { describe, expect, test } from 'vitest'
import { clockTime, secondsAt, timeZone } from '../../src/modules/host-clock.ts'
import { strptime } from '../../src/modules/strptime.ts'
import { FakeHost } from '../host/fake-host.ts'
import { HostFacts, Reading } from '../../src/host/store.ts'

const utc = (...parts: [number, number, number, number?, number?, number?]) => Date.UTC(...parts) / 1000

describe('the host\'s time zone', () => {
  test.each([
    ['/usr/share/zoneinfo/Europe/Berlin', 'Europe/Berlin'], ['../usr/share/zoneinfo/America/New_York', 'America/New_York'], ['/usr/share/zoneinfo/Nowhere/At_all', 'UTC'],
  ])('is what /etc/localtime leads to: %s', async (target, zone) => {
    const host = new FakeHost().link('/etc/localtime', target)
    expect(await timeZone(new Reading(new HostFacts(host), undefined).facts)).toBe(zone)
  })
  test('is UTC where there is none', async () => {
    expect(await timeZone(new Reading(new HostFacts(new FakeHost()), undefined).facts)).toBe('UTC')
  })
})

describe('clocks', () => {
  test.each([
    ['UTC', '2026-07-01@12:00:00'], ['Europe/Berlin', '2026-07-01@14:00:00'], ['Asia/Kolkata', '2026-07-01@17:30:00'],
  ])('in %s it is %s', (zone, shown) => expect(clockTime(utc(2026, 6, 1, 12), zone)).toBe(shown))

  test.each([
    ['Europe/Berlin', utc(2026, 6, 1, 14), utc(2026, 6, 1, 12)], ['Europe/Berlin', utc(2026, 0, 1, 13), utc(2026, 0, 1, 12)], ['America/New_York', utc(2026, 2, 8, 12), utc(2026, 2, 8, 16)],
  ])('in %s a local time is a moment', (zone, local, seconds) => expect(secondsAt(local, zone)).toBe(seconds))
})

describe('a time is read as Python\'s strptime reads it', () => {
  test.each<[string, string, number | undefined]>([
    ['202202081414.00', '%Y%m%d%H%M.%S', utc(2022, 1, 8, 14, 14)],
    ['8 Feb 2022', '%d %b %Y', utc(2022, 1, 8)],
    ['February  8, 2022 02:05:09 PM', '%B %d, %Y %I:%M:%S %p', utc(2022, 1, 8, 14, 5, 9)],
    ['22-039', '%y-%j', utc(2022, 1, 8)],
    ['100% 2022', '100%% %Y', utc(2022, 0, 1)],
    ['2022-02-30', '%Y-%m-%d', undefined],
    ['2022-13-01', '%Y-%m-%d', undefined],
    ['2022', '%Y%m', undefined],
    ['2022', '%T', undefined],
    ['2022.01', '%Yx%m', undefined],
  ])('%s by %s', (text, format, seconds) => expect(strptime(text, format)).toBe(seconds))
})
