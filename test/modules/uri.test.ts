import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { isUnknown, Unknown, UnknownReached } from '../../src/core/unknown.ts'
import { Float } from '../../src/core/value.ts'
import { httpKey, type HttpAnswer, type HttpRequest } from '../../src/host/fact.ts'
import uri from '../../src/modules/uri.ts'
import type { Module } from '../../src/modules/module.ts'
import { convertParameters } from '../../src/modules/parameters.ts'
import { encodeBody } from '../../src/modules/uri-body.ts'
import { FakeHost, type FakeHostOptions } from '../host/fake-host.ts'
import { controllerWith, expectLaws } from './fake-run.ts'
import { aFile, bytes, given, planOn, resultOn, type ObservedHost } from './observed-host.ts'

const url = 'https://example.org/.well-known/matrix/server'
const asked = (more: Partial<HttpRequest> = {}): string =>
  httpKey({ method: 'GET', url, headers: { 'User-Agent': 'matrix-provision' }, followRedirects: 'safe', validateCertificates: true, timeout: 30, ...more })
const response = (status: number, body = '', headers: Record<string, string> = {}, reason = 'OK'): HttpAnswer => ({ status, reason, url, headers, body: bytes(body), elapsed: 1.9 })
const serving = (answer: HttpAnswer | Unknown, more: Partial<HttpRequest> = {}): ObservedHost => ({ http: { [asked(more)]: answer } })

