import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Endpoint } from '../../src/connection/connection.ts'

/**
 * Throw-away SSH servers on loopback, in mount and process namespaces of their own: their users, sudoers and home
 * directories are seen by nobody else, and all of it is gone when its first process ends.
 */
export interface Lab {
  /** Holds keys, known_hosts, and a home directory without any. */
  readonly directory: string
  readonly home: string
  readonly port: number
  /** A second server: no forwarding, no terminals, one session, one login at a time. */
  readonly strictPort: number
  /** A third: takes passwords only, and asks for them (keyboard-interactive). */
  readonly askingPort: number
  readonly key: string
  /** The file of known keys for both servers. */
  readonly knownHosts: string
  endpoint(change?: Partial<Endpoint>): Endpoint
  /** Runs sh text as root inside. */
  inside(program: string): string
  stop(): void
}

/** Why the lab cannot run here; absent when it can. */
export const labMissing = ((): string | undefined => {
  if (process.getuid?.() !== 0) return 'needs root'
  for (const file of ['/usr/sbin/sshd', '/usr/bin/unshare', '/usr/bin/ssh-keygen', '/usr/bin/sudo']) if (!existsSync(file)) return `needs ${file}`
  if (spawnSync('unshare', ['--mount', '--pid', '--fork', '--mount-proc', 'true']).status !== 0) return 'needs namespaces'
  return undefined
})()

/** `describe('…' + because(labMissing))`: says in the name of a test why it does not run. */
export const because = (missing: string | undefined): string => (missing ? ` (skipped: ${missing})` : '')

export const passwords = { deploy: 'a b"c\'d$e', svc: 'svc-secret', root: 'root-secret' } as const

const users: Record<string, { shell?: string; password?: string }> = {
  /** sudo and doas with a password. */
  deploy: { password: passwords.deploy },
  /** sudo and doas without. */
  free: {},
  /** No rights at all. */
  nobody2: { password: passwords.deploy },
  /** sudo wants a terminal. */
  tied: {},
  /** Login files that print on both streams and set a locale, and a lecture. */
  noisy: { password: passwords.deploy },
  /** Login files that take over: another shell, a program that gives back what it gets, one that takes a line. */
  strays: {},
  echoes: {},
  takes: {},
  /** Its time is over (chage -E). */
  expired: { password: passwords.deploy },
  /** An account that runs a service. */
  svc: { shell: '/usr/sbin/nologin', password: passwords.svc },
  /** Cannot log in to a shell. */
  barred: { shell: '/usr/sbin/nologin' },
}

/** Login shells, each with a user of its name (`in-fish`). Those that this machine lacks are skipped. */
export const loginShells = ['bash', 'dash', 'zsh', 'mksh', 'fish', 'tcsh'].map(name => {
  const path = ['/bin', '/usr/bin'].map(directory => join(directory, name)).find(existsSync)
  if (path) users[`in-${name}`] = { shell: path }
  return { name, user: `in-${name}`, missing: path ? undefined : `needs ${name}` }
})

