/** Bundles the program into dist/: one entry, and a file for each part that is loaded only when needed. */
import { readFileSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { build, type Plugin } from 'esbuild'

const root = new URL('../', import.meta.url).pathname
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }

/**
 * The front door and the reporters choose what is loaded. Below them a run is one file, since each costs half a
 * millisecond; what it imports dynamically is in that file too, and is evaluated when it is asked for.
 */
const fewFiles: Plugin = {
  name: 'few-files',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/(rollout|engine|language|modules|federation|shell|host|connection|core|lab)\/.*\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll(/\bimport\('(\.[^']+)'\)(?!\.)/g, `Promise.resolve(require('$1'))`),
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

/** ssh2 loads its server and its HTTP agents together with its client. Here they wait until they are asked for. */
const leanSsh2: Plugin = {
  name: 'lean-ssh2',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /\/ssh2\/lib\/index\.js$/ }, ({ path }) => ({
      contents: replaced(readFileSync(path, 'utf8'), [
        [/const \{\s*SSHTTPAgent[^;]*;/, ''],
        [/HTTPAgent,\s*HTTPSAgent,/, `get HTTPAgent() { return require('./http-agents.js').SSHTTPAgent }, get HTTPSAgent() { return require('./http-agents.js').SSHTTPSAgent },`],
        [/Server: (require\('.\/server.js'\)),/, 'get Server() { return $1 },'],
      ]),
    }))
    // Native code is found where npm has built it, if it has.
    onResolve({ filter: /sshcrypto\.node$/ }, () => ({ path: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node', external: true }))
  },
}

function replaced(text: string, replacements: readonly (readonly [RegExp, string])[]): string {
  for (const [pattern, by] of replacements) {
    if (!pattern.test(text)) throw new Error(`ssh2 is not written as expected any more: there is no ${pattern}`)
    text = text.replace(pattern, by)
  }
  return text
}

rmSync(`${root}dist`, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir: 'dist',
  chunkNames: 'part-[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  external: ['cpu-features'],
  plugins: [fewFiles, plainBuiltins, leanSsh2],
  minifySyntax: true,
  minifyWhitespace: true,
  define: { BUILT_VERSION: JSON.stringify(version) },
  // What is CommonJS inside asks for Node's own modules with require, and for its directory.
  banner: { js: `const require = process.getBuiltinModule('node:module').createRequire(import.meta.url), __dirname = import.meta.dirname;` },
  logLevel: 'warning',
})
