import { Unknown } from '../core/unknown.ts'
import { httpKey, type HttpAnswer, type HttpResponse } from '../host/fact.ts'
import { attributeParameters, unsafeWrites } from './file-attributes.ts'
import { fileReturns } from './file-result.ts'
import { hostPath } from './host-path.ts'
import { changed, failure, type Module, type ModuleResult, type Plan, type PlanContext, unchanged } from './module.ts'
import { orRefusal, refuse } from './refusal.ts'
import { type BodyParameters, bodyOf } from './uri-body.ts'
import { download, type DownloadParameters } from './uri-download.ts'
import { addressed, passwordsIn, requestOf, type RequestParameters } from './uri-request.ts'
import { decompressed, type Expectation, uriResult } from './uri-result.ts'

interface Parameters extends RequestParameters, BodyParameters, DownloadParameters {
  readonly method: string
  readonly status_code: readonly number[]
  readonly return_content: boolean
  readonly decompress: boolean
  readonly force_basic_auth: boolean
  readonly use_proxy?: false
  readonly use_netrc?: false
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
    'As in Ansible the task is never changed by a request; say when it is with `changed_when`. With `dest` it is changed where the file is: what the server has is fetched on each run, at most 16 MiB of it, and compared.',
    'The .netrc of the host is not read.',
  ],
  parameters: {
    url: { type: 'str', required: true, secretsIn: passwordsIn, description: 'Where to, as `http://…` or `https://…`. User and password for HTTP Basic authentication may stand in it.' },
    method: { type: 'str', default: 'GET', description: "The request's method." },
    headers: { type: 'dict', default: {}, description: 'Headers to send.' },
    unredirected_headers: { type: 'list', elements: 'str', default: [], description: 'Names of headers that are not sent on when a redirect is followed.' },
    body: { type: 'raw', description: 'What to send: a text, or data that `body_format` turns into one.' },
    body_format: {
      type: 'str',
      choices: ['raw', 'json', 'form-urlencoded', 'form-multipart'],
      default: 'raw',
      description:
        'How data becomes text. It sets the content type too, unless `headers` does. `form-multipart`: `body` is a dictionary of fields, each a text, or a dictionary with `content` or `filename`, and `mime_type`; files are sent as they are.',
    },
    src: { type: 'path', description: 'A file to send, looked for on the controller as `copy` does.' },
    remote_src: { type: 'bool', default: false, description: 'Whether `src`, and the files of a form, are on the host.' },
    dest: { type: 'path', description: 'Where the body of the answer is put on the host: a file, or a directory in which it gets the name that the server gives it. For requests that only look.' },
    ...attributeParameters,
    ...unsafeWrites,
    status_code: { type: 'list', elements: 'int', default: [200], description: 'The statuses that are no failure.' },
    return_content: { type: 'bool', default: false, description: "Whether the answer's body is in the result." },
    follow_redirects: {
      type: 'str',
      choices: ['all', 'no', 'none', 'safe', 'urllib2', 'yes'],
      default: 'safe',
      description: '`safe` and `urllib2` follow GET and HEAD; `all` and `yes` follow everything; `none` and `no` nothing.',
    },
    validate_certs: { type: 'bool', default: true, description: "Whether the server's certificate must be valid." },
    ca_path: { type: 'path', description: 'Certificates on the host, PEM, by which to judge the server instead of those that the host trusts.' },
    client_cert: { type: 'path', description: 'A certificate on the host, PEM, with which to answer a server that asks for one. It may hold the key too.' },
    client_key: { type: 'path', description: 'Its key.' },
    decompress: { type: 'bool', default: true, description: 'Whether a body that the server has compressed is unpacked.' },
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
    use_netrc: { type: 'bool', choices: [false], description: 'The .netrc is never read, so only `false` can be said.' },
    address: {
      type: 'str',
      description:
        'Ours: the address to connect to, whatever the name in `url` resolves to; the name still counts for the Host header and the certificate.',
    },
    creates: { type: 'path', description: 'Where this path exists, nothing is asked.' },
    removes: { type: 'path', description: 'Where this path does not exist, nothing is asked.' },
  },
  rules: { mutuallyExclusive: [['body', 'src']] },
  readOnly: ({ method, body, src, dest }) => isRead(method.toUpperCase()) && body === undefined && src === undefined && dest === undefined,
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
    path: 'With `dest`: the file.',
    ...fileReturns,
  },
  examples: `
- name: The delegation document is served
  ansible.builtin.uri:
    url: https://example.org/.well-known/matrix/server
    return_content: true
  register: delegation
  failed_when: delegation.json['m.server'] is not defined

- name: A file from elsewhere
  ansible.builtin.uri:
    url: https://example.org/banner.txt
    dest: /etc/motd
    mode: "0644"
`,
  plan: (parameters, context) => orRefusal(planRequest(parameters, context)),
}

