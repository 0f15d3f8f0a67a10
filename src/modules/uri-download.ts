import { posix } from 'node:path'
import type { HttpResponse } from '../host/fact.ts'
import { askAttributes, type AttributeParameters } from './file-attributes.ts'
import type { PlanContext } from './module.ts'
import { normalPath } from './normal-path.ts'
import { placeFile, type Placed } from './place-file.ts'

export interface DownloadParameters extends AttributeParameters {
  readonly dest?: string
  readonly unsafe_writes: boolean
}

/** Puts the body of an answer into a file: into one named by the answer, or its address, where `dest` is a directory. */
export async function download(dest: string, response: HttpResponse, parameters: DownloadParameters, context: PlanContext): Promise<Placed> {
  const { owner, group, mode, unsafe_writes: unsafe } = parameters
  const asked = await askAttributes({ owner, group, mode }, context)
  const { mode: _, ...askedDirectory } = asked
  return placeFile(
    { source: { content: response.body }, name: fileName(response), dest: await normalPath(dest, context), asked, askedDirectory, force: true, follow: false, backup: false, unsafe },
    context,
  )
}

/** From `Content-Disposition`, without any directory that it names, else the last part of the address. */
function fileName({ headers, url }: HttpResponse): string {
  const [, quoted, plain] = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(headers['content-disposition'] ?? '') ?? []
  const named = posix.basename(quoted ?? plain ?? '') || decoded(posix.basename(new URL(url).pathname))
  return named === '' || named === '.' || named === '..' || named.includes('/') ? 'index.html' : named
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
