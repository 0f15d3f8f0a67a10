import { expect, test } from 'vitest'
import { passwordHash } from '../../../src/language/template/password-hash.ts'
import { failure, rendered } from './given.ts'

// From `openssl passwd -6 -salt …` (-5, -1).
const shadow = [
  ['sha512', 'saltsalt', 5000, 'pw', '$6$saltsalt$pauPrmdmG4BTE9h2HPmywiw152IFch6BJCEsaY6D.PLTfpV8sqvXwWdyfsgVgozkYH9B80bAip/08R2BPH2xk/'],
  ['sha256', 'saltsalt', 5000, 'pw', '$5$saltsalt$0rl.MZtoLLPP3X0Rdl8riRnphIcAXJY27/aOAyK2hB5'],
  ['md5', 'saltsalt', undefined, 'pw', '$1$saltsalt$6SNdNaZLKst2LlSm7oPPL1'],
  ['sha512_crypt', 'a', 5000, 'x', '$6$a$AvQLBHPFSbE4d9QOBrglBdXuv.jRoEFLHgWJlsZ6XhNHrxkMbotj9kAr0GGhdZ5XM6DM29/LJ9jZin3Aj8Tph0'],
  ['sha512', 'abcdefghijklmnop', 5000, '0123456789012345678901234567890123456789012345678901234567890123456789', '$6$abcdefghijklmnop$vyhDV6/N4aWf7BcRGh6N4tBFa7VaFWipOyK.lnJ4tJsExjYssFIbJTXFi4rFCLjkJU.5LFWFOTpMdtWjqPLvp.'],
  ['sha256', 'abc', 1000, 'pässword', '$5$rounds=1000$abc$aMCmwv8n/NCMbAJTfA3J3NnmM8uNzX0wfKf7ANoC4J3'],
  ['sha512', './09AZaz', 1234, 'secret', '$6$rounds=1234$./09AZaz$n4XcH3Usc6arP9CWy49r.NueIksvlvaetHGKcVjnYAdaSX1TmVB5Zk9Of0lX4mkx8dI2YbQBrW4V6xt2LniQe1'],
  ['md5', 'ab', undefined, 'looooooooooooooooooooooooooong', '$1$ab$PiLWda48uWpoPeBEUkfxH1'],
] as const

test.each(shadow)('%s with salt %s and %s rounds is what crypt(3) makes', (type, salt, rounds, password, expected) =>
  expect(passwordHash(password, type, { salt, rounds })).toBe(expected))

test('without rounds as many are taken as Ansible takes', () => expect(rendered("{{ 'pw' | password_hash('sha512', 'saltsalt') }}")).toMatch(/^\$6\$rounds=656000\$saltsalt\$[./0-9A-Za-z]{86}$/))

test('without a salt there is a fresh one each time', () => {
  const hash = () => String(rendered("{{ 'pw' | password_hash('sha256', rounds=1000) }}"))
  expect(hash()).toMatch(/^\$5\$rounds=1000\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{43}$/)
  expect(hash()).not.toBe(hash())
})

test('bcrypt is refused by name', () => expect(failure("{{ 'pw' | password_hash('blowfish') }}")).toMatchObject({ code: 'unsupported', message: expect.stringContaining('bcrypt') }))

test('a salt that crypt cannot store is refused', () => expect(failure("{{ 'pw' | password_hash('sha512', 'sa$lt') }}").message).toContain('salt'))
