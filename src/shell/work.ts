import type { ExecAnswer, Outcome, StepAnswer } from '../host/change.ts'
import type { FactKind } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import type { Performed, Work } from '../host/target.ts'
import type { Answer } from '../connection/connection.ts'
import { preludeFor, readerOf } from './fact/readers.ts'
import { crossOut, journalPrelude, writeDown } from './journal.ts'
import { quote } from './quote.ts'
import { compileReading } from './reading.ts'
import { readSections, sectionPrelude, type Sections } from './section.ts'
import { stepPrelude, temporaryName } from './step/compiler.ts'
import { capturePrelude } from './step/exec.ts'
import { compileStep } from './step/steps.ts'

/**
 * One program that makes changes: it looks whether the facts are still as they were seen, writes down the handlers
 * that are notified, takes the steps in order until one fails, crosses out handlers that have run, and reads the facts
 * that are different now.
 */
export interface WorkProgram {
  readonly program: string
  /** @param started seconds since 1970 when the program was sent; @param ended when its answer came */
  parse(answer: Answer, started: number, ended: number): Performed
}

export function compileWork(work: Work): WorkProgram {
  const reading = compileReading(work.reread)
  const steps = work.changes.flatMap((change, index) => change.steps.map((step, place) => ({ change: index, step, label: `${index} ${place}` })))
  const guardKinds = new Set<FactKind>(work.guards.map(guard => guard.kind))
  const { journal } = work
  const program = [
    sectionPrelude,
    stepPrelude,
    steps.some(({ step }) => step.step === 'exec' || step.step === 'packages') ? capturePrelude : '',
    preludeFor(new Set([...guardKinds, ...work.reread.map(request => request.kind)])),
    journal ? journalPrelude : '',
    ...work.guards.map((guard, index) => {
      const print = readerOf(guard.kind)?.fingerprint?.(guard.key)
      return print ? `mp_g=$(${print}); [ "$mp_g" = ${quote(guard.fingerprint)} ] || { mp_section 'stale ${index}'; exit 0; }\n` : ''
    }),
    journal && journal.notify.length > 0 ? `{ ${writeDown(journal.name, journal.notify)}; } || { mp_section 'failed journal'; exit 0; }\n` : '',
    ...steps.map(({ step, label }, index) => `mp_step_${index}() {\n${compileStep(step, { label })}\n}\n`),
    'mp_steps() {\n',
    ...steps.map(({ change, label }, index) => `mp_change=${change}; mp_step_${index} || { mp_s=$?; mp_section 'failed ${label}'; printf %s $mp_s; return 1; }\n`),
    'mp_section done\n}\n',
    'mp_steps\n',
    journal && journal.done.length > 0 ? `${crossOut(journal.name, journal.done)}\n` : '',
    reading.program,
    'exit 0\n',
  ].join('')

  return {
    program,
    parse(answer, started, ended) {
      const sections = readSections(answer.stdout)
      const failed = steps.find(({ label }) => sections.get(`failed ${label}`))
      const stderr = readable(text(answer.stderr), failed?.step)
      for (const [index, guard] of work.guards.entries()) if (sections.get(`stale ${index}`)) return { result: 'stale', fact: { kind: guard.kind, key: guard.key } }
      const outcomes = work.changes.map<Outcome>((_, change) => ({
        answers: steps.filter(step => step.change === change).flatMap(step => answersOf(step.step, step.label, sections, started, ended)),
      }))
      const reread = reading.parse(sections, stderr)
      if (sections.get('done')) return { result: 'done', outcomes, reread }
      const captured = failed && sections.get(`${failed.label} out`)
      return {
        result: 'failed',
        change: failed?.change ?? 0,
        outcomes: outcomes.slice(0, failed?.change ?? 0),
        status: failed ? Number(sections.text(`failed ${failed.label}`)) : answer.status,
        stdout: captured?.toString() ?? '',
        stderr: captured ? sections.text(`${failed.label} err`) : stderr,
        message: failureText(failed && sections.text(`${failed.label} err`), stderr, sections.get('failed journal') !== undefined, answer.status),
        reread,
      }
    },
  }
}

function failureText(captured: string | undefined, stderr: string, journal: boolean, status: number): string {
  const said = (captured?.trim() || stderr.trim()).replaceAll('mp:', '')
  if (journal) return `the journal of notified handlers cannot be written, so nothing was changed: ${said}`
  return said || `the program ended with status ${status} and said nothing`
}

/** What tools and the shell said, without what only we know of: lines of our program, names of our temporary files. */
function readable(stderr: string, failed: Step | undefined): string {
  const said = stderr.replaceAll(shellsOwn, '')
  return failed && 'path' in failed ? said.replaceAll(temporaryName, failed.path) : said
}

/** Where in our program a shell found something wrong: dash, bash and BusyBox each in its own way. */
const shellsOwn = /^(mp|environment): ((line )?\d+: |eval: )*/gm

function answersOf(step: Step, label: string, sections: Sections, started: number, ended: number): StepAnswer[] {
  const stdout = sections.get(`${label} out`)
  if (!stdout) return []
  const stderr = Uint8Array.from(sections.get(`${label} err`) ?? [])
  if (step.step === 'packages') {
    const updated = parseInt(sections.text(`${label} updated`), 10)
    return [{ step: 'packages', stdout: Uint8Array.from(stdout), stderr, ...(!Number.isNaN(updated) && { updated }) }]
  }
  const notStarted = /^mp:(program-missing|program-denied|directory-missing|directory-denied)$/m.exec(text(stderr))?.[1] as ExecAnswer['notStarted']
  return [
    {
      step: 'exec', status: Number(sections.text(`${label} status`)), stdout: Uint8Array.from(stdout),
      stderr: notStarted ? new Uint8Array() : stderr, start: started, end: ended, ...(notStarted && { notStarted }),
    },
  ]
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
