import { lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ProvisionError } from '../core/error.ts'
import { isUnknown, UnknownReached } from '../core/unknown.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { aboutFile } from '../language/template/about-file.ts'
import { findFile, read, readBytes, readText } from '../language/template/files.ts'
import type { Controller, TemplateOptions, TreeEntry } from '../modules/module.ts'

/** The controller's files as one task sees them. */
export function controllerFiles(evaluation: Evaluation): Controller {
  const { environment } = evaluation
  /** A user may say in a variable how a file is managed. */
  const aboutTemplate = (...file: Parameters<typeof aboutFile>) => new Map([...aboutFile(...file)].filter(([name]) => name !== 'ansible_managed' || !evaluation.has(name)))
  const bytesOf = (path: string, decrypt: boolean) => Uint8Array.from(decrypt ? readBytes(path, environment) : read(path))
  return {
    readFile(name, kind, decrypt = true) {
      const path = findFile(name, kind, environment)
      if (path === undefined || statSync(path).isDirectory()) return null
      return { path, content: bytesOf(path, decrypt), mode: statSync(path).mode & 0o7777 }
    },
    readTree(name, decrypt = true) {
      const path = findFile(name.replace(/\/$/, '') || '/', 'files', environment)
      return path !== undefined && statSync(path).isDirectory() ? { path, entries: readTree(path, file => bytesOf(file, decrypt)) } : null
    },
    renderTemplate(name, options, destination) {
      const path = findFile(name, 'templates', environment)
      if (path === undefined) throw new ProvisionError('file-missing', `the template '${name}' is not found`, { hint: 'It is looked for in templates/ of the role and beside the playbook.' })
      const rendered = evaluation.renderFile(readText(path, environment), path, syntaxOf(options), aboutTemplate(name, path, destination))
      if (isUnknown(rendered)) throw new UnknownReached(rendered)
      return rendered
    },
  }
}

const syntaxOf = (options: TemplateOptions) => ({
  trimBlocks: options.trimBlocks ?? true,
  lstripBlocks: options.lstripBlocks ?? false,
  ...(options.newlineSequence !== undefined && { newlineSequence: options.newlineSequence }),
  ...(options.blockStart !== undefined && { blockStart: options.blockStart }),
  ...(options.blockEnd !== undefined && { blockEnd: options.blockEnd }),
  ...(options.variableStart !== undefined && { variableStart: options.variableStart }),
  ...(options.variableEnd !== undefined && { variableEnd: options.variableEnd }),
  ...(options.commentStart !== undefined && { commentStart: options.commentStart }),
  ...(options.commentEnd !== undefined && { commentEnd: options.commentEnd }),
})

function readTree(root: string, bytesOf: (path: string) => Uint8Array, below = ''): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = below ? `${below}/${name}` : name
    const state = lstatSync(join(root, path))
    const mode = state.mode & 0o7777
    if (state.isSymbolicLink()) entries.push({ path, type: 'link', mode, target: readlinkSync(join(root, path)) })
    else if (state.isDirectory()) entries.push({ path, type: 'directory', mode }, ...readTree(root, bytesOf, path))
    else if (state.isFile()) entries.push({ path, type: 'file', mode, content: bytesOf(join(root, path)) })
  }
  return entries
}