async function planRequest(parameters: Parameters, context: PlanContext): Promise<Plan> {
  const { dest, creates, removes } = parameters
  const { url } = addressed(parameters)
  const { facts } = context
  const method = parameters.method.toUpperCase()
  if (!/^[A-Z]+$/.test(method)) return failure(`Parameter 'method' needs to be a single word in uppercase, like GET or POST.`)
  const found = URL.canParse(url) ? new URL(url) : undefined
  if (!found || (found.protocol !== 'http:' && found.protocol !== 'https:')) {
    const msg = `Status code was -1 and not [${parameters.status_code.join(', ')}]: Request failed: ${url} is not an http or https URL`
    return failure(msg, { status: -1, url, elapsed: 0, redirected: false })
  }

  const exists = async (path: string) => (await facts.followed(await hostPath(path, facts))).type !== 'absent'
  const [created, removable] = await Promise.all([creates === undefined ? false : exists(creates), removes === undefined ? true : exists(removes)])
  if (created) return unchanged({ stdout: `skipped, since '${creates}' exists` })
  if (!removable) return unchanged({ stdout: `skipped, since '${removes}' does not exist` })

  const { body, ...header } = await bodyOf(parameters, context)
  const request = await requestOf(parameters, header, context)
  const expectation: Expectation = { url, statusCodes: parameters.status_code, returnContent: parameters.return_content }
  const told = (answer: HttpAnswer) => uriResult(parameters.decompress ? decompressed(answer) : answer, expectation)
  if (isRead(method) && body === undefined) {
    const answer = await facts.http(httpKey({ method, ...request }))
    return dest === undefined ? { changes: [], result: () => told(answer) } : planDownload(dest, answer, told(answer), parameters, context)
  }
  if (dest !== undefined) refuse(`dest goes with GET and HEAD without a body: what ${method} gives is not known before it is asked`)
  return {
    changes: [
      {
        subject: { kind: 'request', name: `${method} ${url}` },
        kind: 'run',
        observed: {},
        desired: {},
        steps: [{ step: 'http', request: { ...request, method, ...(body !== undefined && { body }) } }],
        undo: null,
        touches: [{ kind: 'http', key: '' }],
        predicts: [],
      },
    ],
    result: outcomes => {
      const answer = outcomes?.[0]?.answers.find(answer => answer.step === 'http')
      return answer ? told(answer.answer) : unknownResult(`${method} ${url}`)
    },
  }
}

async function planDownload(dest: string, answer: HttpAnswer, told: ModuleResult, parameters: Parameters, context: PlanContext): Promise<Plan> {
  if (told.failed === true || answer.status === -1) return { changes: [], result: () => told }
  const response = (parameters.decompress ? decompressed(answer) : answer) as HttpResponse
  const { changes, result } = await download(dest, response, parameters, context)
  const { dest: path, changed: _, ...attributes } = result
  return changed(changes, { ...told, ...attributes, path, changed: changes.length > 0 })
}

function unknownResult(request: string): ModuleResult {
  const unknown = new Unknown(`${request} is not asked yet`)
  const members = ['status', 'msg', 'url', 'redirected', 'content', 'json', 'cookies', 'cookies_string', 'elapsed']
  return { changed: false, ...Object.fromEntries(members.map(member => [member, unknown])) }
}

export default module
