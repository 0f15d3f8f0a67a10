import { moduleOfDirective } from './apache-directives.ts'

/** What Apache says about a configuration that it refuses, taken apart. */
export interface Complaint {
  /** Where; absent where Apache does not say. */
  readonly at?: { readonly file: string; readonly line: number }
  /** Apache's own words. */
  readonly said: string
  /** What that means and what to do, as sentences. */
  readonly cause?: string
}

/**
 * Reads the output of `apachectl configtest`.
 *
 * @param enabled names of the modules that are enabled, where they are known
 */
export function readComplaint(output: string, enabled?: ReadonlySet<string>): Complaint {
  const lines = output.split('\n').map(line => line.trim()).filter(line => line !== '' && !noise.some(pattern => pattern.test(line)))
  const first = Math.max(0, lines.findIndex(line => syntaxError.test(line)))
  let said = lines[first] ?? ''
  let at: Complaint['at']
  // An Include that fails is told from the outside in; the innermost place is where the mistake is.
  for (let found = syntaxError.exec(said); found; found = syntaxError.exec(said)) {
    at = { file: found[2]!, line: Number(found[1]) }
    said = found[3] ?? lines[first + 1] ?? ''
  }
  said = said.replace(/^(\/\S+:\d+: |AH\d+: \S+: Configuration error: )/, '')
  const cause = explain(said, enabled)
  return { said, ...(at && { at }), ...(cause !== undefined && { cause }) }
}

/** The words stand behind the place, or on the next line. */
const syntaxError = /^(?:\S+: )?Syntax error on line (\d+) of (.+?):(?: (.*))?$/

/** Lines that are printed whether or not anything is wrong, or that only say that something is. */
const noise = [/^Action '.*' failed\.$/, /^The Apache error log may have more information\.$/, /\[\w+:(?:warn|notice|info|debug)\]/, /^AH00558:/, /^Warning: /, /^Syntax OK$/]

function explain(said: string, enabled: ReadonlySet<string> | undefined): string | undefined {
  for (const [pattern, words] of causes) {
    const found = pattern.exec(said)
    if (found) return words(found.slice(1), enabled)
  }
  return undefined
}

type Words = (found: readonly string[], enabled: ReadonlySet<string> | undefined) => string

const causes: readonly (readonly [RegExp, Words])[] = [
  [/^Invalid command '([^']+)'/, ([directive = ''], enabled) => {
    const module = moduleOfDirective(directive)
    if (module === undefined) return `No enabled module knows ${directive}. Check how it is spelled, or enable the module that brings it with apache2_module.`
    if (enabled?.has(module)) return `${directive} belongs to the module ${module}, which is enabled but not loaded yet where the line stands.`
    return `The module ${module} is not enabled. Add it to apache2_module.`
  }],
  [/^(\S+): file '([^']+)' does not exist or is empty/, ([directive, file]) => `${directive} names ${file}, which is missing or empty. Put the file there before the site is enabled.`],
  [/^Cannot load (\S+) into server/, ([file]) => `The module's file ${file} cannot be loaded. Install the package that brings it, or disable the module with apache2_module.`],
  [/^No MPM loaded/, () => 'No MPM is enabled. Enable one with apache2_module: mpm_event, mpm_worker or mpm_prefork.'],
  [/^More than one MPM loaded/, () => 'More than one MPM is enabled. Disable all but one with apache2_module.'],
  [/^(<[^>]+>) was not closed/, ([section]) => `The section ${section} that begins there has no end.`],
  [/^Expected (<\/[^>]+>) before end/, ([end]) => `A section has no end: ${end} is missing.`],
  [/^(<\/[^>]+>) without matching (<[^>]+>)/, ([end, section]) => `${end} stands where no ${section} is open.`],
  [/^Could not open configuration file ([^:]+):/, ([file]) => `An Include names ${file}, which is not there.`],
  [/^(DocumentRoot) '([^']+)' is not a directory/, ([directive, directory]) => `${directive} names ${directory}, which is missing. Make the directory before the site is enabled.`],
  [/Cannot access directory '([^']+)' for (?:main )?error log/, ([directory]) => `The log directory ${directory} is missing.`],
  [/multiple Listeners on the same IP:port/, () => 'Two Listen lines name the same port.'],
]
