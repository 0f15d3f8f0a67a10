import { quote } from '../../quote.ts'

/** DMI fields by the fact that holds them. */
export const dmiFields: { readonly [fact: string]: string } = {
  bios_date: 'bios_date', bios_vendor: 'bios_vendor', bios_version: 'bios_version', board_asset_tag: 'board_asset_tag', board_name: 'board_name',
  board_serial: 'board_serial', board_vendor: 'board_vendor', board_version: 'board_version', chassis_asset_tag: 'chassis_asset_tag', chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor', chassis_version: 'chassis_version', form_factor: 'chassis_type', product_name: 'product_name', product_serial: 'product_serial',
  product_uuid: 'product_uuid', product_version: 'product_version', system_vendor: 'sys_vendor',
}

/** Everything that is read by one `grep`: it puts each file's name before each of its lines. */
const files = [
  '/etc/os-release', '/etc/debian_version', '/etc/lsb-release', '/etc/alpine-release', '/etc/redhat-release', '/etc/machine-id', '/var/lib/dbus/machine-id',
  '/etc/resolv.conf', '/etc/selinux/config', '/etc/ssh/ssh_host_*_key.pub',
  '/proc/meminfo', '/proc/cpuinfo', '/proc/mounts', '/proc/uptime', '/proc/loadavg', '/proc/cmdline', '/proc/1/comm', '/proc/1/cgroup', '/proc/sys/crypto/fips_enabled', '/proc/xen/capabilities',
  '/run/systemd/container', '/sys/fs/selinux/enforce', '/sys/fs/selinux/policyvers',
  ...['address', 'mtu', 'type', 'operstate', 'flags', 'speed', 'bridge/bridge_id', 'bridge/stp_state', 'bonding/mode', 'bonding/slaves'].map(file => `/sys/class/net/*/${file}`),
  ...Object.values(dmiFields).map(field => `/sys/class/dmi/id/${field}`),
]

const paths = [
  '/.dockerenv', '/.dockerinit', '/run/.containerenv', '/proc/vz', '/proc/lve', '/proc/bc', '/proc/xen', '/dev/kvm', '/sys/kernel/security/apparmor', '/sys/fs/selinux', '/run/systemd/system',
  '/sbin/openrc', '/sbin/runit', '/sbin/rcctl', '/etc/init.d',
]

const commands = ['apt-get', 'dnf5', 'dnf', 'yum', 'zypper', 'apk', 'pacman', 'pkg', 'emerge', 'opkg', 'xbps-install']

/** File systems whose server may be gone: asking for their size could hang for ever. */
const remote = ['nfs*', 'cifs', 'smb*', '9p', 'ceph', 'glusterfs', 'fuse.*', 'afs', 'ncpfs', 'autofs'].join('|')

/**
 * sh text that prints all that `parseGathered` needs, in parts that begin with NUL, a name and a newline. It needs
 * nothing but POSIX tools; where `ip`, `getent` or GNU's `stat` are missing, facts are missing. About 25 processes.
 *
 * @param factPath directory of the user's own facts
 */
export const gatheredProgram = (factPath = '/etc/ansible/facts.d'): string => `mp_part() { printf '\\000%s\\n' "$1"; }
mp_part uname; uname -s; uname -n; uname -r; uname -m; uname -v
mp_part id; id -u; id -g; id -un
mp_part account; mp_u=$(id -un); getent passwd "$mp_u" || grep "^$mp_u:" /etc/passwd
mp_part env; ( command -v mp_own_environment >/dev/null && mp_own_environment; env )
mp_part clock; date '+%Y|%m|%d|%H|%M|%S|%A|%w|%W|%s|%Z|%z'
mp_part files; grep -s '' /dev/null ${files.join(' ')}
mp_part paths; for mp_f in ${paths.join(' ')}; do [ -e "$mp_f" ] && printf '%s\\n' "$mp_f"; done
mp_part commands; for mp_c in ${commands.join(' ')}; do command -v "$mp_c" >/dev/null && printf '%s\\n' "$mp_c"; done
mp_part container; [ -r /proc/1/environ ] && tr '\\000' '\\n' </proc/1/environ | grep '^container='
mp_part root; ls -di / /proc/1/root/
mp_part nproc; nproc
mp_part bits; getconf LONG_BIT
mp_part name
mp_n=$(uname -n)
case $mp_n in *.*) ;; *) command -v timeout >/dev/null && timeout 2 hostname -f;; esac
if command -v ip >/dev/null; then
mp_part addresses; ip -o addr show
mp_part route4; ip -4 route get 8.8.8.8
mp_part route6; ip -6 route get 2404:6800:400a:800::1012
fi
mp_part bridged; for mp_f in /sys/class/net/*/brif/*; do [ -e "$mp_f" ] && printf '%s\\n' "$mp_f"; done
mp_part drivers; ls -ld /sys/class/net/*/device/driver/module
mp_part uuids; ls -l /dev/disk/by-uuid
mp_part space
set --
[ -r /proc/mounts ] && while read -r mp_d mp_m mp_t mp_r; do
case $mp_d in /*) case $mp_t in ${remote}|none) ;; *) case $mp_m in *\\\\*) ;; *) set -- "$@" "$mp_m";; esac;; esac;; esac
done </proc/mounts
[ $# -gt 0 ] && stat -f -c '%n|%S|%s|%b|%a|%c|%d' "$@"
for mp_f in ${quote(factPath)}/*.fact; do
[ -f "$mp_f" ] || continue
mp_part "local \${mp_f##*/}"
if [ -x "$mp_f" ]; then if command -v timeout >/dev/null; then timeout 10 "$mp_f"; else "$mp_f"; fi || printf '\\n\\000local-failed %s\\n' "\${mp_f##*/}"; else cat "$mp_f"; fi </dev/null
done
:`
