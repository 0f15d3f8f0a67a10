/** Bundles the program into dist/: one entry, and a file for each part that is loaded only when needed. */
import { readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const root = new URL('../', import.meta.url).pathname
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }

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
  // These have native code beside them, found by its place in node_modules.
  external: ['ssh2', 'node-ssh'],
  minifySyntax: true,
  minifyWhitespace: true,
  define: { BUILT_VERSION: JSON.stringify(version) },
  // What is CommonJS inside asks for Node's own modules with require.
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  logLevel: 'warning',
})
