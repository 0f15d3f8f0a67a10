#!/usr/bin/env node
// Plain CommonJS that an old Node can read, so that it can answer with a sentence; the loader of ES modules would cost 5 ms more.
'use strict'
const { existsSync, readdirSync, statSync } = require('fs')
const { join } = require('path')

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`matrix-provision needs Node 22.12 or newer, and this is Node ${process.versions.node}.`)
  process.exit(1)
}

const bundle = join(__dirname, '..', 'dist', 'main.cjs')
const source = join(__dirname, '..', 'src')

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

if (isBuilt()) require('./compiled.cjs').run(bundle)
else if (process.features.typescript) import(require('url').pathToFileURL(`${source}/cli/main.ts`).href)
else {
  console.error('matrix-provision is not built yet: npm run build. (From Node 22.18 on it runs without.)')
  process.exit(1)
}
