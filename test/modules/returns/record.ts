/**
 * Records what Ansible's modules return, on a lab host that is up and fresh (`lab up 1`):
 *
 *     python3 -m venv /tmp/ansible && /tmp/ansible/bin/pip install ansible==7.7.0 ansible-core==2.14.18
 *     PATH=/tmp/ansible/bin:$PATH node test/modules/returns/record.ts .lab/inventory.yml
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { files, playbookFor, resultsIn } from './results.ts'

const directory = mkdtempSync(join(tmpdir(), 'returns-'))
for (const [name, text] of Object.entries({ ...files, 'site.yml': playbookFor('lab1') })) {
  mkdirSync(dirname(join(directory, name)), { recursive: true })
  writeFileSync(join(directory, name), text)
}
const { status } = spawnSync('ansible-playbook', ['-i', resolve(process.argv[2]!), join(directory, 'site.yml')], {
  env: { ...process.env, ANSIBLE_HOST_KEY_CHECKING: 'false', LC_ALL: 'C.UTF-8' }, stdio: ['ignore', 2, 2],
})
const results = resultsIn(directory, 'lab1')
rmSync(directory, { recursive: true })
writeFileSync(join(import.meta.dirname, 'results.json'), `{\n${Object.entries(results).map(([task, result]) => `${JSON.stringify(task)}: ${JSON.stringify(result)}`).join(',\n')}\n}\n`)
process.exitCode = status ?? 1
