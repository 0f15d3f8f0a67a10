import { users, type LabHost } from './host.ts'
import { certificatePaths } from './image/personal.ts'

/** Files of the user's .lab directory that the inventory names; absolute paths. */
export interface InventoryPaths {
  readonly key: string
  readonly knownHosts: string
  readonly ca: string
}

/** The lab as an Ansible inventory in YAML. */
export const inventoryText = (hosts: readonly LabHost[], { key, knownHosts, ca }: InventoryPaths): string =>
  `# Written by matrix-provision lab up, removed by lab down. Changes made here are lost.
# Users: ${users.map(userText).join('; ')}.
lab:
  hosts:
${hosts.map(hostText).join('')}  vars:
    ansible_user: deploy
    ansible_ssh_private_key_file: ${quoted(key)}
    ansible_known_hosts_file: ${quoted(knownHosts)}
    matrix_tls: files
    matrix_tls_certificate_file: ${certificatePaths.chain}
    matrix_tls_certificate_key_file: ${certificatePaths.key}
    matrix_verify_ca: ${quoted(ca)}
matrix_delegation:
  children:
    lab:
matrix_homeserver:
  children:
    lab:
`

const userText = ({ name, rights, ...rest }: (typeof users)[number]): string =>
  `${name} (${rights}${'password' in rest ? `; password ${rest.password}` : ''})`

function hostText({ name, serverName, fqdn, ssh }: LabHost): string {
  // Behind a forwarded port only SSH is reached from here.
  const port = ssh.port === 22 ? '' : `      ansible_port: ${ssh.port}\n      matrix_verify: false\n`
  return `    ${name}:
      ansible_host: ${ssh.address}
${port}      matrix_server_name: ${serverName}
      matrix_fqdn: ${fqdn}
`
}

/** JSON strings are YAML strings. */
const quoted = (text: string): string => (/^[\w./-]+$/.test(text) ? text : JSON.stringify(text))

/** Every name and address by which a host is met, with the key that all of them have. */
export const knownHostsText = (hosts: readonly LabHost[], publicKey: string): string =>
  hosts.map(host => `${knownNames(host).join(',')} ${publicKey.split(' ').slice(0, 2).join(' ')}\n`).join('')

function knownNames({ name, address, address6, serverName, fqdn, ssh }: LabHost): string[] {
  const own = [name, address, address6, serverName, fqdn]
  return ssh.port === 22 ? own : [...own, `[${ssh.address}]:${ssh.port}`]
}
