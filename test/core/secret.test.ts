import { expect, test } from 'vitest'
import { Secrets } from '../../src/core/secret.ts'
import { quote } from '../../src/shell/quote.ts'

const secrets = (...values: string[]) => {
  const all = new Secrets()
  values.forEach(value => all.add(value))
  return all
}

test.each<[what: string, values: string[], text: string, shown: string]>([
  ['a secret wherever it stands', ['hunter22'], 'user:hunter22@host hunter22', 'user:********@host ********'],
  ['the whole of one that holds another', ['pass', 'password-of-deploy'], 'pass password-of-deploy', '******** ********'],
  ['one with an apostrophe in a program', ["it's mine"], `printf %s ${quote("it's mine")}`, "printf %s '********'"],
  ['nothing so short that it would blank out text', ['abc'], 'abc', 'abc'],
])('%s is not shown', (_, values, text, shown) => expect(secrets(...values).redact(text)).toBe(shown))

test('data is searched through, names included', () =>
  expect(secrets('hunter22').redactData({ msg: ['is hunter22', { hunter22: new Map([['key', 'hunter22']]) }], count: 1 })).toEqual({ msg: ['is ********', { '********': new Map([['key', '********']]) }], count: 1 }))
