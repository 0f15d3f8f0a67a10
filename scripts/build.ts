/**
 * Bundles the program into one file in dist/, or in the directory that is named: each file more costs a third of a millisecond. What
 * is imported dynamically is in it too, and is evaluated when it is asked for.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { build, type Plugin } from 'esbuild'

const root = new URL('../', import.meta.url).pathname
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }

/**
 * Node's own modules without the lists of their exports that an import makes: asked for all that it exports, `node:http`
 * loads WebSocket and fetch too. And each is loaded when what uses it is evaluated.
 */
const plainBuiltins: Plugin = {
  name: 'plain-builtins',
  setup({ onLoad, onResolve }) {
    const names = new RegExp(`^(node:.*|${builtinModules.join('|')})$`)
    onResolve({ filter: names }, ({ path, kind }) => (kind === 'import-statement' ? { path: path.replace('node:', ''), namespace: 'builtin' } : undefined))
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: [
        `const builtin = process.getBuiltinModule('node:${path}')`,
        'const member = name => builtin[name]',
        'export default builtin',
        ...Object.keys(process.getBuiltinModule(path)!).map(name => `export const ${name} = /* @__PURE__ */ member('${name}')`),
      ].join('\n'),
    }))
  },
}

/**
 * ssh2 and node-ssh load with a client what others need of them: a server, HTTP agents, a key generator, a way to make
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
