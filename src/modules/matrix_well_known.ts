import { posix } from 'node:path'
import { askAttributes, attributeParameters, type AttributeParameters } from './file-attributes.ts'
import { fileReturns } from './file-result.ts'
import { changed, type Module, type Plan, type PlanContext } from './module.ts'
import { lookEarly, placeFile } from './place-file.ts'
import { orRefusal, refuse } from './refusal.ts'
import { clientDocument, serverDocument, supportDocument, type Contact, type Document } from './well-known-document.ts'

interface Parameters extends AttributeParameters {
  readonly document: 'server' | 'client' | 'support'
  readonly document_root: string
  readonly path?: string
  readonly server?: string
  readonly homeserver_url?: string
  readonly identity_server_url?: string
  readonly client_extra?: { readonly [key: string]: unknown }
  readonly support_contacts?: readonly Contact[]
  readonly support_page?: string
  readonly format: 'pretty' | 'compact'
}

const module: Module<Parameters> = {
  name: 'matrix_well_known',
  collection: 'matrix.provision',
  summary: 'Writes one of the documents by which others find a Matrix server',
  description: [
    'The documents under `/.well-known/matrix/`: `server` for other servers, `client` for clients, `support` for people. What the specification does not allow is refused before anything is written.',
    'They must be served on the host of the server name (what stands behind the colon in `@user:example.org`), over HTTPS.',
  ],
  parameters: {
    document: { type: 'str', required: true, choices: ['server', 'client', 'support'], description: 'Which of the documents.' },
    document_root: { type: 'path', required: true, description: 'Directory on the host that the file is written to, as `server.json`, `client.json` or `support.json`.' },
    path: { type: 'path', description: 'The file itself, where it is to have another name.' },
    server: { type: 'str', description: '`m.server` as host:port. Without a port others use 8448, never 443.' },
    homeserver_url: { type: 'str', description: '`m.homeserver`: where clients reach the homeserver, with https://.' },
    identity_server_url: { type: 'str', description: '`m.identity_server`. Give it only where an identity server answers.' },
    client_extra: { type: 'dict', description: 'Further members of the client document.' },
    support_contacts: {
      type: 'list', elements: 'dict', description: 'Whom to ask.',
      options: {
        role: { type: 'str', required: true, description: '`m.role.admin`, `m.role.security`, or a namespaced name.' },
        matrix_id: { type: 'str', description: 'As `@user:example.org`.' },
        email_address: { type: 'str', description: 'A mail address.' },
      },
    },
    support_page: { type: 'str', description: 'A page with help.' },
    format: { type: 'str', choices: ['pretty', 'compact'], default: 'pretty', description: 'JSON over several lines, or on one. Members always stand in the same order, those of `client_extra` by name.' },
    ...attributeParameters,
  },
  returns: { path: 'The file.', content: 'What it holds.', ...fileReturns },
  examples: `
- name: Other servers find the homeserver
  matrix_well_known:
    document: server
    document_root: /var/www/matrix
    server: matrix.example.org:443
    mode: "0644"
`,
  plan: (parameters, context) => orRefusal(planDocument(parameters, context)),
}

export default module

async function planDocument(parameters: Parameters, context: PlanContext): Promise<Plan> {
  const { problems, warnings, content } = documentOf(parameters)
  if (problems.length > 0) refuse(problems.join('; '))
  const path = parameters.path ?? posix.join(parameters.document_root, `${parameters.document}.json`)
  lookEarly({ dest: path }, context)
  const asked = await askAttributes(parameters, context)
  const bytes = Buffer.from(`${JSON.stringify(content, null, parameters.format === 'pretty' ? 2 : 0)}\n`)
  const { changes, result } = await placeFile(
    { source: { content: bytes }, dest: path, asked, askedDirectory: { warnings: [] }, force: true, follow: false, backup: false, unsafe: false },
    context,
  )
  const all = [...warnings, ...((result.warnings as readonly string[] | undefined) ?? [])]
  return changed(changes, { ...result, path, content, ...(all.length > 0 && { warnings: all }) })
}

function documentOf(parameters: Parameters): Document {
  switch (parameters.document) {
    case 'server':
      return serverDocument(parameters.server)
    case 'client':
      return clientDocument({ homeserverUrl: parameters.homeserver_url, identityServerUrl: parameters.identity_server_url, extra: parameters.client_extra })
    case 'support':
      return supportDocument(parameters.support_contacts, parameters.support_page)
  }
}
