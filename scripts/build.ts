/** Bundles the program into dist/, or the directory that is named: an entry, all that it leads to, and large packages that few runs need. */
import { readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { build, type Plugin } from 'esbuild'

const root = new URL('../', import.meta.url).pathname
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }

/** Where the front door is. */
const cli = `${root}src/cli/`

/** What the front door leaves to others, in the order in which it stands there: the parser and the commands. */
const behindTheDoor = ['front-door.ts', 'commands.ts'].flatMap(file => [...readFileSync(cli + file, 'utf8').matchAll(/\bimport\('(\.[^']+)'\)/g)].map(([, path]) => path!))

/**
 * Two files, of which help and version need the first: each more costs a third of a millisecond. What is imported
 * dynamically is in the second too, and is evaluated when it is asked for. Large packages that few runs need are apart.
 */
const twoFiles: Plugin = {
  name: 'two-files',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll(/\bimport\('(\.[^']+|ssh2|node-ssh)'\)(?!\.)/g, (_, what: string) =>
        path.startsWith(cli) && behindTheDoor.includes(what) ? `import('behind-the-door').then(({ load }) => load['${what}']())`
          : `Promise.resolve().then(() => ${what === 'ssh2' ? `({ default: require('ssh2') })` : `require('${what}')`})`),
    }))
    onResolve({ filter: /^behind-the-door$/ }, ({ path }) => ({ path, namespace: 'door' }))
    onLoad({ filter: /.*/, namespace: 'door' }, () => ({
      resolveDir: cli,
      contents: `export const load = { ${behindTheDoor.map(path => `'${path}': () => require('${path}')`).join(', ')} }`,
    }))
  },
}

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
rmSync(outdir, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir,
  chunkNames: 'part-[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  plugins: [twoFiles, plainBuiltins, leanSsh],
  minifySyntax: true,
  minifyWhitespace: true,
  define: { BUILT_VERSION: JSON.stringify(version) },
  // What is CommonJS inside asks for Node's own modules with require, and for its directory.
  banner: { js: `const require = process.getBuiltinModule('node:module').createRequire(import.meta.url), __dirname = import.meta.dirname;` },
  logLevel: 'warning',
})
