import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Raw } from '../../../src/core/value.ts'
import type { ApacheEvidence, HostEvidence } from '../../../src/federation/host-evidence.ts'
import { Evaluation } from '../../../src/language/template/evaluation.ts'

/** What Debian's package brings, as far as it says anything. */
const debian = {
  '/etc/apache2/apache2.conf': `Timeout 300
KeepAlive On
ErrorLog \${APACHE_LOG_DIR}/error.log
IncludeOptional mods-enabled/*.load
IncludeOptional mods-enabled/*.conf
Include ports.conf
<Directory />
	Options FollowSymLinks
	AllowOverride None
	Require all denied
</Directory>
<Directory /var/www/>
	Options Indexes FollowSymLinks
	AllowOverride None
	Require all granted
</Directory>
AccessFileName .htaccess
<FilesMatch "^\\.ht">
	Require all denied
</FilesMatch>
LogFormat "%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" vhost_combined
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
LogFormat "%h %l %u %t \\"%r\\" %>s %O" common
IncludeOptional conf-enabled/*.conf
IncludeOptional sites-enabled/*.conf
`,
  '/etc/apache2/ports.conf': 'Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n',
}

const modules = ['core', 'so', 'http', 'mpm_event', 'log_config', 'alias', 'dir', 'authz_core', 'proxy', 'proxy_http', 'proxy_balancer', 'headers', 'http2', 'ssl', 'rewrite', 'setenvif'].map(name => `${name}_module`)

/** Debian's Apache with these files; a name without a slash is a site. */
export function apacheOf(files: { readonly [path: string]: string }, more: Partial<ApacheEvidence> = {}): ApacheEvidence {
  const named = Object.entries(files).map(([name, text]) => [name.startsWith('/') ? name : `/etc/apache2/sites-enabled/${name}`, text] as const)
  return {
    version: '2.4.71', modules, defines: [], environment: { APACHE_LOG_DIR: '/var/log/apache2' }, root: '/etc/apache2', ...more,
    files: Object.entries({ ...debian, ...Object.fromEntries(named) }).map(([path, text]) => ({ path, text })),
  }
}

export const hostWith = (apache: ApacheEvidence | null, more: Partial<HostEvidence> = {}): HostEvidence => ({
  name: 'web1', apache, listening: [80, 443].map(port => ({ address: '::', port })), service: null, synapse: null, health: null, unread: [], ...more,
})

const templates = join(import.meta.dirname, '..', '..', '..', 'templates')

/** One of our own templates, as the playbook renders it for example.org. */
export function rendered(name: 'homeserver' | 'delegation' | 'seed', variables: Record<string, Raw> = {}): string {
  const all: Record<string, Raw> = {
    server_name: 'example.org', fqdn: 'matrix.example.org', backend_url: 'http://127.0.0.1:8008', tls: 'files', certificate_file: '/etc/ssl/matrix/fullchain.pem', certificate_key_file: '/etc/ssl/matrix/privkey.pem',
    document_root: '/var/www/matrix.example.org', delegates_here: false, proxy_timeout: 600, log_directory: '/var/log/apache2', admin: '', well_known_max_age: 3600,
    matrix_server_name: 'example.org', matrix_fqdn: 'matrix.example.org', ...variables,
  }
  const file = join(templates, `${name}.conf.j2`)
  return String(new Evaluation({ get: name => all[name], names: () => Object.keys(all) }, { directory: templates }).renderFile(readFileSync(file, 'utf8'), file))
}
