import { describe, expect, test } from 'vitest'
import { checkCount, checkRelease, hostsLines, place, places } from '../../src/lab/host.ts'
import { inventoryText, knownHostsText } from '../../src/lab/inventory.ts'
import { containerState } from '../../src/lab/container.ts'
import { parse } from 'yaml'
import type { LabHost } from '../../src/lab/host.ts'

const host = (number: number, ssh = { address: place(number).address, port: 22 }): LabHost => ({
  ...place(number),
  release: 'bookworm',
  bare: false,
  synapse: false,
  state: 'running',
  ssh,
})

describe('addresses and names', () => {
  test.each([
    [1, '10.77.0.11', 'fd77::11'],
    [30, '10.77.0.40', 'fd77::40'],
    [99, '10.77.0.109', 'fd77::109'],
  ])('lab%i is %s and %s', (number, address, address6) => {
    expect(place(number)).toEqual({
      name: `lab${number}`,
      number,
      address,
      address6,
      serverName: `lab${number}.test`,
      fqdn: `matrix.lab${number}.test`,
    })
  })

  test('no two hosts share a name or an address', () => {
    const all = places.flatMap(({ name, address, address6, serverName, fqdn }) => [name, address, address6, serverName, fqdn])
    expect(new Set(all).size).toBe(places.length * 5)
  })

  test('a host has all its names in both families', () => {
    expect(hostsLines([place(2)])).toBe('10.77.0.12 lab2 lab2.test matrix.lab2.test\nfd77::12 lab2 lab2.test matrix.lab2.test\n')
  })

  test.each([0, -1, 100, 1.5, Number.NaN])('%d hosts are refused in one sentence', count => {
    expect(() => checkCount(count)).toThrow(`${count} is not a number of hosts: the lab has from 1 to 99`)
  })

  test('a release that the lab does not have is refused with those that it has', () => {
    expect(() => checkRelease('sid')).toThrow("The lab has no release 'sid': it knows bookworm and trixie")
  })
})

describe('inventory', () => {
  const paths = { key: '/home/me/a lab/.lab/id', knownHosts: '/home/me/a lab/.lab/known_hosts', ca: '/home/me/a lab/.lab/ca.pem' }

  test('it is YAML in which every host is in the three groups, with all that is needed to reach it', () => {
    expect(parse(inventoryText([host(1), host(2)], paths))).toEqual({
      lab: {
        hosts: {
          lab1: { ansible_host: '10.77.0.11', matrix_server_name: 'lab1.test', matrix_fqdn: 'matrix.lab1.test' },
          lab2: { ansible_host: '10.77.0.12', matrix_server_name: 'lab2.test', matrix_fqdn: 'matrix.lab2.test' },
        },
        vars: {
          ansible_user: 'deploy',
          ansible_ssh_private_key_file: paths.key,
          ansible_known_hosts_file: paths.knownHosts,
          matrix_tls: 'files',
          matrix_tls_certificate_file: '/etc/ssl/matrix/fullchain.pem',
          matrix_tls_certificate_key_file: '/etc/ssl/matrix/privkey.pem',
          matrix_verify_ca: paths.ca,
        },
      },
      matrix_delegation: { children: { lab: null } },
      matrix_homeserver: { children: { lab: null } },
    })
  })

  test('a container is reached by its published port', () => {
    const container = containerState('running {"number":3,"release":"trixie","bare":true}')
    expect(container).toMatchObject({ name: 'lab3', release: 'trixie', bare: true, state: 'running' })
    expect(parse(inventoryText([container], paths)).lab.hosts.lab3).toMatchObject({ ansible_host: '127.0.0.1', ansible_port: 22013, matrix_verify: false })
    expect(knownHostsText([container], 'ssh-ed25519 AAAA comment')).toBe(
      'lab3,10.77.0.13,fd77::13,lab3.test,matrix.lab3.test,[127.0.0.1]:22013 ssh-ed25519 AAAA\n',
    )
    expect(containerState('exited {"number":3,"release":"trixie","bare":true}').state).toBe('dead')
  })
})