describe('a question is a fact', () => {
  test('and its answer what Ansible returns', async () => {
    const answer = response(200, '{"m.server": "matrix.example.org:443"}', {
      'content-type': 'application/json; charset=utf-8', 'content-length': '38', 'x-served-by': 'a', 'set-cookie': 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/, b="2"',
    })
    const plan = await planOn(uri, { url, return_content: true }, serving(answer))
    expect(plan.changes).toEqual([])
    expect(plan.result([])).toEqual({
      changed: false, status: 200, url, redirected: false, elapsed: 1, msg: 'OK (38 bytes)', json: { 'm.server': 'matrix.example.org:443' }, content: '{"m.server": "matrix.example.org:443"}',
      content_type: 'application/json; charset=utf-8', content_length: '38', x_served_by: 'a', set_cookie: 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/, b="2"',
      cookies: { a: '1', b: '2' }, cookies_string: 'a=1; b=2',
    })
    expect(plan.result(undefined)).toEqual(plan.result([]))
  })
  test.each([
    ['application/json', true], ['application/problem+json', true], ['text/javascript', true], ['APPLICATION/JSON', true], ['text/html', false], ['application/jsonp', false], ['', false],
  ])('with the content type %j it is data: %j', async (type, data) => {
    const result = await resultOn(uri, { url }, serving(response(200, '{"a": 1}', { 'content-type': type })))
    expect('json' in result).toBe(data)
    expect(result).not.toHaveProperty('content')
  })
  test('numbers are told as they are written', async () => {
    const result = await resultOn(uri, { url }, serving(response(200, '{"a": 1.0, "b": [2, 2.5, 1e2], "c": 12345678901234567890, "d": {"1.0": "1.0"}}', { 'content-type': 'application/json' })))
    expect(result.json).toEqual({ a: new Float(1), b: [2, 2.5, new Float(100)], c: 12345678901234567890n, d: { '1.0': '1.0' } })
  })
  test('a body that is no JSON after all is no failure', async () => {
    expect(await resultOn(uri, { url }, serving(response(200, '<html>', { 'content-type': 'application/json' })))).not.toHaveProperty('json')
  })
  test('text is read in the server\'s character set', async () => {
    const answer = { ...response(200, '', { 'content-type': 'text/plain; charset=ISO-8859-1' }), body: Uint8Array.of(0xe9) } as HttpAnswer
    expect((await resultOn(uri, { url, return_content: true }, serving(answer))).content).toBe('é')
  })
  test.each([
    ['an unexpected status', response(503, 'no', {}, 'Service Unavailable'), {}, { failed: true, status: 503, msg: 'Status code was 503 and not [200]: HTTP Error 503: Service Unavailable' }],
    ['a good status that was not wanted', response(200, 'x', { 'content-length': '1' }), { status_code: [201, 202] }, { failed: true, msg: 'Status code was 200 and not [201, 202]: OK (1 bytes)' }],
    ['no answer', { status: -1, url, error: 'Connection refused', elapsed: 0.1 } as HttpAnswer, {}, { failed: true, status: -1, msg: 'Status code was -1 and not [200]: Request failed: Connection refused' }],
    ['a bad status that was wanted', response(404, '', {}, 'Not Found'), { status_code: [404] }, { status: 404, msg: 'HTTP Error 404: Not Found', changed: false }],
    ['no answer that was wanted', { status: -1, url, error: 'Connection refused' } as HttpAnswer, { status_code: [-1] }, { failed: false, status: -1 }],
  ])('%s', async (_, answer, parameters, wanted) => expect(await resultOn(uri, { url, ...parameters }, serving(answer))).toMatchObject(wanted))
  test('a redirect that was followed is told', async () => {
    const answer = { ...response(200), url: 'https://other.org/x' } as HttpAnswer
    expect(await resultOn(uri, { url }, serving(answer))).toMatchObject({ redirected: true, url: 'https://other.org/x' })
  })
  test('a redirect that was not has its place in full', async () => {
    expect(await resultOn(uri, { url, follow_redirects: 'none', status_code: [301] }, serving(response(301, '', { location: '/x' }, 'Moved'), { followRedirects: 'none' }))).toMatchObject({ location: 'https://example.org/x' })
  })
  test('what a dry run would change first makes it unknown', async () => {
    await expect(planOn(uri, { url }, serving(new Unknown('not yet')))).rejects.toThrow(UnknownReached)
  })
  test('options go along', async () => {
    const key = httpKey({
      method: 'HEAD', url, headers: { 'Cache-Control': 'no-cache', 'user-agent': 'me', 'X-N': '1' }, followRedirects: 'all', validateCertificates: false, timeout: 5, credentials: { user: 'u', password: 'p' },
    })
    const parameters = { url, method: 'head', headers: { 'user-agent': 'me', 'X-N': 1 }, force: true, follow_redirects: 'yes', validate_certs: false, timeout: 5, url_username: 'u', url_password: 'p' }
    expect(await resultOn(uri, parameters, { http: { [key]: response(200) } })).toMatchObject({ status: 200 })
  })
})

describe('everything else is a change', () => {
  test('that is made on each apply', async () => {
    const plan = await planOn(uri, { url, method: 'POST', body: { a: [1, 'é'], b: null }, body_format: 'json', status_code: [201] })
    expect(plan.changes).toMatchObject([{ kind: 'run', undo: null, subject: { kind: 'request', name: `POST ${url}` } }])
    expect(plan.changes[0]!.steps).toMatchObject([{ step: 'http', request: { method: 'POST', url, body: '{"a": [1, "\\u00e9"], "b": null}', headers: { 'Content-Type': 'application/json' } } }])
    expect(plan.result([{ answers: [{ step: 'http', answer: response(201) }] }])).toMatchObject({ changed: false, status: 201 })
    expect(isUnknown(plan.result(undefined).status)).toBe(true)
  })
  test('as is a GET with a body', async () => expect((await planOn(uri, { url, body: 'x' })).changes).toHaveLength(1))
  test.each([['GET', undefined, true], ['head', undefined, true], ['GET', 'x', false], ['POST', undefined, false]])('%s with body %j only looks: %j', (method, body, looks) => {
    expect((uri.readOnly as (parameters: object) => boolean)(given(uri, { url, method, body }))).toBe(looks)
  })
})

