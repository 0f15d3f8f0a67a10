/**
 * Bundles the program into one file in dist/, or in the directory that is named: each file more costs a third of a millisecond. What
 * is imported dynamically is in it too, and is evaluated when it is asked for.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { constants } from 'node:zlib'
import { build, type Plugin } from 'esbuild'

const root = new URL('../', import.meta.url).pathname
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }

/** Of Node's own modules those that are imported by what each run evaluates, and used by few. */
const seldom = ['child_process', 'zlib']

/**
 * Node's own modules without the lists of their exports that an import makes: asked for all that it exports, `node:http`
 * loads WebSocket and fetch too. And each is loaded when what uses it is evaluated; of those that are seldom used, not before a function
 * is called.
 */
const plainBuiltins: Plugin = {
  name: 'plain-builtins',
  setup({ onLoad, onResolve }) {
    const names = new RegExp(`^(node:.*|${builtinModules.join('|')})$`)
    onResolve({ filter: names }, ({ path, kind }) => (kind === 'import-statement' ? { path: path.replace('node:', ''), namespace: 'builtin' } : undefined))
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const later = (name: string) => `new Proxy(function () {}, { get: (_, key) => member('${name}')[key], apply: (_, self, words) => member('${name}')(...words), construct: (_, words) => new (member('${name}'))(...words) })`
      const exported = ([name, value]: [string, unknown]) => (seldom.includes(path) && typeof value === 'function' ? later(name) : `member('${name}')`)
      return {
        contents: [
          `const builtin = () => process.getBuiltinModule('node:${path}')`,
          'const member = name => builtin()[name]',
          `export default ${seldom.includes(path) ? 'new Proxy({}, { get: (_, name) => member(name) })' : '/* @__PURE__ */ builtin()'}`,
          ...Object.entries(process.getBuiltinModule(path)!).map(entry => `export const ${entry[0]} = /* @__PURE__ */ ${exported(entry)}`),
        ].join('\n'),
      }
    })
  },
}

/**
 * ssh2 and node-ssh load with a client what others need of them: a server, HTTP agents, a key generator, zlib, a way to make
 * directories. Here that waits until it is asked for.
 */
