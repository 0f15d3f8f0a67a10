import { octal, quote } from '../quote.ts'
import { temporaryBeside, type StepCompiler } from './compiler.ts'

/** A link is made beside and renamed, so that a former link is replaced without a moment of absence. */
export const link: StepCompiler<'link'> = (step, place) => `mp_t=${temporaryBeside(step.path, place)}
ln ${step.hard ? '' : '-s '}${quote(step.target)} "$mp_t" || return 1
mp_settle "$mp_t" ${quote(step.path)}`

export const remove: StepCompiler<'remove'> = step => {
  const path = quote(step.path)
  if (step.recursive) return `rm -rf ${path}`
  return `if [ -d ${path} ] && [ ! -L ${path} ]; then rmdir ${path}; else rm -f ${path}; fi`
}

export const directory: StepCompiler<'directory'> = step => `( mp_own_environment; mkdir ${quote(step.path)} )`

export const chmod: StepCompiler<'chmod'> = step => `chmod ${octal(step.mode)} ${quote(step.path)}`

export const chown: StepCompiler<'chown'> = step => {
  const flag = step.follow ? '' : '-h '
  if (step.owner === undefined) return `chgrp ${flag}${quote(step.group ?? '')} ${quote(step.path)}`
  return `chown ${flag}${quote(step.group === undefined ? step.owner : `${step.owner}:${step.group}`)} ${quote(step.path)}`
}

export const touch: StepCompiler<'touch'> = step => {
  const path = quote(step.path)
  const set = (flag: '-a' | '-m', time: number | 'now' | undefined) =>
    time === undefined ? '' : time === 'now' ? `touch -h -c ${flag} ${path}` : `touch -h -c ${flag} -d @${time} ${path}`
  return [`{ [ -e ${path} ] || [ -L ${path} ] || ( mp_own_environment; : >${path} ); }`, set('-a', step.accessed), set('-m', step.modified)]
    .filter(Boolean)
    .join(' && ')
}
