import { ProvisionError } from '../core/error.ts'

export interface ProgramOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds after which the program is ended. */
  readonly timeout?: number
  /** What was being done, as the start of the message when it fails. */
  readonly doing?: string
  readonly hint?: string
}

export interface ProgramResult {
  /** Exit status; 127 when there is no such program, 128 + the signal's number when one ended it. */
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program of this machine to its end, whatever its status. */
export async function tryProgram(file: string, args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const { execa } = await import('execa')
  const { constants } = await import('node:os')
  const { input = '', env, timeout } = options
  const paths = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` } // where Debian keeps what only root calls
  const result = await execa(file, args, { reject: false, stripFinalNewline: false, input, env: { ...paths, ...env }, timeout })
  const status = result.exitCode ?? (result.signal ? 128 + constants.signals[result.signal as NodeJS.Signals] : 127)
  return { status, stdout: result.stdout, stderr: result.stderr || (result.exitCode === undefined ? (result.shortMessage ?? '') : '') }
}

/**
 * Runs a program of this machine that must end well.
 *
 * @returns what it wrote to its standard output
 * @throws ProvisionError with the last lines that it wrote
 */
export async function runProgram(file: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await tryProgram(file, args, options)
  if (status === 0) return stdout
  throw labFailure(`${options.doing ? `${options.doing}: ` : ''}${file} ended with ${status}`, stderr || stdout, options.hint)
}

/** An error of the lab with the last lines of what a program or a console said. */
export const labFailure = (message: string, output: string, hint?: string): ProvisionError =>
  new ProvisionError('lab', message, { context: lastLines(output), hint })

const lastLines = (text: string, count = 12): string[] =>
  text
    .replaceAll(/\x1b\[[0-9;?]*[A-Za-z]|\r/g, '')
    .split('\n')
    .filter(line => line.trim() !== '')
    .slice(-count)
