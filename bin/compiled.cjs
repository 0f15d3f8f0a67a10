// Runs the bundle with what earlier runs have compiled of it. Node's own cache (module.enableCompileCache) keeps only what is compiled
// before a file runs, and nearly all of this one is compiled when it is called: 100 ms of each run.
'use strict'
const { closeSync, fstatSync, lstatSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, unlinkSync, writeFileSync } = require('fs')
const { createRequire } = require('module')
const { dirname, join } = require('path')
const { Script } = require('vm')

/** So many runs of a command add what they have compiled; from then on it is known. The last byte of a file counts them. */
const learning = 3

/** @param bundle path of the bundle: a function expression behind a comment with its digest (scripts/build.ts) */
exports.run = bundle => {
  const text = readFileSync(bundle, 'latin1')
  const name = `${text.slice(3, 19)}-${process.version}-${process.arch}`
  const directory = keptIn()
  const kept = read(join(directory, name))
  const script = new Script(text, { filename: bundle, ...(kept && { cachedData: kept.code }) })
  const runs = kept && !script.cachedDataRejected ? kept.runs : 0
  if (runs < learning) process.on('exit', () => keep(directory, name, script.createCachedData(), runs + 1))
  script.runInThisContext()(createRequire(bundle), bundle, dirname(bundle))
}

/** A directory of the user's own, since what lies there is run; for each command one, since each compiles other parts. */
function keptIn() {
  const { HOME, XDG_CACHE_HOME: cache } = process.env
  const command = /^[a-z]+$/.test(process.argv[2] || '') ? process.argv[2] : 'other'
  return join(cache && cache.startsWith('/') ? cache : join(HOME || '/nonexistent', '.cache'), 'matrix-provision', 'compiled', command)
}

/** Whether nobody else can have written it: with sudo, HOME may be that of somebody who is not root. */
const isOwn = ({ uid, mode }) => process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)

function read(path) {
  let file
  try {
    file = openSync(path, 'r')
    if (!isOwn(fstatSync(file))) return undefined
    const bytes = readFileSync(file)
    return { code: bytes.subarray(0, -1), runs: bytes[bytes.length - 1] }
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Whole or not at all, since V8 does not check what it is given. Where nothing can be written, nothing is kept. What other versions have kept goes a week later. */
function keep(directory, name, code, runs) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (!isOwn(lstatSync(directory))) return
    const beside = join(directory, `.${name}-${process.pid}`)
    writeFileSync(beside, Buffer.concat([code, Buffer.of(runs)]), { mode: 0o600, flush: true })
    renameSync(beside, join(directory, name))
    const longAgo = Date.now() - 7 * 86_400_000
    for (const other of readdirSync(directory)) if (/^\.?[0-9a-f]{16}-v/.test(other) && lstatSync(join(directory, other)).mtimeMs < longAgo) unlinkSync(join(directory, other))
  } catch {
    // A full or a read-only disk; another run that was faster.
  }
}
