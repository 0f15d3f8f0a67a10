import type { Injection } from './fault.ts'

/** Files of lab1 as site.yml and the lab have made them. */
export const paths = {
  homeserver: '/etc/apache2/sites-available/matrix-homeserver.conf',
  delegation: '/etc/apache2/sites-available/matrix-delegation.conf',
  everywhere: '/etc/apache2/conf-enabled/zz-broken.conf',
  synapse: '/etc/matrix-synapse/homeserver.yaml',
  server: '/var/www/matrix.lab1.test/server.json',
  client: '/var/www/matrix.lab1.test/client.json',
} as const

/** Directives at the head of a virtual host with TLS, where they come before all others. */
const inVirtualHost = (path: string, directives: string): Injection => ({ edit: { [path]: [['    SSLEngine on\n', `    SSLEngine on\n${directives}\n`]] } })

/** Directives in the virtual host of the homeserver. */
export const inHomeserver = (directives: string): Injection => inVirtualHost(paths.homeserver, directives)

/** Directives in the virtual host of the server name. */
export const inDelegation = (directives: string): Injection => inVirtualHost(paths.delegation, directives)

/** What a virtual host says that passes Matrix on. */
export const passesMatrix = `    AllowEncodedSlashes NoDecode
    ProxyPreserveHost On
    ProxyTimeout 600
    RequestHeader unset X-Forwarded-For early
    RequestHeader set X-Forwarded-Proto "https"
    ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon retry=0
    CustomLog /var/log/apache2/matrix.log "%h %t %m %U %>s"
`

/** A module of Apache that site.yml does not enable. */
export const withModule = (name: string): Injection['run'] => ({ do: `a2enmod -q ${name}`, undo: `a2dismod -q ${name}` })

/** mod_security with the Core Rule Set, whose packages stay installed. */
export const withModSecurity: Injection['run'] = {
  do: 'DEBIAN_FRONTEND=noninteractive apt-get install -qq libapache2-mod-security2 modsecurity-crs >/dev/null 2>&1; a2enmod -q security2',
  undo: 'a2dismod -q security2',
}

/** The certificate that site.yml gives Apache, as its templates quote it. */
export const certificate = { chain: '"/etc/ssl/matrix/fullchain.pem"', key: '"/etc/ssl/matrix/privkey.pem"' } as const

/**
 * A virtual host with TLS.
 *
 * @param address what it is for: `*:443`
 */
export const virtualHost = (address: string, name: string, more: string, files: { readonly chain: string; readonly key: string } = certificate): string => `
<VirtualHost ${address}>
    ServerName ${name}
    SSLEngine on
    SSLCertificateFile ${files.chain}
    SSLCertificateKeyFile ${files.key}
${more}</VirtualHost>
`

/** What a virtual host says that serves the documents of a server name from a directory. */
export const servesDocuments = (directory: string): string => `    DocumentRoot ${directory}
    <Directory ${directory}>
        Require all granted
    </Directory>
    <Location /.well-known/matrix/>
        ForceType application/json
        Header always set Access-Control-Allow-Origin "*"
    </Location>
`

/** The documents in that directory, as files. */
export const documentsIn = (directory: string, server: string): Injection['write'] => ({
  [`${directory}/.well-known/matrix/server`]: JSON.stringify({ 'm.server': server }),
  [`${directory}/.well-known/matrix/client`]: JSON.stringify({ 'm.homeserver': { base_url: 'https://matrix.lab1.test' } }),
})

/** Methods that are let through below a path, and no others. */
export const allowsOnly = (path: string, methods: string): string => `    <Location ${path}>
        <LimitExcept ${methods}>
            Require all denied
        </LimitExcept>
    </Location>`

/** A password over a whole virtual host. */
export const wantsPassword = `    <Location />
        AuthType Basic
        AuthName site
        AuthUserFile /etc/apache2/passwords
        Require valid-user
    </Location>`
