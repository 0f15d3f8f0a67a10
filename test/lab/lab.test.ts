import { execa } from 'execa'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { issueCertificate, labDown, labList, labPause, labReset, labRun, labUp } from '../../src/lab/lab.ts'
import { controlGroups } from '../../src/lab/nspawn/cgroup.ts'
import { mounts } from '../../src/lab/nspawn/mounts.ts'
import { labDirectory } from './guard.ts'
import { labHosts, noLab, onLab } from './hosts.ts'

describe.skipIf(noLab)(onLab('the lab'), () => {
  const fixture = labHosts(2, { bare: ['lab2'] })

  const ssh = (user: string, address: string, command: string, input = '') =>
    execa(
      'ssh',
      ['-F', 'none', '-i', fixture.lab.key, '-o', 'IdentitiesOnly=yes', '-o', `UserKnownHostsFile=${fixture.lab.knownHosts}`, '-o', 'BatchMode=yes',
        `${user}@${address}`, command], // prettier-ignore
      { reject: false, input },
    )

  test.each([
    ['root', 'id -un', '', 0, 'root'],
    ['deploy', 'sudo -n id -un', '', 0, 'root'],
    ['deploy', 'doas -n id -un', '', 0, 'root'],
    ['operator', 'sudo -n id -un', '', 1, ''],
    ['operator', 'sudo -S -p "" id -un', 'operator\n', 0, 'root'],
    ['plain', 'sudo -S -p "" id -un', 'plain\n', 1, ''],
    ['plain', 'su -c "id -un"', 'root\n', 0, 'root'],
  ])('the host key is known, %s logs in by key, and %s says what it should', async (user, command, input, status, output) => {
    const result = await ssh(user, '10.77.0.11', command, input)
    expect(result).toMatchObject({ exitCode: status, stdout: output })
  })

  test('a host is Debian with systemd, all units of which are well, and its own name', async () => {
    await expect.poll(() => fixture.sh('lab1', 'systemctl is-system-running')).toBe('running\n')
    expect(await fixture.sh('lab1', 'cat /proc/1/comm; hostname; . /etc/os-release; echo $VERSION_CODENAME')).toBe('systemd\nlab1\nbookworm\n')
  })

  test('hosts find each other by name, over IPv4 and IPv6', async () => {
    expect(await fixture.sh('lab1', 'ping -4 -q -c 1 matrix.lab2.test && ping -6 -q -c 1 lab2.test')).toMatch(/10\.77\.0\.12[^]* 0% [^]*fd77::12[^]* 0% /)
    expect((await ssh('deploy', 'fd77::12', 'hostname')).stdout).toBe('lab2')
  })

  test('Apache runs, is not on a bare host, and can be installed there without a network', async () => {
    expect(await fixture.sh('lab1', 'systemctl is-active apache2; dpkg-query -W -f "\\${Status}" apache2')).toBe('active\ninstall ok installed')
    expect((await labRun('lab2', ['dpkg-query', '-W', 'apache2'])).status).toBe(1)
    const install = await ssh('deploy', '10.77.0.12', 'sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -qq apache2')
    expect(install.exitCode, install.stderr).toBe(0)
    expect(await fixture.sh('lab2', 'systemctl is-active apache2')).toBe('active\n')
  })

  test('a package can be had in two versions', async () => {
    const install = (version: string) => fixture.sh('lab2', `apt-get install -qq lab-greeting${version} >/dev/null && lab-greeting`)
    expect(await install('=1.0')).toBe('Hello from 1.0\n')
    expect(await install('')).toBe('Hello from 2.0\n')
  })

  test('the certificate of a host is trusted on the hosts, and by whoever trusts ca.pem', async () => {
    await fixture.sh('lab1', `a2enmod -q ssl && cat > /etc/apache2/sites-available/tls.conf <<'X' && a2ensite -q tls && systemctl restart apache2
<VirtualHost *:443>
SSLEngine on
SSLCertificateFile /etc/ssl/matrix/fullchain.pem
SSLCertificateKeyFile /etc/ssl/matrix/privkey.pem
</VirtualHost>
X`)
    expect(await fixture.sh('lab2', 'for name in lab1.test matrix.lab1.test; do curl -sS -o /dev/null -w "%{http_code} " https://$name/; done')).toBe('200 200 ')
    const ca = await readFile(fixture.lab.ca)
    const authorized = await new Promise(done => {
      const socket = connect({ host: '10.77.0.11', port: 443, servername: 'matrix.lab1.test', ca }, () => {
        done(socket.authorized)
        socket.destroy()
      }).on('error', done)
    })
    expect(authorized).toBe(true)
  })

  test('a certificate that is over can be had for tests', async () => {
    const { fullchain } = await issueCertificate(['lab1.test'], { from: -10, until: -1 })
    await writeFile(join(fixture.host('lab1').root ?? '', 'tmp.pem'), fullchain)
    expect(await fixture.sh('lab1', 'openssl verify -untrusted /tmp.pem /tmp.pem 2>&1 || true')).toContain('certificate has expired')
  })

  test.each([
    ['GET', '/_matrix/client/versions', 200, '"versions"'],
    ['GET', '/_matrix/federation/v1/version', 200, '"server"'],
    ['GET', '/_matrix/key/v2/server', 200, '"server_name": "lab1.test"'],
    ['GET', '/_matrix/client/v3/login', 200, 'm.login.password'],
    ['POST', '/_matrix/client/v3/login', 403, 'M_FORBIDDEN'],
    ['GET', '/_matrix/client/v3/account/whoami', 401, 'M_MISSING_TOKEN'],
    ['GET', '/_matrix/federation/v1/event/%24a%2Fb', 401, 'M_UNAUTHORIZED'],
    ['PUT', '/_matrix/federation/v1/send/x', 401, 'M_UNAUTHORIZED'],
    ['GET', '/_matrix/client/nope', 404, 'M_UNRECOGNIZED'],
    ['GET', '/_synapse/admin/v1/server_version', 200, 'server_version'],
    ['GET', '/_synapse/client/x', 200, 'target'],
    ['GET', '/health', 200, 'OK'],
    ['OPTIONS', '/_matrix/client/v3/login', 204, ''],
    ['GET', '//_matrix/client', 404, 'M_UNRECOGNIZED'],
  ])('the homeserver stub answers %s %s with %i', async (method, target, status, body) => {
    const output = await fixture.sh('lab1', `curl -sS -i --path-as-is -X ${method} 'http://127.0.0.1:8008${target}'`)
    expect(output).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(output).toContain(`X-Lab-Target: ${target}\r\n`)
    expect(output).toContain(body)
    expect(output.includes('Access-Control-Allow-Origin: *')).toBe(/^\/_matrix\/client|^\/_synapse\/client/.test(target))
  })

  test('the stub tells what reached it', async () => {
    const echo = await fixture.sh('lab1', `curl -sS -H 'X-Forwarded-For: 192.0.2.66' -d 1234 'http://127.0.0.1:8008/_matrix/client/echo/%21r%2Fx?a=%23'`)
    expect(JSON.parse(echo)).toMatchObject({ method: 'POST', target: '/_matrix/client/echo/%21r%2Fx?a=%23', peer: '127.0.0.1', body_length: 4 })
    expect(JSON.parse(echo).headers).toContainEqual(['X-Forwarded-For', '192.0.2.66'])
  })

  test('up a second time leaves the hosts alone and says so', async () => {
    await fixture.sh('lab1', 'echo kept > /root/mark')
    const said: string[] = []
    const [before, start] = [await labList(), performance.now()]
    const again = await labUp(2, { directory: labDirectory, onProgress: line => said.push(line) })
    expect(performance.now() - start).toBeLessThan(2000)
    expect(again.hosts).toEqual(before)
    expect(said).toEqual(['lab1, lab2 run already'])
    await labUp(2, { bare: true, directory: labDirectory, onProgress: line => said.push(line) })
    expect(said.at(-1)).toContain('lab1 was made otherwise than is asked for now, and stays so')
    expect(await fixture.sh('lab1', 'cat /root/mark')).toBe('kept\n')
  })

  test('two programs that start a lab at once both get it', async () => {
    const both = await Promise.all([labUp(3, { directory: labDirectory }), labUp(3, { directory: labDirectory })])
    expect(both.map(lab => lab.hosts.map(({ name, state }) => `${name} ${state}`))).toEqual(Array(2).fill(['lab1 running', 'lab2 running', 'lab3 running']))
  })

  test('a host that is reset is as new, within seconds, and its neighbours reach it at once', async () => {
    await fixture.sh('lab1', 'touch /root/mark && apt-get purge -qq apache2 >/dev/null 2>&1; ip link set lo down')
    const start = performance.now()
    await fixture.reset('lab1')
    expect(performance.now() - start).toBeLessThan(5000)
    expect(await fixture.sh('lab1', 'ls /root; systemctl is-active apache2; ping -q -c 1 -W 1 lab2 >/dev/null && echo reached')).toBe('active\nreached\n')
  })

  test('a host can change its release and lose Apache when it is reset', async () => {
    const [, , host] = await labReset(['lab3'], { release: 'trixie', bare: true })
    expect(host).toMatchObject({ name: 'lab3', release: 'trixie', bare: true, state: 'running' })
    const { stdout } = await labRun('lab3', ['sh', '-c', '. /etc/os-release; echo $VERSION_CODENAME; command -v apache2ctl'])
    expect(stdout).toBe('trixie\n')
    expect((await ssh('deploy', '10.77.0.13', 'sudo -n id -un')).stdout).toBe('root')
  }, 180_000)

  test('a host that is paused answers nothing until it goes on', async () => {
    await labPause('lab2', true)
    expect((await labList())[1]?.state).toBe('paused')
    const login = await execa('ssh', ['-F', 'none', '-o', 'ConnectTimeout=1', '-o', 'BatchMode=yes', 'deploy@10.77.0.12', 'true'], { reject: false })
    expect(login.exitCode).toBe(255)
    await labPause('lab2', false)
    expect((await ssh('deploy', '10.77.0.12', 'hostname')).stdout).toBe('lab2')
  })

  test('a host that died comes back with what it had', async () => {
    await fixture.sh('lab2', 'echo kept > /root/mark')
    await killSupervisor('matrixlab-2')
    await expect.poll(async () => (await labList())[1]?.state).toBe('dead')
    const { hosts } = await labUp(2, { directory: labDirectory })
    expect(hosts[1]?.state).toBe('running')
    expect(await fixture.sh('lab2', 'cat /root/mark')).toBe('kept\n')
  })

  test.each([
    ['lab7', 'The lab has no host lab7'],
    ['nonsense', 'The lab has no host nonsense'],
  ])('%s, which is not there, is refused', async (name, message) => {
    await expect(labReset([name])).rejects.toMatchObject({ code: 'lab', message, hint: 'It has lab1, lab2, lab3.' })
  })

  test('down leaves nothing behind, also of a paused host and after a crash', async () => {
    await killSupervisor('matrixlab-1')
    await labPause('lab2', true)
    await labDown()
    expect(await leftovers()).toEqual([])
    expect(await labList()).toEqual([])
    expect(existsSync(fixture.lab.inventory)).toBe(false)
    await labDown()
  })
})

async function killSupervisor(group: string): Promise<void> {
  const directory = await (await controlGroups('matrixlab')).make(group)
  const pids = (await readFile(join(directory, 'supervisor/cgroup.procs'), 'utf8')).trim().split('\n')
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
}

/** Everything on this machine that only a lab can have made. */
async function leftovers(): Promise<string[]> {
  const found = await Promise.all([
    readdir('/sys/class/net'),
    readdir('/run/netns').catch(() => []),
    readdir('/run/systemd/nspawn/propagate').catch(() => []),
    readdir('/sys/fs/cgroup/unified').catch(() => readdir('/sys/fs/cgroup')),
    mounts().then(all => all.map(({ path }) => path).filter(path => path.includes('matrix-provision-lab'))),
  ])
  const { stdout } = await execa('ps', ['-eo', 'args'])
  const processes = stdout.split('\n').filter(line => line.startsWith('systemd-nspawn') && line.includes('matrixlab'))
  const directory = existsSync('/var/lib/matrix-provision-lab') ? ['/var/lib/matrix-provision-lab'] : []
  return [...found.flat().filter(name => name.includes('matrixlab') || name.startsWith('/')), ...processes, ...directory]
}