const leanSsh: Plugin = {
  name: 'lean-ssh',
  setup({ onLoad, onResolve }) {
    const edit = (file: RegExp, replacements: readonly (readonly [RegExp, string])[]) =>
      onLoad({ filter: file }, ({ path }) => ({ contents: replaced(readFileSync(path, 'utf8'), path, replacements) }))
    edit(/\/ssh2\/lib\/index\.js$/, [
      [/const \{\s*SSHTTPAgent[^;]*;/, ''],
      [/HTTPAgent,\s*HTTPSAgent,/, `get HTTPAgent() { return require('./http-agents.js').SSHTTPAgent }, get HTTPSAgent() { return require('./http-agents.js').SSHTTPSAgent },`],
      [/Server: (require\('.\/server.js'\)),/, 'get Server() { return $1 },'],
      [/\.\.\.(require\('.\/keygen.js'\)),/, 'get generateKeyPair() { return $1.generateKeyPair }, get generateKeyPairSync() { return $1.generateKeyPairSync },'],
    ])
    // A packet of AES-GCM has a cipher of its own. Given its key as bytes, Node makes two errors and a key object of them each time.
    edit(/\/ssh2\/lib\/protocol\/crypto\.js$/, [
      [/(class AESGCMCipherNative \{[^]*?this\._encKey = )(enc\.cipherKey);/, `$1require('crypto').createSecretKey($2);`],
      [/(class AESGCMDecipherNative \{[^]*?this\._decipherKey = )(dec\.decipherKey);/, `$1require('crypto').createSecretKey($2);`],
    ])
    // A server offers its other keys; to have it prove that it holds them is of use only to who writes them down.
    edit(/\/ssh2\/lib\/client\.js$/, [[/hostKeysProve\(this, data, \(err, keys\) => \{[^}]*\}\);/, '']])
    // Programs are for agents on Windows, zlib is for servers that compress, and that this Node knows Ed25519 need not be tried.
    edit(/\/ssh2\/lib\/agent\.js$/, [
      [/const \{ execFile, spawn \} = (require\('child_process'\));/, 'const execFile = (...words) => $1.execFile(...words), spawn = (...words) => $1.spawn(...words);'],
    ])
    const { DEFLATE, INFLATE, Z_DEFAULT_CHUNK, Z_DEFAULT_COMPRESSION, Z_DEFAULT_MEMLEVEL, Z_DEFAULT_STRATEGY, Z_DEFAULT_WINDOWBITS, Z_PARTIAL_FLUSH } = constants
    edit(/\/ssh2\/lib\/protocol\/zlib\.js$/, [
      [/const \{\s*createInflate,\s*constants: (\{[^}]*\})\s*\} = require\('zlib'\);/, `const $1 = ${JSON.stringify({ DEFLATE, INFLATE, Z_DEFAULT_CHUNK, Z_DEFAULT_COMPRESSION, Z_DEFAULT_MEMLEVEL, Z_DEFAULT_STRATEGY, Z_DEFAULT_WINDOWBITS, Z_PARTIAL_FLUSH })};`],
      [/const ZlibHandle = (createInflate\(\)\._handle\.constructor);/, `const zlibHandle = () => require('zlib').$1;`],
      [/new ZlibHandle\(/, 'new (zlibHandle())('],
    ])
    edit(/\/ssh2\/lib\/protocol\/constants\.js$/, [[/const eddsaSupported = \(\(\) => \{[^]*?\n\}\)\(\);/, 'const eddsaSupported = true;']])
    onResolve({ filter: /^node-ssh$/ }, () => ({ path: `${root}node_modules/node-ssh/lib/cjs/index.js` }))
    edit(/\/node-ssh\/lib\/cjs\/index\.js$/, [[/__importDefault\(require\("make-dir"\)\)/, `{ default: (...words) => require('make-dir')(...words) }`]])
    // Native code is found where npm has built it, if it has. That of cpu-features would only tell whether there are AES instructions.
    onResolve({ filter: /sshcrypto\.node$/ }, () => ({ path: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node', external: true }))
    onResolve({ filter: /^cpu-features$/ }, ({ path }) => ({ path, namespace: 'absent' }))
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = () => undefined' }))
  },
}

/** @throws Error where a new version of a package is written in another way */
function replaced(text: string, path: string, replacements: readonly (readonly [RegExp, string])[]): string {
  for (const [pattern, by] of replacements) {
    if (!pattern.test(text)) throw new Error(`${path} is not written as expected any more: there is no ${pattern}`)
    text = text.replace(pattern, by)
  }
  return text
}

const [outdir = `${root}dist`] = process.argv.slice(2)
const { outputFiles: [bundle] } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'node',
  target: 'node22.12',
  // ASCII, so that V8 has one byte a character to look at; and no import(), which would load what is in the bundle already.
  charset: 'ascii',
  supported: { 'dynamic-import': false },
  plugins: [plainBuiltins, leanSsh],
  minify: true,
  define: { BUILT_VERSION: JSON.stringify(version), 'import.meta.url': 'bundleUrl' },
  logLevel: 'warning',
})
const body = `(function (require, __filename, __dirname) { 'use strict'
const bundleUrl = require('node:url').pathToFileURL(__filename).href
${bundle!.text}})
`
rmSync(outdir, { recursive: true, force: true })
mkdirSync(outdir, { recursive: true })
// The comment's digest is how compiled code is known to be this bundle's (bin/compiled.cjs).
writeFileSync(`${outdir}/main.cjs`, `// ${createHash('sha256').update(body).digest('hex').slice(0, 16)}\n${body}`)
