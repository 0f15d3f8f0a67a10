import type { Report } from '../federation/report.ts'
import { federationKey, type FederationRequest } from '../host/fact.ts'
import { failure, unchanged, type Module, type Plan, type PlanContext } from './module.ts'
import { hostEvidence } from './host-evidence.ts'
import { brokenRequirements, mistakeIn } from './federation-requirement.ts'

interface Parameters {
  readonly server_name: string
  readonly from: 'controller' | 'host' | 'both'
  readonly require: readonly string[]
  readonly resolve: readonly string[]
  readonly ca?: string
  readonly active: boolean
  readonly allow_private: boolean
  readonly fleet: readonly string[]
  readonly timeout: number
  readonly synapse_config: readonly string[]
  readonly probe?: { readonly name: string; readonly certificate: string; readonly key: string; readonly listen?: string }
}

const module: Module<Parameters> = {
  name: 'matrix_federation',
  collection: 'matrix.provision',
  summary: 'Looks whether federation works',
  description: [
    'Looks at a Matrix server as other servers do, from the controller, and at the host that the task runs for from inside: then a finding names the file and line that is to blame. What must hold and does not fails the task; docs/checks.md lists the checks.',
    'It only looks, so a dry run looks too, unless an earlier task would change a host: then the result is known after apply.',
  ],
  parameters: {
    server_name: { type: 'str', required: true, description: 'What stands behind the colon in `@user:example.org`.' },
    from: {
      type: 'str', choices: ['controller', 'host', 'both'], default: 'controller',
      description: 'From where it is looked at: `controller` asks nothing of the host that the task runs for, which may be localhost; `host` reads its configuration and judges that alone; `both` does both.',
    },
    require: {
      type: 'list', elements: 'str', default: ['errors'],
      description: 'What must hold: `errors` (no check finds an error), `strict` (nor a warning), `federation`, `clients` or `security` (no error that troubles them), a group of checks (`TLS`), or a check (`HTTP-06`), which must have been made too.',
    },
    resolve: { type: 'list', elements: 'str', default: [], description: 'Addresses in place of what DNS says, each as NAME:PORT:ADDRESS.' },
    ca: { type: 'path', description: 'File on the controller with certificates that are trusted too, PEM.' },
    active: { type: 'bool', default: false, description: 'Send also what could change something or looks like an attack (PUT, POST, CONNECT). For your own servers.' },
    allow_private: { type: 'bool', default: false, description: 'Look also at addresses that only a private network reaches.' },
    fleet: { type: 'list', elements: 'str', default: [], description: 'Other server names, which this one must be able to reach.' },
    timeout: { type: 'int', default: 60, description: 'Seconds for all of it.' },
    synapse_config: { type: 'list', elements: 'path', default: [], description: 'Files and directories of Synapse\'s configuration on the host; those that its unit names unless said otherwise.' },
    probe: {
      type: 'dict',
      description: 'Be a homeserver of this name for the time of the run, which the server can reach: shows what goes out, and that signed requests come in unchanged.',
      options: {
        name: { type: 'str', required: true, description: 'Its server name, with the port unless that is 8448.' },
        certificate: { type: 'path', required: true, description: 'File on the controller with its certificate and the intermediates.' },
        key: { type: 'path', required: true, description: 'File on the controller with its key.' },
        listen: { type: 'str', description: 'ADDRESS:PORT on the controller; all addresses and the port of the name unless said otherwise.' },
      },
    },
  },
  readOnly: true,
  unscouted: true,
  returns: {
    verdict: '`federates`, `warned` (with warnings), `broken`, or `unknown` (it could not be looked at).',
    summary: 'One sentence, the first broken thing first.',
    findings: 'What was found, each with `check`, `severity`, `kind`, `message`, and what is known of cause and cure.',
    report: 'All of it, as `verify --output json` prints it.',
  },
  examples: `
- name: Other servers reach it
  matrix_federation:
    server_name: example.org

- name: Before the roll-out goes on, nothing may be wrong
  matrix_federation:
    server_name: "{{ matrix_server_name }}"
    resolve:
      - "{{ matrix_fqdn }}:443:{{ ansible_host }}"
    require: strict
`,
  async plan(parameters, context) {
    const mistake = mistakeIn(parameters.require)
    if (mistake !== undefined) return failure(mistake)
    const request = requestOf(parameters, context)
    if ('missing' in request) return missing(request.missing)
    const seen = parameters.from === 'controller' ? [] : [await hostEvidence(context.inventoryName, context.facts, parameters.synapse_config)]
    const report = (await context.facts.federation(federationKey({ ...request, hosts: seen, ...(parameters.from === 'host' && { inside: true }) }))) as Report
    const broken = brokenRequirements(parameters.require, report)
    const result = {
      verdict: report.verdict, summary: report.summary, report,
      findings: report.checks.flatMap(({ id, findings }) => findings.map(finding => ({ check: id, ...finding }))),
    }
    return broken.length > 0 ? failure([report.summary, ...broken].join('\n'), result) : unchanged({ msg: report.summary, ...result })
  },
}

const missing = (file: string): Plan => failure(`Could not find or access '${file}' on the controller`)

/** Files are looked for as those of other modules: beside the role or the playbook. */
function requestOf({ server_name: serverName, ca, probe, timeout, allow_private: allowPrivate, resolve, active, fleet }: Parameters, { controller }: PlanContext): FederationRequest | { readonly missing: string } {
  const find = (file: string) => controller.readFile(file, 'files')
  const authorities = ca === undefined ? undefined : find(ca)
  if (authorities === null) return { missing: ca! }
  const files = probe && { certificate: find(probe.certificate), key: find(probe.key) }
  if (files?.certificate === null) return { missing: probe!.certificate }
  if (files?.key === null) return { missing: probe!.key }
  return {
    serverName, resolve, allowPrivate, active, fleet, deadline: timeout * 1000, hosts: [],
    ...(authorities && { authorities: Buffer.from(authorities.content).toString() }),
    ...(probe && files && { probe: { name: probe.name, certificateFile: files.certificate.path, keyFile: files.key.path, ...(probe.listen !== undefined && { listen: probe.listen }) } }),
  }
}

export default module
