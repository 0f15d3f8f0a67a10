/** Bundles the program into dist/: one entry, and a file for each part that is loaded only when needed. */
import { readFileSync, rmSync } from 'node:fs'
import { build, type Plugin } from 'esbuild'

const root = new URL('../', import.meta.url).pathname
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }

/**
 * ssh2 loads its server and its HTTP agents together with its client, and with them all of Node's HTTP and TLS: 20 ms.
 * Here they wait until they are asked for.
 */
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
  plugins: [leanSsh2],
  minifySyntax: true,
  minifyWhitespace: true,
  define: { BUILT_VERSION: JSON.stringify(version) },
  // What is CommonJS inside asks for Node's own modules with require, and for its directory.
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url), __dirname = import.meta.dirname;" },
  logLevel: 'warning',
})
