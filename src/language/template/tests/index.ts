import { shortName } from '../filters/index.ts'
import { fileTests } from './files.ts'
import { regexTests } from './regex.ts'
import { resultTests } from './results.ts'
import { setTests } from './sets.ts'
import { test, type Test, type Tests } from './test.ts'
import { urlTests } from './urls.ts'
import { valueTests } from './values.ts'
import { versionTests } from './version.ts'

const selfTest: Tests = { test: test('', value => typeof value === 'string' && isTest(value)) }

/** Operators are tests too, for `select('>', 3)`. */
const operatorTests: Tests = { '==': valueTests.eq!, '!=': valueTests.ne!, '<': valueTests.lt!, '<=': valueTests.le!, '>': valueTests.gt!, '>=': valueTests.ge! }

const families: readonly Tests[] = [valueTests, setTests, resultTests, regexTests, fileTests, urlTests, versionTests, operatorTests, selfTest]

const all = new Map<string, Test>(families.flatMap(family => Object.entries(family)))

export const tests = (name: string): Test | undefined => all.get(shortName(name))
export const isTest = (name: string): boolean => all.has(shortName(name))
export const testNames = (): readonly string[] => [...all.keys()].filter(name => /^\w/.test(name))