describe('user and password in the address', () => {
  const asking = async (parameters: object, more: Partial<HttpRequest>) => resultOn(uri, parameters, serving({ ...response(200), url: 'https://example.org/x' }, { url: 'https://example.org/x', ...more }))
  test.each<[string, object, HttpRequest['credentials']]>([
    ['ann:pass', {}, { user: 'ann', password: 'pass' }], ['a%40b:p%3Aq%C3%A4%zz:r', {}, { user: 'a@b', password: 'p:qä%zz:r' }], ['ann', {}, { user: 'ann', password: '' }], [':pass', {}, undefined],
    ['ann:pass', { url_username: 'bob' }, { user: 'bob', password: '' }], ['ann:p@ss', {}, { user: 'ann', password: 'p@ss' }],
  ])('%s with %j', async (who, more, credentials) =>
    expect(await asking({ url: `https://${who}@example.org/x`, ...more }, credentials ? { credentials } : {})).toMatchObject({ status: 200, redirected: false }))
  test('are neither told nor shown', async () => {
    const address = 'https://ann:p%40ssword@example.org/x?a=b@c'
    const plan = await planOn(uri, { url: address, method: 'POST' })
    expect(plan.changes[0]!.subject.name).toBe('POST https://example.org/x?a=b@c')
    expect(convertParameters(uri as Module<never>, new Map([['url', address]]))).toMatchObject({ secrets: ['p%40ssword', 'p@ssword'] })
    expect(await resultOn(uri, { url: address }, {})).not.toMatchObject({ msg: expect.stringContaining('ssword') })
  })
})

describe('how data is sent', () => {
  test.each([
    ['json', { a: 1, b: [true, null] }, '{"a": 1, "b": [true, null]}'],
    ['json', '{"a":1}', '{"a":1}'],
    ['json', undefined, 'null'],
    ['form-urlencoded', { name: 'a b', list: [1, 2], none: null, truth: true, odd: 'ä&=~*' }, 'name=a+b&list=1&list=2&truth=True&odd=%C3%A4%26%3D~%2A'],
    ['form-urlencoded', [['a', '1'], ['a', 2]], 'a=1&a=2'],
    ['form-urlencoded', 'a=b', 'a=b'],
    ['json', { whole: new Float(1), part: [1.5, 1e-7] }, '{"whole": 1.0, "part": [1.5, 1e-07]}'],
    ['form-urlencoded', { a: new Float(1), b: [1.5, new Float(2)] }, 'a=1.0&b=1.5&b=2.0'],
    ['raw', 'text', 'text'],
    ['raw', undefined, undefined],
    ['raw', { a: 1 }, '{"a": 1}'],
  ] as const)('%s: %j', (format, body, text) => expect(encodeBody(body as never, format).body).toBe(text))
})

test.each<[object, string | undefined]>([
  [{ body: 'a=1' }, 'application/x-www-form-urlencoded'], [{ body: '' }, 'application/x-www-form-urlencoded'], [{ src: 'body.bin' }, 'application/x-www-form-urlencoded'],
  [{ src: 'body.bin', body_format: 'json' }, 'application/json'], [{}, undefined], [{ body: 'x', headers: { 'content-type': 'text/plain' } }, undefined],
])('what is sent by %j goes as %s', async (parameters, type) => {
  const [change] = (await planOn(uri, { url, method: 'POST', ...parameters }, {}, { controller: controllerWith({ 'body.bin': 'x' }) })).changes
  expect(change!.steps[0]).toMatchObject({ step: 'http', request: { headers: expect.not.objectContaining(type === undefined ? { 'Content-Type': expect.anything() } : { 'content-type': expect.anything() }) } })
  if (type !== undefined) expect(change!.steps[0]).toMatchObject({ request: { headers: { 'Content-Type': type } } })
})

