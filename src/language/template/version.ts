import { fail } from './fail.ts'
import { order } from './python/compare.ts'
import type { Thing } from './thing.ts'

/** How two versions compare: negative, zero or positive. */
export type VersionOrder = (one: string, other: string) => number

/** Kinds of versions by Ansible's names. */
export const versionOrders: Readonly<Record<string, VersionOrder>> = { loose, strict, semver: semantic, semantic, pep440 }

/** Numbers and letters one after the other, as Python's LooseVersion compares them. */
function loose(one: string, other: string): number {
  const parts = (version: string): Thing[] => version.split(/(\d+|[a-z]+|\.)/).filter(part => part !== '' && part !== '.').map(part => (/^\d+$/.test(part) ? Number(part) : part))
  return order(parts(one), parts(other))
}

/** `1.2`, `1.2.3`, `1.2a1`, and nothing else. */
function strict(one: string, other: string): number {
  const parse = (version: string) => {
    const [, major, minor, , patch, , letter, number] = /^(\d+)\.(\d+)(\.(\d+))?(([ab])(\d+))?$/.exec(version) ?? fail(`'${version}' is no strict version`, 'A strict version is two or three numbers, perhaps with a or b and a number behind them.')
    return [Number(major), Number(minor), Number(patch ?? 0), letter === undefined ? 2 : letter === 'a' ? 0 : 1, Number(number ?? 0)]
  }
  return order(parse(one), parse(other))
}

const semanticForm = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/

/** https://semver.org, section 11. */
function semantic(one: string, other: string): number {
  const parse = (version: string) => {
    const found = semanticForm.exec(version) ?? fail(`'${version}' is no semantic version`, 'A semantic version is three numbers with dots, perhaps with -rc.1 or the like behind them.')
    const early = found[4]?.split('.').map(part => (/^\d+$/.test(part) ? [0, Number(part), ''] : [1, 0, part]))
    return [found.slice(1, 4).map(Number), early ? 0 : 1, early ?? []]
  }
  return order(parse(one), parse(other))
}

const pep440Form = /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/

/** https://peps.python.org/pep-0440/ */
function pep440(one: string, other: string): number {
  const parse = (version: string): Thing => {
    const [, epoch, release, early, earlyNumber, dashPost, post, postNumber, dev, devNumber, local] = pep440Form.exec(version.trim().toLowerCase()) ?? fail(`'${version}' is no version by PEP 440`)
    const numbers = release!.split('.').map(Number)
    while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop()
    const isPost = dashPost !== undefined || post !== undefined
    const stage = early === undefined ? (dev !== undefined && !isPost ? -1 : 9) : early.startsWith('a') ? 0 : early.startsWith('b') ? 1 : 2
    return [
      Number(epoch ?? 0), numbers, [stage, Number(earlyNumber || 0)],
      isPost ? Number(dashPost ?? postNumber ?? 0) : -1,
      dev === undefined ? Infinity : Number(devNumber || 0),
      local === undefined ? [] : local.split(/[-_.]/).map(part => (/^\d+$/.test(part) ? [1, Number(part), ''] : [0, 0, part])),
    ]
  }
  return order(parse(one), parse(other))
}
