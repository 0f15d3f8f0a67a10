import { Unknown } from '../core/unknown.ts'
import type { Json } from '../core/value.ts'
import { httpKey, type HttpRequest } from '../host/fact.ts'
import { hostPath } from './host-path.ts'
import { failure, type Module, type ModuleResult, unchanged } from './module.ts'
import { encodeBody, type BodyFormat } from './uri-body.ts'
import { uriResult, type Expectation } from './uri-result.ts'

interface Parameters {
  readonly url: string
  readonly method: string
  readonly headers: { readonly [name: string]: Json }
  readonly body?: Json
  readonly body_format: BodyFormat
  readonly status_code: readonly number[]
  readonly return_content: boolean
  readonly follow_redirects: 'all' | 'yes' | 'safe' | 'urllib2' | 'no' | 'none'
  readonly validate_certs: boolean
  readonly timeout: number
  readonly url_username?: string
  readonly url_password?: string
  readonly force_basic_auth: boolean
  readonly force: boolean
  readonly http_agent: string
  readonly use_proxy?: false
  readonly address?: string
  readonly creates?: string
  readonly removes?: string
}

const isRead = (method: string): method is 'GET' | 'HEAD' => method === 'GET' || method === 'HEAD'

const module: Module<Parameters> = {
  name: 'uri',
  collection: 'ansible.builtin',
  summary: 'Ask a web server',
  description: [
    'Makes a request from the host, through the connection to it: names are resolved there, and its trust store judges certificates. No proxy is used.',
    'GET and HEAD without a body only look, so a dry run makes them too. Every other request is made on each apply, and a dry run lists it.',
    'As in Ansible the task is never changed by a request; say when it is with `changed_when`.',
  ],
  parameters: {
    url: { type: 'str', required: true, description: 'Where to, as `http://…` or `https://…`.' },
    method: { type: 'str', default: 'GET', description: "The request's method." },
    headers: { type: 'dict', default: {}, description: 'Headers to send.' },
    body: { type: 'raw', description: 'What to send: a text, or data that `body_format` turns into one.' },
    body_format: {
      type: 'str',
      choices: ['raw', 'json', 'form-urlencoded'],
      default: 'raw',
      description: 'How data becomes text. It sets the content type too, unless `headers` does.',
    },
    status_code: { type: 'list', elements: 'int', default: [200], description: 'The statuses that are no failure.' },
    return_content: { type: 'bool', default: false, description: "Whether the answer's body is in the result." },
    follow_redirects: {
      type: 'str',
      choices: ['all', 'no', 'none', 'safe', 'urllib2', 'yes'],
      default: 'safe',
      description: '`safe` and `urllib2` follow GET and HEAD; `all` and `yes` follow everything; `none` and `no` nothing.',
    },
    validate_certs: { type: 'bool', default: true, description: "Whether the server's certificate must be valid." },
    timeout: { type: 'int', default: 30, description: 'Seconds for the whole request.' },
    url_username: { type: 'str', aliases: ['user'], description: 'User for HTTP Basic authentication.' },
    url_password: { type: 'str', aliases: ['password'], noLog: true, description: 'Password for it.' },
    force_basic_auth: {
      type: 'bool',
      default: false,
      description: 'User and password are always sent with the first request; this changes nothing.',
    },
    force: { type: 'bool', default: false, description: 'Ask caches on the way not to answer.' },
    http_agent: { type: 'str', default: 'matrix-provision', description: 'What the program calls itself.' },
    use_proxy: { type: 'bool', choices: [false], description: 'No proxy is ever used, so only `false` can be said.' },
    address: {
      type: 'str',
      description:
        'Ours: the address to connect to, whatever the name in `url` resolves to; the name still counts for the Host header and the certificate.',
    },
    creates: { type: 'path', description: 'Where this path exists, nothing is asked.' },
    removes: { type: 'path', description: 'Where this path does not exist, nothing is asked.' },
  },
  readOnly: ({ method, body }) => isRead(method.toUpperCase()) && body === undefined,
  returns: {
    status: 'The status; -1 where no answer came.',
    msg: 'What the server said of it, or what went wrong.',
    url: 'Where the answer came from.',
    redirected: 'Whether that is another address than was asked.',
    content: 'The body, with `return_content`.',
    json: 'The body as data, where its content type says that it is JSON.',
    cookies: 'Cookies that were set.',
    cookies_string: 'The same as a header would send them back.',
    elapsed: 'Whole seconds that it took.',
  },
  examples: `
- name: The delegation document is served
  ansible.builtin.uri:
    url: https://example.org/.well-known/matrix/server
    return_content: true
  register: delegation
  failed_when: delegation.json['m.server'] is not defined
`,
  async plan(parameters, { facts }) {
    const { url, headers, follow_redirects: follow } = parameters
    const method = parameters.method.toUpperCase()
    if (!/^[A-Z]+$/.test(method)) return failure(`Parameter 'method' needs to be a single word in uppercase, like GET or POST.`)
    const found = URL.canParse(url) ? new URL(url) : undefined
    if (!found || (found.protocol !== 'http:' && found.protocol !== 'https:'))
      return failure(
        `Status code was -1 and not [${parameters.status_code.join(', ')}]: Request failed: ${url} is not an http or https URL`,
        { status: -1, url, elapsed: 0, redirected: false },
      )

    const exists = async (path: string) => (await facts.followed(await hostPath(path, facts))).type !== 'absent'
    const [created, removable] = await Promise.all([
      parameters.creates === undefined ? false : exists(parameters.creates),
      parameters.removes === undefined ? true : exists(parameters.removes),
    ])
    if (created) return unchanged({ stdout: `skipped, since '${parameters.creates}' exists` })
    if (!removable) return unchanged({ stdout: `skipped, since '${parameters.removes}' does not exist` })

    const { text, contentType } = encodeBody(parameters.body, parameters.body_format)
    const given = new Set(Object.keys(headers).map(name => name.toLowerCase()))
    const request: Omit<HttpRequest, 'method'> = {
      url,
      headers: {
        ...(!given.has('user-agent') && { 'User-Agent': parameters.http_agent }),
        ...(parameters.force && { 'Cache-Control': 'no-cache' }),
        ...(contentType !== undefined && !given.has('content-type') && { 'Content-Type': contentType }),
        ...Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
        ),
      },
      followRedirects: follow === 'all' || follow === 'yes' ? 'all' : follow === 'none' || follow === 'no' ? 'none' : 'safe',
      validateCertificates: parameters.validate_certs,
      timeout: parameters.timeout,
      ...(parameters.address !== undefined && { address: parameters.address }),
      ...(parameters.url_username !== undefined && {
        credentials: { user: parameters.url_username, password: parameters.url_password ?? '' },
      }),
    }
    const expectation: Expectation = { url, statusCodes: parameters.status_code, returnContent: parameters.return_content }
    if (isRead(method) && text === undefined) {
      const answer = await facts.http(httpKey({ method, ...request }))
      return { changes: [], result: () => uriResult(answer, expectation) }
    }
    return {
      changes: [
        {
          subject: { kind: 'request', name: `${method} ${url}` },
          kind: 'run',
          observed: {},
          desired: {},
          steps: [{ step: 'http', request: { ...request, method, ...(text !== undefined && { body: text }) } }],
          undo: null,
          touches: [{ kind: 'http', key: '' }],
          predicts: [],
        },
      ],
      result: outcomes => {
        const answer = outcomes?.[0]?.answers.find(answer => answer.step === 'http')
        return answer ? uriResult(answer.answer, expectation) : unknownResult(`${method} ${url}`)
      },
    }
  },
}

function unknownResult(request: string): ModuleResult {
  const unknown = new Unknown(`${request} is not asked yet`)
  const members = ['status', 'msg', 'url', 'redirected', 'content', 'json', 'cookies', 'cookies_string', 'elapsed']
  return { changed: false, ...Object.fromEntries(members.map(member => [member, unknown])) }
}

export default module
