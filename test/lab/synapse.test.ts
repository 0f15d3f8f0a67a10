import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { place } from '../../src/lab/host.ts'
import { pipArguments, synapseIdentity, synapseProgram } from '../../src/lab/image/synapse.ts'

test.each([
  ['bookworm', '3.11', 'cp311'],
  ['trixie', '3.13', 'cp313'],
] as const)('on %s Synapse comes as packages made for its Python %s', (release, version, abi) => {
  const words = pipArguments(release, '/target')
  expect(words).toEqual(expect.arrayContaining([`--python-version=${version}`, `--abi=${abi}`, '--only-binary=:all:', '--target=/target']))
})

test('Synapse takes the place of the stub', () => {
  expect(synapseProgram).toContain('systemctl enable -q matrix-synapse.service')
  expect(synapseProgram).toContain('systemctl disable -q matrix-homeserver-stub.socket')
})

test('each Synapse has its own name and key, and trusts the authority of the lab', () => {
  const [homeserver, , key] = synapseIdentity(place(2), 'SEED')
  expect(parse(homeserver?.content ?? '')).toMatchObject({ server_name: 'lab2.test', public_baseurl: 'https://matrix.lab2.test/', federation_custom_ca_list: ['/usr/local/share/ca-certificates/matrix-provision-lab.crt'] })
  expect(key?.content).toBe('ed25519 lab SEED\n')
})
