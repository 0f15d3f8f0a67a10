import { describe, expect, test } from 'vitest'
import { failure, shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ["'abc'.encode()", "b'abc'"],
  ["'é'.encode('utf-8').decode()", "'é'"],
  ["'é'.encode('latin-1')", "b'\\xe9'"],
  ["'abc'.encode('utf-8')[0]", '97'],
  ["'a b' | urlencode", "'a%20b'"],
  ["'a/b?c=d&e=ü' | urlencode", "'a/b%3Fc%3Dd%26e%3D%C3%BC'"],
  ["{'a': 1, 'b c': 'x/y z'} | urlencode", "'a=1&b+c=x%2Fy+z'"],
  ["[['a', 1], ['b', 2]] | urlencode", "'a=1&b=2'"],
  ["'a%20b+c%C3%BC' | urldecode", "'a b cü'"],
  ['url | urlsplit', "{'fragment': 'frag', 'hostname': 'example.com', 'netloc': 'user:pw@Example.com:8080', 'password': 'pw', 'path': '/a/b', 'port': 8080, 'query': 'x=1&y=2', 'scheme': 'http', 'username': 'user'}"],
  ["url | urlsplit('hostname')", "'example.com'"],
  ["url | urlsplit('port')", '8080'],
  ["'foo' | urlsplit", "{'fragment': '', 'hostname': None, 'netloc': '', 'password': None, 'path': 'foo', 'port': None, 'query': '', 'scheme': '', 'username': None}"],
  ["'//host/p' | urlsplit('netloc')", "'host'"],
  ['s | b64encode', "'SGVsbG8sIFdvcmxk'"],
  ['s | b64encode | b64decode', "'Hello, World'"],
  ["'é' | b64encode", "'w6k='"],
  ["'w6k=' | b64decode", "'é'"],
  ["'!!' | b64decode", "''"],
  ["'a' | b64encode(encoding='utf-16-le')", "'YQA='"],
  ["'test' | hash('md5')", "'098f6bcd4621d373cade4e832627b4f6'"],
  ["'test' | hash", "'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'"],
  ["'test' | hash('sha256')", "'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'"],
  ["'test' | hash('sha512')", "'ee26b0dd4af7e749aa1a8ee3c10ae9923f618980772e473f8819a5d4940e0db27ac185f8a0e1d5f84f88bc887fd67b143732c304cc5fa9ad8e6f57f50028a8ff'"],
  ["'test' | hash('blake2b')", "'a71079d42853dea26e453004338670a53814b78137ffbed07603a41d76a483aa9bc33b582f77d30a65e6f29a896c0411f38312e1d66e0bf16386c86a89bea572'"],
  ["'test' | hash('sha3_256')", "'36f028580bb02cc8272a9a020f4200e346e276ae664e45ee80745574e2f5ab80'"],
  ["'test' | md5", "'098f6bcd4621d373cade4e832627b4f6'"],
  ["'test' | sha1", "'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'"],
  ["'test' | checksum", "'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3'"],
  ["'example.com' | to_uuid", "'ae780c3a-a3ab-53c2-bfb4-098da300b3fe'"],
  ["'example.com' | to_uuid(namespace='6ba7b810-9dad-11d1-80b4-00c04fd430c8')", "'cfbff0d1-9375-5685-968c-48ce8b15ae17'"],
  ["'pw' | password_hash('sha512', 'saltsalt', rounds=5000)", "'$6$saltsalt$pauPrmdmG4BTE9h2HPmywiw152IFch6BJCEsaY6D.PLTfpV8sqvXwWdyfsgVgozkYH9B80bAip/08R2BPH2xk/'"],
  ["'pw' | password_hash('sha256', 'saltsalt', rounds=5000)", "'$5$saltsalt$0rl.MZtoLLPP3X0Rdl8riRnphIcAXJY27/aOAyK2hB5'"],
  ["'pw' | password_hash('sha512', 'saltsalt', rounds=1001)", "'$6$rounds=1001$saltsalt$nDsxmMPx2TE.DbeVnq90WAnbIRUUnj/INNsLA6/W1kPpok1y410gJH9tPjuylXfdKr9ncx0NrhAX/iaVOb2WF/'"],
  ["'pw' | password_hash('md5', 'saltsalt')", "'$1$saltsalt$6SNdNaZLKst2LlSm7oPPL1'"],
] as const

const mistakes = [
  ["'test' | hash('nope')", 'template-error'],
] as const

describe('encodings and digests', () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
  test.each(mistakes)('%s is the mistake %s', (expression, code) => expect(failure(`{{ ${expression} }}`).code).toBe(code))
})
