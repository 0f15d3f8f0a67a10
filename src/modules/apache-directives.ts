/**
 * The module (as `a2enmod` takes it) that a directive belongs to, for directives that people use before they enable the
 * module. Names compare without case, as in Apache. `undefined`: not known here, or built in.
 */
export function moduleOfDirective(directive: string): string | undefined {
  const name = directive.toLowerCase()
  return byDirective.get(name) ?? byPrefix.find(([prefix]) => name.startsWith(prefix))?.[1]
}

/** Tried with `apache2 -t` of Apache 2.4: unknown without the module, known with it. */
const directives: { readonly [module: string]: string } = {
  access_compat: 'Allow Deny Order Satisfy',
  actions: 'Action Script',
  alias: 'Alias AliasMatch Redirect RedirectMatch RedirectPermanent RedirectTemp ScriptAlias ScriptAliasMatch RedirectRelative AliasPreservePath',
  allowmethods: 'AllowMethods',
  auth_basic: 'AuthBasicProvider AuthBasicAuthoritative AuthBasicFake AuthBasicUseDigestAlgorithm',
  authn_anon: 'Anonymous Anonymous_MustGiveEmail Anonymous_NoUserId Anonymous_VerifyEmail Anonymous_LogEmail',
  authn_core: 'AuthName AuthType AuthnProviderAlias',
  authn_file: 'AuthUserFile',
  authz_core: 'Require AuthzProviderAlias AuthMerging AuthzSendForbiddenOnFailure',
  authz_dbm: 'AuthDBMGroupFile AuthzDBMType',
  authz_groupfile: 'AuthGroupFile',
  autoindex: 'IndexOptions IndexIgnore IndexOrderDefault AddIcon AddDescription HeaderName ReadmeName DefaultIcon FancyIndexing AddIconByType AddIconByEncoding AddAlt AddAltByType AddAltByEncoding IndexIgnoreReset IndexStyleSheet IndexHeadInsert',
  buffer: 'BufferSize',
  cache_disk: 'CacheRoot CacheMinFileSize CacheMaxFileSize CacheReadSize CacheReadTime',
  cgi: 'ScriptLog ScriptLogBuffer ScriptLogLength CGIScriptTimeout',
  cgid: 'ScriptSock CGIDScriptTimeout',
  dav: 'Dav DavDepthInfinity DavMinTimeout',
  dav_fs: 'DavLockDB',
  dav_lock: 'DavGenericLockDB',
  dir: 'DirectoryIndex DirectorySlash DirectoryIndexRedirect DirectoryCheckHandler FallbackResource',
  dump_io: 'DumpIOInput DumpIOOutput',
  echo: 'ProtocolEcho',
  env: 'SetEnv PassEnv UnsetEnv',
  ext_filter: 'ExtFilterOptions ExtFilterDefine',
  filter: 'AddOutputFilterByType FilterDeclare FilterProvider FilterChain FilterProtocol FilterTrace',
  headers: 'Header RequestHeader',
  heartbeat: 'HeartbeatAddress',
  http2: 'H2ProxyRequests',
  ident: 'IdentityCheck IdentityCheckTimeout',
  imagemap: 'ImapMenu ImapDefault ImapBase',
  include: 'XBitHack SSIErrorMsg SSITimeFormat SSIUndefinedEcho SSIStartTag SSIEndTag SSILegacyExprParser SSILastModified SSIETag',
  info: 'AddModuleInfo',
  log_debug: 'LogMessage',
  log_forensic: 'ForensicLog',
  macro: 'Use UndefMacro MacroIgnoreEmptyArgs MacroIgnoreBadNesting',
  mime: 'AddType AddEncoding AddHandler AddCharset AddLanguage AddInputFilter AddOutputFilter TypesConfig RemoveHandler RemoveType DefaultLanguage MultiviewsMatch ModMimeUsePathInfo RemoveCharset RemoveEncoding RemoveInputFilter RemoveLanguage RemoveOutputFilter',
  mime_magic: 'MimeMagicFile',
  mpm_prefork: 'MinSpareServers MaxSpareServers',
  negotiation: 'CacheNegotiatedDocs ForceLanguagePriority LanguagePriority',
  proxy: 'NoProxy BalancerMember BalancerGrowth BalancerInherit BalancerPersist',
  proxy_connect: 'AllowCONNECT',
  proxy_wstunnel: 'ProxyWebsocketFallbackToProxyHttp',
  reqtimeout: 'RequestReadTimeout',
  request: 'KeptBodySize',
  sed: 'OutputSed InputSed',
  setenvif: 'SetEnvIf SetEnvIfNoCase SetEnvIfExpr BrowserMatch BrowserMatchNoCase',
  speling: 'CheckSpelling CheckCaseOnly CheckBasenameMatch',
  status: 'ExtendedStatus SeeRequestTail',
  substitute: 'Substitute SubstituteMaxLineLength SubstituteInheritBefore',
  suexec: 'SuexecUserGroup',
  userdir: 'UserDir',
  usertrack: 'CookieExpires CookieDomain CookieStyle CookieTracking CookieName CookieSameSite CookieSecure CookieHttpOnly',
  vhost_alias: 'VirtualDocumentRoot VirtualScriptAlias VirtualDocumentRootIP VirtualScriptAliasIP',
}

/** Families whose directives all begin alike; the first that fits counts. */
const byPrefix: readonly (readonly [string, string])[] = [
  ['proxyhtml', 'proxy_html'], ['proxyexpress', 'proxy_express'], ['proxyfcgi', 'proxy_fcgi'], ['proxyhc', 'proxy_hcheck'],
  ['proxyftp', 'proxy_ftp'], ['proxyscgi', 'proxy_scgi'], ['proxy', 'proxy'], ['ssl', 'ssl'], ['h2proxy', 'proxy_http2'],
  ['h2', 'http2'], ['md', 'md'], ['authldap', 'authnz_ldap'], ['ldap', 'ldap'], ['authncache', 'authn_socache'],
  ['authnzfcgi', 'authnz_fcgi'], ['authzdbd', 'authz_dbd'], ['charset', 'charset_lite'], ['meta', 'cern_meta'],
  ['memcache', 'socache_memcache'], ['redis', 'socache_redis'], ['authform', 'auth_form'], ['authdigest', 'auth_digest'],
  ['authdbd', 'authn_dbd'], ['authdbm', 'authn_dbm'], ['sessioncookie', 'session_cookie'], ['sessioncrypto', 'session_crypto'],
  ['sessiondb', 'session_dbd'], ['session', 'session'], ['cachedir', 'cache_disk'], ['cachesocache', 'cache_socache'],
  ['cache', 'cache'], ['dbd', 'dbd'], ['lua', 'lua'], ['sec', 'security2'], ['wsgi', 'wsgi'], ['oidc', 'auth_openidc'],
  ['jk', 'jk'], ['php_', 'php'], ['passenger', 'passenger'], ['rewrite', 'rewrite'], ['remoteip', 'remoteip'],
  ['deflate', 'deflate'], ['brotli', 'brotli'], ['expires', 'expires'], ['dos', 'evasive'], ['heartbeat', 'heartmonitor'],
  ['reflector', 'reflector'], ['xml2', 'xml2enc'],
]

const byDirective = new Map(
  Object.entries(directives).flatMap(([module, names]) => names.split(' ').filter(Boolean).map(name => [name.toLowerCase(), module] as const)),
)