describe('nothing is asked', () => {
  const host: ObservedHost = { followed: { '/there': { ...aFile, path: '/there' } } }
  test.each([
    [{ creates: '/there' }, `skipped, since '/there' exists`], [{ removes: '/gone' }, `skipped, since '/gone' does not exist`],
  ])('with %j', async (parameters, stdout) => expect(await resultOn(uri, { url, method: 'POST', ...parameters }, host)).toEqual({ changed: false, stdout }))
  test.each([
    [{ url: 'ftp://x/y' }, 'Status code was -1 and not [200]: Request failed: ftp://x/y is not an http or https URL'],
    [{ url: 'nonsense' }, 'Status code was -1 and not [200]: Request failed: nonsense is not an http or https URL'],
    [{ url, method: 'GET IT' }, `Parameter 'method' needs to be a single word in uppercase, like GET or POST.`],
  ])('with %j', async (parameters, msg) => expect(await resultOn(uri, parameters)).toMatchObject({ failed: true, msg }))
})

describe('with dest the answer is put into a file', () => {
  const served = (body: string | Uint8Array, headers: Record<string, string> = {}, status = 200) => ({
    http: (request: { url: string }): HttpAnswer => ({ status, reason: 'OK', url: request.url, headers, body: typeof body === 'string' ? bytes(body) : body, elapsed: 0 }),
  })
  const address = 'http://files.test/a/banner%20one.txt'

  test('that is foreseen, written once, and changed where the server has another', async () => {
    const host = new FakeHost(served('one\n'))
    const { result, changes } = await expectLaws(uri, { url: address, dest: '/srv/banner', mode: '0640', owner: 'daemon' }, host)
    expect(result).toMatchObject({ changed: true, status: 200, path: '/srv/banner', mode: '0640', owner: 'daemon', size: 4, state: 'file' })
    expect(changes).toMatchObject([{ kind: 'create', subject: { kind: 'file', name: '/srv/banner' } }])
    expect(host.text('/srv/banner')).toBe('one\n')
    expect((await expectLaws(uri, { url: address, dest: '/srv/banner' }, host)).result).toMatchObject({ changed: false, mode: '0640' })
    const other = new FakeHost(served('two\n')).file('/srv/banner', 'one\n')
    expect((await expectLaws(uri, { url: address, dest: '/srv/banner' }, other)).changes).toMatchObject([{ kind: 'update' }])
    expect(other.text('/srv/banner')).toBe('two\n')
  })

  test.each([
    ['its address', {}, 'banner one.txt'], ['the server', { 'content-disposition': 'attachment; filename="named.txt"' }, 'named.txt'],
    ['the server, without any directory', { 'content-disposition': 'attachment; filename=../../etc/passwd' }, 'passwd'],
  ])('in a directory under the name of %s', async (_, headers, name) => {
    const host = new FakeHost(served('x', headers))
    expect((await expectLaws(uri, { url: address, dest: '/srv' }, host)).result).toMatchObject({ changed: true, path: `/srv/${name}` })
  })

  test('under a name of its own where the address has none', async () => {
    expect((await expectLaws(uri, { url: 'http://files.test', dest: '/srv/' }, new FakeHost(served('x')))).result).toMatchObject({ path: '/srv/index.html' })
  })

  test('unpacked where the server has packed it, unless that is not wanted', async () => {
    const packed = Uint8Array.from(gzipSync('a text'))
    const host = new FakeHost(served(packed, { 'content-encoding': 'gzip' }))
    await expectLaws(uri, { url: address, dest: '/srv/text' }, host)
    await expectLaws(uri, { url: address, dest: '/srv/packed', decompress: false }, host)
    expect(host.text('/srv/text')).toBe('a text')
    expect(host.files.content('/srv/packed')).toEqual(packed)
    const broken = new FakeHost(served('no gzip', { 'content-encoding': 'gzip' }))
    expect((await expectLaws(uri, { url: address }, broken)).result).toMatchObject({ failed: true, msg: expect.stringContaining('not compressed') })
  })

  test.each<[string, object, FakeHostOptions, string]>([
    ['that has another status', {}, served('no', {}, 404), 'Status code was 404'],
    ['where its directory is missing', { dest: '/none/x' }, served('x'), 'Destination directory /none does not exist'],
    ['of what is no mere look', { method: 'POST', body: 'x' }, served('x'), 'dest goes with GET and HEAD'],
  ])('not one %s', async (_, parameters, options, msg) => {
    const { result, changes } = await expectLaws(uri, { url: address, dest: '/srv/x', ...parameters }, new FakeHost(options))
    expect(result).toMatchObject({ failed: true, msg: expect.stringContaining(msg) })
    expect(changes).toEqual([])
  })
})

