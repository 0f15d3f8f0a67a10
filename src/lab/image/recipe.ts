import { createHash } from 'node:crypto'
import { rootCertificate } from '../authority.ts'
import type { Release } from '../host.ts'
import { clientKey, hostKey } from '../keys.ts'
import { fileCommands, type HostFile } from './host-file.ts'
import { stubFiles } from './homeserver-stub.ts'

/** How an image is made: one sh program a layer, the same for every backend. */
export interface Recipe {
  readonly release: Release
  /** The packages of the base layer. */
  readonly packages: readonly string[]
  /** Makes a bare host of a minimal Debian that can reach its mirror; run by root inside it. */
  readonly base: string
  /** Makes a host with Apache of a bare one; needs no network. */
  readonly apache: string
  /** Changes when anything of the above does. */
  readonly hash: string
}

/** What the recipe is given: the public halves of the lab's keys, and the key by which hosts are known. */
export interface Ingredients {
  readonly rootCertificate: string
  readonly clientKey: { readonly public: string }
  readonly hostKey: { readonly public: string; readonly private: string }
}

const packages = [
  'acl', 'attr', 'ca-certificates', 'curl', 'dbus', 'iproute2', 'iputils-ping', 'netbase', 'opendoas', 'openssh-server', 'openssl',
  'procps', 'python3', 'python3-apt', 'sudo', 'systemd', 'systemd-sysv',
] // prettier-ignore

/** What can be installed on a host, with what each of them needs. */
const offered = [
  'apache2', 'cron', 'dnsmasq', 'hello', 'libapache2-mod-evasive', 'libapache2-mod-security2', 'modsecurity-crs', 'redis-server',
  'ssl-cert', 'strace', 'unzip', 'xz-utils',
] // prettier-ignore

/** The recipe of a release with the keys of this machine's cache. */
export const currentRecipe = async (release: Release): Promise<Recipe> =>
  makeRecipe(release, { rootCertificate: await rootCertificate(), clientKey: await clientKey(), hostKey: await hostKey() })

export function makeRecipe(release: Release, ingredients: Ingredients): Recipe {
  const base = [preamble, localPackages, files(release, ingredients), accounts, services, epilogue].join('\n')
  const apache = [preamble, 'apt-get install -qq apache2 </dev/null', epilogue].join('\n')
  const hash = createHash('sha256').update(JSON.stringify([release, packages, base, apache])).digest('hex').slice(0, 12)
  return { release, packages, base, apache, hash }
}

/** While an image is made no service may start: policy-rc.d forbids it. */
const preamble = `set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
umask 022
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 0755 /usr/sbin/policy-rc.d
rm -f /etc/apt/apt.conf.d/docker-*
`

const epilogue = `apt-get clean
rm -f /usr/sbin/policy-rc.d /etc/machine-id /var/lib/dbus/machine-id /var/log/*.log /var/log/apt/*
: > /etc/machine-id
`

/** Hosts have no way out: what they may install lies in /srv/packages, indexed, and is their only source. */
const localPackages = `apt-get update -qq
apt-get install -qq --no-install-recommends ${packages.join(' ')} </dev/null
apt-get clean
apt-get install -qq --no-install-recommends --download-only ${offered.join(' ')} </dev/null
mkdir -p /srv/packages
cd /srv/packages
for package in /var/cache/apt/archives/*.deb; do
  name=\${package##*/}
  case $name in *%3a*) name=$(echo "$name" | sed 's/%3a/-/') ;; esac
  mv "$package" "$name"
done
for version in 1.0 2.0; do
  tree=$(mktemp -d)
  mkdir -p "$tree/DEBIAN" "$tree/usr/bin" "$tree/etc"
  printf 'Package: lab-greeting\\nVersion: %s\\nArchitecture: all\\nMaintainer: Lab <root@localhost>\\nDescription: A package in two versions\\n' \\
    "$version" > "$tree/DEBIAN/control"
  echo /etc/lab-greeting.conf > "$tree/DEBIAN/conffiles"
  echo "greeting = $version" > "$tree/etc/lab-greeting.conf"
  printf '#!/bin/sh\\necho Hello from %s\\n' "$version" > "$tree/usr/bin/lab-greeting"
  chmod 0755 "$tree" "$tree/usr/bin/lab-greeting"
  dpkg-deb --root-owner-group --build "$tree" "lab-greeting_\${version}_all.deb" >/dev/null
  rm -r "$tree"
done
for package in *.deb; do
  dpkg-deb --field "$package"
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$package" "$(stat -c %s "$package")" "$(sha256sum "$package" | cut -d ' ' -f 1)"
done > Packages
cd /
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*
echo 'deb [trusted=yes] file:/srv/packages ./' > /etc/apt/sources.list.d/lab.list
apt-get update -qq
`

/** Passwords are those of ../host.ts: `users`. */
const accounts = `echo root:root | chpasswd
for user in deploy plain; do useradd --create-home --shell /bin/bash "$user"; done
useradd --create-home --shell /bin/bash --gid operator operator # Debian has the group already
printf 'operator:operator\\nplain:plain\\n' | chpasswd
usermod --append --groups sudo operator
for user in root deploy operator plain; do
  home=$(getent passwd "$user" | cut -d : -f 6)
  install -d -o "$user" -g "$user" -m 0700 "$home/.ssh"
  install -o "$user" -g "$user" -m 0600 /etc/ssh/lab_authorized_keys "$home/.ssh/authorized_keys"
done
rm /etc/ssh/lab_authorized_keys
`

/** What a real server has and a lab host only pays memory for is masked. sshd comes last: when it answers, the host is up. */
const services = `update-ca-certificates >/dev/null
systemctl mask -q console-getty.service getty.target systemd-firstboot.service systemd-logind.service systemd-networkd.service \\
  systemd-networkd.socket systemd-resolved.service systemd-timesyncd.service systemd-udevd.service
systemctl disable -q apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer 2>/dev/null || true
systemctl enable -q ssh.service matrix-homeserver-stub.socket
`

function files(release: Release, { rootCertificate, clientKey, hostKey }: Ingredients): string {
  // Since 9.8 sshd shuts out an address after failed logins; tests fail logins on purpose, all from one address.
  const penalties = release === 'bookworm' ? '' : 'PerSourcePenalties no\n'
  const own: HostFile[] = [
    { path: '/etc/ssh/ssh_host_ed25519_key', mode: 0o600, content: hostKey.private },
    { path: '/etc/ssh/ssh_host_ed25519_key.pub', mode: 0o644, content: hostKey.public },
    { path: '/etc/ssh/lab_authorized_keys', mode: 0o600, content: clientKey.public },
    { path: '/etc/ssh/sshd_config.d/lab.conf', mode: 0o644, content: `MaxStartups 500\nMaxSessions 100\n${penalties}` },
    { path: '/etc/systemd/system/ssh.service.d/lab.conf', mode: 0o644, content: sshComesLast },
    { path: '/etc/sudoers.d/deploy', mode: 0o440, content: 'deploy ALL=(ALL:ALL) NOPASSWD: ALL' },
    { path: '/etc/doas.conf', mode: 0o600, content: 'permit nopass root\npermit nopass deploy\npermit operator' },
    { path: '/usr/local/share/ca-certificates/matrix-provision-lab.crt', mode: 0o644, content: rootCertificate },
  ]
  return ['rm -f /etc/ssh/ssh_host_*', ...[...own, ...stubFiles].map(fileCommands)].join('\n')
}

const sshComesLast = '[Unit]\nAfter=systemd-user-sessions.service apache2.service sockets.target\n'
