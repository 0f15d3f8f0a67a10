import type { ApacheModule, ApacheModuleFile } from '../host/fact.ts'

/**
 * The modules that Debian 12's packages apache2 and apache2-bin bring: name, with a star where it has a configuration
 * file; what it depends on; what it conflicts with; its identifier where that is not the name.
 */
const shipped = `
access_compat|authn_core
actions*
alias*
allowmethods
asis|mime
auth_basic|authn_core
auth_digest|authn_core
auth_form|session authn_core
authn_anon
authn_core
authn_dbd|dbd
authn_dbm
authn_file
authn_socache
authnz_fcgi
authnz_ldap|ldap
authz_core
authz_dbd|dbd authz_core
authz_dbm|authz_core
authz_groupfile|authz_core
authz_host|authz_core
authz_owner
authz_user|authz_core
autoindex*
brotli
buffer
cache
cache_disk*|cache
cache_socache|cache
cern_meta
cgi
cgid*
charset_lite
data
dav
dav_fs*|dav
dav_lock
dbd
deflate*|filter
dialup
dir*
dump_io|||dumpio_module
echo
env
expires
ext_filter
file_cache|cache
filter
headers
heartbeat
heartmonitor
http2*
ident
imagemap
include|mime
info*
lbmethod_bybusyness|proxy_balancer
lbmethod_byrequests|proxy_balancer
lbmethod_bytraffic|proxy_balancer
lbmethod_heartbeat|proxy_balancer
ldap*
log_debug
log_forensic
lua
macro
md
mime*
mime_magic*
mpm_event*||mpm_worker mpm_prefork
mpm_prefork*||mpm_event mpm_worker
mpm_worker*||mpm_event mpm_prefork
negotiation*
proxy*
proxy_ajp|proxy
proxy_balancer*|proxy alias slotmem_shm
proxy_connect|proxy
proxy_express|proxy
proxy_fcgi|proxy
proxy_fdpass|proxy
proxy_ftp*|proxy
proxy_hcheck|proxy
proxy_html*|proxy xml2enc
proxy_http|proxy
proxy_http2|proxy http2
proxy_scgi|proxy
proxy_uwsgi|proxy
proxy_wstunnel|proxy
ratelimit|env
reflector
remoteip
reqtimeout*
request
rewrite
sed
session
session_cookie|session
session_crypto|session
session_dbd|session
setenvif*
slotmem_plain
slotmem_shm
socache_dbm
socache_memcache
socache_redis
socache_shmcb
speling
ssl*|setenvif mime socache_shmcb
status*
substitute
suexec
unique_id
userdir*
usertrack
vhost_alias
xml2enc
`

/** Those that are enabled when the package has just been installed. */
const enabledAtFirst = new Set(
  `access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user autoindex deflate dir env filter mime mpm_event
  negotiation reqtimeout setenvif status`.split(/\s+/),
)

const words = (text = ''): string[] => text.split(' ').filter(Boolean)

/** The modules of a fresh installation. */
export const shippedModules: readonly (ApacheModule & ApacheModuleFile)[] = shipped
  .trim()
  .split('\n')
  .map(line => {
    const [starred = '', depends, conflicts, identifier] = line.split('|')
    const name = starred.replace('*', '')
    return {
      name, enabled: enabledAtFirst.has(name), configured: starred.endsWith('*'),
      depends: words(depends), conflicts: words(conflicts), identifiers: [identifier || `${name}_module`],
    }
  })

/** What is in a module's `.load` file. */
export function loadText({ name, depends, conflicts, identifiers }: ApacheModuleFile): string {
  const says = [['Depends', depends], ['Conflicts', conflicts]] as const
  const comments = says.filter(([, names]) => names.length > 0).map(([word, names]) => `# ${word}: ${names.join(' ')}\n`)
  const lines = identifiers.map(identifier => `LoadModule ${identifier} /usr/lib/apache2/modules/mod_${identifier.replace(/_module$/, '')}.so\n`)
  return odd[name] ?? comments.join('') + lines.join('')
}

const watched = (name: string) =>
  `# This module depends on mod_watchdog to be loaded before. In Debian, this\n# module is statically linked.\nLoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so\n`

/** Three files that say more. */
const odd: { readonly [name: string]: string } = {
  dav: '<IfModule !mod_dav.c>\n\tLoadModule dav_module /usr/lib/apache2/modules/mod_dav.so\n</IfModule>\n',
  heartbeat: watched('heartbeat'),
  heartmonitor: watched('heartmonitor'),
}
