#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it can answer with a sentence.
import { existsSync, readdirSync, statSync } from 'node:fs'
import module from 'node:module'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`matrix-provision needs Node 22.12 or newer, and this is Node ${process.versions.node}.`)
  process.exit(1)
}

// Compiled code is kept between runs. Where the directory cannot be written, nothing is kept.
module.enableCompileCache()

const bundle = new URL('../dist/main.js', import.meta.url)
const source = new URL('../src/cli/main.ts', import.meta.url)

/** In a clone, the bundle counts only while no source file is younger. */
function isBuilt() {
  const built = statSync(bundle, { throwIfNoEntry: false })
  if (!built || !existsSync(source)) return built !== undefined
  const root = new URL('../src/', import.meta.url)
  return readdirSync(root, { recursive: true }).every(name => !name.endsWith('.ts') || statSync(new URL(name, root)).mtimeMs <= built.mtimeMs)
}

if (isBuilt()) await import(bundle.href)
else if (process.features.typescript) await import(source.href)
else {
  console.error('matrix-provision is not built yet: npm run build. (From Node 22.18 on it runs without.)')
  process.exit(1)
}
