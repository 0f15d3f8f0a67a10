#!/usr/bin/env node
// Plain JavaScript that an old Node can read, so that it can answer with a sentence.
import { existsSync, readdirSync, statSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`matrix-provision needs Node 22.12 or newer, and this is Node ${process.versions.node}.`)
  process.exit(1)
}

// Compiled code is kept between runs, in a directory of the user's own since what lies there is run, and for each command by
// itself since what is kept is what its first run used. Where nothing can be written, nothing is kept.
const { XDG_CACHE_HOME: cache } = process.env
const command = /^[a-z]+$/.test(process.argv[2] ?? '') ? process.argv[2] : 'other'
module.enableCompileCache(join(cache?.startsWith('/') ? cache : join(homedir(), '.cache'), 'matrix-provision', 'compiled', command))

const bundle = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const source = fileURLToPath(new URL('../src', import.meta.url))

/** In a clone, the bundle counts only while no source file is younger. */
function isBuilt() {
  const built = statSync(bundle, { throwIfNoEntry: false })
  return built !== undefined && (!existsSync(source) || !isYounger(source, built.mtimeMs))
}

/** Whether anything in a directory was changed after `time`. By hand: `recursive` takes four times as long. */
function isYounger(directory, time) {
  return readdirSync(directory, { withFileTypes: true }).some(entry => {
    const path = `${directory}/${entry.name}`
    return entry.isDirectory() ? isYounger(path, time) : statSync(path).mtimeMs > time
  })
}

if (isBuilt()) await import(pathToFileURL(bundle).href)
else if (process.features.typescript) await import(pathToFileURL(`${source}/cli/main.ts`).href)
else {
  console.error('matrix-provision is not built yet: npm run build. (From Node 22.18 on it runs without.)')
  process.exit(1)
}