export async function startLab(): Promise<Lab> {
  const directory = mkdtempSync(join(tmpdir(), 'mp-lab-'))
  const at = (name: string) => join(directory, name)
  mkdirSync(at('home/.ssh'), { recursive: true })
  for (const [name, type] of [['host', 'ed25519'], ['host_rsa', 'rsa'], ['host2', 'ed25519'], ['host3', 'ecdsa'], ['id', 'ed25519']] as const)
    spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', at(name)])
  const [port, strictPort, askingPort] = [await freePort(), await freePort(), await freePort()]
  const keyOf = (name: string) => readFileSync(at(`${name}.pub`), 'utf8').trim()
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${keyOf('host')}\n[127.0.0.1]:${strictPort} ${keyOf('host2')}\n[127.0.0.1]:${askingPort} ${keyOf('host3')}\n`)
  writeFileSync(at('authorized_keys'), keyOf('id') + '\n')
  const common = `ListenAddress 127.0.0.1\nAuthorizedKeysFile ${at('authorized_keys')}\nStrictModes no\nPermitRootLogin yes\nPidFile none\nLogLevel VERBOSE\n`
  writeFileSync(at('sshd'), `Port ${port}\nHostKey ${at('host')}\nHostKey ${at('host_rsa')}\nMaxStartups 100\nMaxSessions 50\nUsePAM no\n${common}`)
  writeFileSync(at('sshd2'), `Port ${strictPort}\nHostKey ${at('host2')}\nMaxStartups 1\nMaxSessions 1\nAllowTcpForwarding no\nPermitTTY no\nUsePAM no\n${common}`)
  writeFileSync(at('sshd3'), `Port ${askingPort}\nHostKey ${at('host3')}\nUsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes\nPubkeyAuthentication no\n${common}Match User expired\nPubkeyAuthentication yes\n`)
  chmodSync(directory, 0o755)
  writeFileSync(at('start'), startProgram(directory))

  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '/bin/sh', at('start')], { stdio: ['ignore', 'ignore', 'ignore'] })
  await Promise.all([port, strictPort, askingPort].map(open => answers(open, child)))
  const init = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim())
  return {
    directory, home: at('home'), port, strictPort, askingPort, key: at('id'), knownHosts: at('known_hosts'),
    endpoint: change => ({
      name: 'lab1', connection: 'ssh', address: '127.0.0.1', port, user: 'root', privateKeyFile: at('id'), hostKeys: 'strict',
      knownHostsFiles: [at('known_hosts')], connectTimeout: 10_000, ...change,
    }),
    inside: program => {
      const { stdout, stderr } = spawnSync('nsenter', ['-t', String(init), '-m', '-p', '/bin/sh', '-c', program], { encoding: 'utf8' })
      return stdout + stderr
    },
    stop: () => {
      child.kill('SIGKILL')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A private /etc, /home, /root and /run, users in it, and both servers. */
const startProgram = (directory: string): string => `
set -e
mount --make-rprivate /
private() { mkdir -p ${directory}/$2; mount -t tmpfs tmpfs ${directory}/$2; [ -z "$3" ] || cp -a $1/. ${directory}/$2/; mount --bind ${directory}/$2 $1; }
private /etc etc copy
private /home users
private /root root
private /run run
private /var/lib/sudo sudo 2>/dev/null || :
mkdir -p /run/sshd
id=4200
add() {
  id=$((id + 1))
  echo "$1:x:$id:$id::/home/$1:$2" >>/etc/passwd
  echo "$1:x:$id:" >>/etc/group
  echo "$1:$3:19000:0:99999:7:::" >>/etc/shadow
  mkdir -m 700 /home/$1; chown $id:$id /home/$1
}
${Object.entries(users).map(([name, { shell, password }]) =>
    `add ${name} ${shell ?? '/bin/bash'} ${password === undefined ? "'*NP*'" : `"$(printf '%s' ${quote(password)} | openssl passwd -6 -stdin)"`}`).join('\n')}
sed -i "s#^root:[^:]*:#root:$(printf '%s' ${passwords.root} | openssl passwd -6 -stdin):#" /etc/shadow
sed -i '/^expired:/s/:::$/::1:/' /etc/shadow
cat >/etc/sudoers <<'END'
Defaults env_reset, use_pty, lecture=always, passwd_timeout=1
Defaults:tied requiretty
root ALL=(ALL:ALL) ALL
deploy ALL=(ALL:ALL) ALL
noisy ALL=(ALL:ALL) ALL
free ALL=(ALL:ALL) NOPASSWD: ALL
strays ALL=(ALL:ALL) NOPASSWD: ALL
echoes ALL=(ALL:ALL) NOPASSWD: ALL
takes ALL=(ALL:ALL) NOPASSWD: ALL
tied ALL=(ALL:ALL) NOPASSWD: ALL
END
rm -rf /etc/sudoers.d/*
printf 'permit deploy\\npermit noisy\\npermit nopass free\\n' >/etc/doas.conf
chmod 600 /etc/doas.conf
echo 'echo "welcome Password: "; echo "careful: mp %s" >&2; export LC_ALL=C.UTF-8; printf "no newline"' >/home/noisy/.bashrc
echo 'exec /bin/dash' >/home/strays/.bashrc
echo 'exec timeout 2 cat' >/home/echoes/.bashrc
echo 'read -r line' >/home/takes/.bashrc
echo 'Banner /etc/issue.net' >>${directory}/sshd
/usr/sbin/sshd -D -E ${directory}/log3 -f ${directory}/sshd3 &
/usr/sbin/sshd -D -E ${directory}/log -f ${directory}/sshd &
exec /usr/sbin/sshd -D -E ${directory}/log2 -f ${directory}/sshd2
`

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`

export const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

async function answers(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error('the lab did not start')
    const open = await new Promise<boolean>(resolve => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      }).on('error', () => resolve(false))
    })
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error('the lab does not answer')
}
