import type { Place, Release } from '../host.ts'
import { fileCommands, type HostFile } from './host-file.ts'

/** The Synapse that lab hosts run, from PyPI. */
export const synapseVersion = '1.163.2'

/** Where its Python packages are on a host. */
export const synapseDirectory = '/opt/synapse'

/** Which Python the release has: packages are made for one. */
const python: { readonly [release in Release]: string } = { bookworm: '3.11', trixie: '3.13' }

/**
 * What pip is to be told so that it puts Synapse for a release into a directory. Ready-made packages only: nothing is compiled,
 * so this machine's own Python may be another one.
 */
export function pipArguments(release: Release, directory: string): string[] {
  const version = python[release]
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const platforms = ['manylinux_2_28', 'manylinux_2_17', 'manylinux2014'].map(one => `--platform=${one}_${machine}`)
  const abis = [`cp${version.replace('.', '')}`, 'abi3', 'none'].map(abi => `--abi=${abi}`)
  return [
    'install', '--quiet', '--disable-pip-version-check', '--root-user-action=ignore', '--no-compile', '--only-binary=:all:', '--implementation=cp', `--python-version=${version}`, ...abis,
    ...platforms, '--platform=any', `--target=${directory}`, `matrix-synapse==${synapseVersion}`,
  ] // prettier-ignore
}

const files: readonly HostFile[] = [
  {
    path: '/etc/systemd/system/matrix-synapse.service',
    mode: 0o644,
    content: `[Unit]
Description=Synapse, a Matrix homeserver

[Service]
Type=notify
User=nobody
StateDirectory=matrix-synapse
WorkingDirectory=/var/lib/matrix-synapse
Environment=PYTHONPATH=${synapseDirectory}
ExecStart=/usr/bin/python3 -m synapse.app.homeserver -c /etc/matrix-synapse/homeserver.yaml
ExecReload=/bin/kill -HUP $MAINPID

[Install]
WantedBy=multi-user.target
`,
  },
  // When a host takes logins, it is up: its homeserver, too.
  { path: '/etc/systemd/system/ssh.service.d/synapse.conf', mode: 0o644, content: '[Unit]\nAfter=matrix-synapse.service\n' },
]

/** What is done on a host that has Synapse's packages: Synapse stands where otherwise the stub would, on 127.0.0.1:8008. */
export const synapseProgram = `set -eu
${files.map(fileCommands).join('')}systemctl enable -q matrix-synapse.service
systemctl disable -q matrix-homeserver-stub.socket
# Compiled here, by the Python that will run it: Synapse then starts in a third of the time.
python3 -m compileall -q ${synapseDirectory}
`

/** A setting as the tests need it: nobody is slowed down. */
const unlimited = '{per_second: 1000, burst_count: 1000}'

/**
 * The files that tell one Synapse from another.
 *
 * @param seed the Ed25519 seed of its signing key, as unpadded base64
 */
export function synapseIdentity({ serverName, fqdn }: Place, seed: string): HostFile[] {
  const homeserver = `server_name: ${serverName}
public_baseurl: https://${fqdn}/
pid_file: /var/lib/matrix-synapse/homeserver.pid
report_stats: false
listeners:
  - port: 8008
    type: http
    tls: false
    x_forwarded: true
    bind_addresses: ['127.0.0.1']
    resources:
      - names: [client, federation]
        compress: false
database:
  name: sqlite3
  args:
    database: /var/lib/matrix-synapse/homeserver.db
media_store_path: /var/lib/matrix-synapse/media
max_upload_size: 50M
signing_key_path: /etc/matrix-synapse/signing.key
log_config: /etc/matrix-synapse/log.yaml
macaroon_secret_key: lab
form_secret: lab
registration_shared_secret: lab
enable_authenticated_media: true
# Names and certificates are the lab's own, and its addresses are private. A file may hold one certificate only.
federation_custom_ca_list: [/usr/local/share/ca-certificates/matrix-provision-lab.crt]
ip_range_blacklist: []
trusted_key_servers: []
# Tests meet the same server again and again.
federation:
  destination_min_retry_interval: 100
  destination_retry_multiplier: 1
  destination_max_retry_interval: 100
rc_login: {address: ${unlimited}, account: ${unlimited}, failed_attempts: ${unlimited}}
rc_message: ${unlimited}
rc_joins: {local: ${unlimited}, remote: ${unlimited}}
rc_invites: {per_room: ${unlimited}, per_user: ${unlimited}, per_issuer: ${unlimited}}
`
  return [
    { path: '/etc/matrix-synapse/homeserver.yaml', mode: 0o644, content: homeserver },
    { path: '/etc/matrix-synapse/log.yaml', mode: 0o644, content: log },
    { path: '/etc/matrix-synapse/signing.key', mode: 0o644, content: `ed25519 lab ${seed}\n` },
  ]
}

/** To the journal. */
const log = `version: 1
formatters:
  plain: {format: '%(name)s - %(levelname)s - %(request)s - %(message)s'}
handlers:
  console: {class: logging.StreamHandler, formatter: plain}
root: {level: INFO, handlers: [console]}
loggers:
  synapse.storage.SQL: {level: WARNING}
disable_existing_loggers: false
`
