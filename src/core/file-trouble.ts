import { ProvisionError } from './error.ts'

/** What the system says of a file, in words. @param code as Node names it: `ENOENT` */
export const fileTrouble = (code: string | undefined): string => words[code ?? ''] ?? code ?? 'it cannot be used'

const words: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is no directory',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
  ENOSPC: 'no space is left on the device',
  EROFS: 'the file system is read-only',
  EIO: 'the device reports an error',
}

/** A file or directory of the user's that cannot be used, whoever came upon it; undefined for any other error. */
export function troubleWithFile(error: unknown): ProvisionError | undefined {
  if (!(error instanceof Error) || !('syscall' in error)) return undefined
  const { code, path, syscall } = error as NodeJS.ErrnoException
  if (syscall === 'uv_cwd') return new ProvisionError('wrong-use', 'the current directory does not exist any more', { hint: 'Change to another one.' })
  return path === undefined ? undefined : new ProvisionError('file-missing', `${path} cannot be used: ${fileTrouble(code)}`, { cause: error })
}