describe('files are sent', () => {
  const host: ObservedHost = { content: { '/srv/body': Uint8Array.of(0, 255), '/srv/x.pem': bytes('PEM') } }
  const controller = controllerWith({ 'body.bin': 'of the controller' })
  const sent = async (parameters: object) => {
    const [change] = (await planOn(uri, { url, method: 'POST', ...parameters }, host, { controller })).changes
    const [step] = change!.steps
    return step!.step === 'http' ? step!.request : undefined
  }

  test('of the controller and of the host, as they are', async () => {
    expect(Buffer.from((await sent({ src: 'body.bin' }))!.body as Uint8Array).toString()).toBe('of the controller')
    expect([...((await sent({ src: '/srv/body', remote_src: true }))!.body as Uint8Array)]).toEqual([0, 255])
  })

  test('in forms, with a boundary that follows from what is sent', async () => {
    const body = { text: 'a "text"', number: 3, file: { filename: 'body.bin' }, own: { filename: 'odd "name".json', content: { a: 1 }, mime_type: 'application/json' } }
    const { headers, body: form } = (await sent({ body_format: 'form-multipart', body, headers: { 'content-type': 'x/y' } }))!
    const boundary = /^multipart\/form-data; boundary=(matrix-provision-[0-9a-f]{32})$/.exec(headers!['Content-Type']!)![1]
    expect(Object.keys(headers!)).not.toContain('content-type')
    const part = (disposition: string, type: string, content: string) => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\nContent-Type: ${type}\r\n\r\n${content}\r\n`
    expect(Buffer.from(form as Uint8Array).toString()).toBe(
      part('name="text"', 'text/plain', 'a "text"') + part('name="number"', 'text/plain', '3') +
        part('name="file"; filename="body.bin"', 'application/octet-stream', 'of the controller') +
        part('name="own"; filename="odd %22name%22.json"', 'application/json', '{"a": 1}') + `--${boundary}--\r\n`,
    )
    expect((await sent({ body_format: 'form-multipart', body }))!.headers).toEqual((await sent({ body_format: 'form-multipart', body }))!.headers)
  })

  test('with certificates of the host, and headers for the first server only', async () => {
    expect(await sent({ ca_path: '/srv/x.pem', client_cert: '/srv/x.pem', client_key: '/srv/x.pem', headers: { 'X-Token': 't' }, unredirected_headers: ['X-Token'] })).toMatchObject({
      authorities: 'PEM', certificate: 'PEM', certificateKey: 'PEM', unredirected: ['x-token'],
    })
  })

  test.each([
    [{ src: 'none' }, 'could not find src=none'], [{ src: '/none', remote_src: true }, 'Unable to open source file /none'], [{ ca_path: '/none' }, 'there is no file /none on the host'],
    [{ body_format: 'form-multipart', body: 'x' }, 'it must be a dictionary of fields'], [{ body_format: 'form-multipart', body: { a: {} } }, 'a needs a filename or content'],
  ])('not with %j', async (parameters, msg) => {
    expect(await resultOn(uri, { url, method: 'POST', ...parameters }, host, undefined, { controller })).toMatchObject({ failed: true, msg: expect.stringContaining(msg) })
  })
})
