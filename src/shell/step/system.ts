import { quote, quoteAll } from '../quote.ts'
import type { StepCompiler } from './compiler.ts'

export const unit: StepCompiler<'unit'> = step =>
  `systemctl ${step.user ? '--user ' : ''}${step.noBlock ? '--no-block ' : ''}${step.force ? '--force ' : ''}--quiet ${step.verb}${step.unit ? ` -- ${quote(step.unit)}` : ''}`

export const account: StepCompiler<'account'> = step =>
  step.stdin === undefined ? quoteAll(step.argv) : `printf %s ${quote(step.stdin)} | ${quoteAll(step.argv)}`

/** apt-get as Ansible calls it: no question is asked, and configuration files of the user's are kept. */
export const packages: StepCompiler<'packages'> = (step, place) => {
  const name = `mp_do_${place.label.replaceAll(/\W/g, '_')}`
  const environment = Object.entries(step.environment ?? {}).map(([key, value]) => `export ${key}=${quote(value)}`)
  const marks = step.verb === 'mark-manual' ? 'manual' : step.verb === 'mark-automatic' ? 'auto' : undefined
  const command = marks ? `apt-mark ${marks}` : `apt-get -q -y ${quoteAll(step.options)} ${step.verb}`
  const attempt = `${command} ${quoteAll(step.names)}`
  const body = [
    // dpkg refuses to work where it does not find the administrator's tools.
    'mp_tools=$PATH; mp_own_environment; PATH=$mp_tools; unset mp_tools',
    // Messages are read; the rest of the host's locale is for the packages' scripts (the encoding of a new database).
    'export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical LC_MESSAGES=C LANGUAGE=',
    'unset MP_NONCE',
    ...environment,
    step.policyRcD !== undefined && policyBefore(step.policyRcD),
    step.attempts && step.attempts > 1 ? retried(attempt, step.attempts, step.pause ?? 12) : attempt,
    step.policyRcD !== undefined && policyAfter,
  ]
  const updated =
    step.verb === 'update'
      ? `mp_section ${quote(`${place.label} updated`)}; stat -c %Y /var/lib/apt/periodic/update-success-stamp 2>/dev/null || stat -c %Y /var/lib/apt/lists 2>/dev/null`
      : undefined
  return [`${name}() {\n${body.filter(Boolean).join('\n')}\n}`, `mp_capture ${quote(place.label)} ${name} || return`, updated].filter(Boolean).join('\n')
}

const retried = (command: string, attempts: number, pause: number) => `mp_n=1 mp_w=1
until ${command}; do
mp_s=$?
[ $mp_n -lt ${attempts} ] || return $mp_s
sleep $mp_w; mp_n=$((mp_n + 1)) mp_w=$((mp_w * 2)); [ $mp_w -le ${Math.max(1, Math.round(pause))} ] || mp_w=${Math.max(1, Math.round(pause))}
done`

/** What is there already is put aside, unless a run that was ended by force has left it there. */
const policyBefore = (status: number) => `mp_policy=/usr/sbin/policy-rc.d
mp_policy_back() { rm -f $mp_policy; if [ -e $mp_policy.matrix-provision ]; then mv $mp_policy.matrix-provision $mp_policy; fi; }
if [ -e $mp_policy ] && [ ! -e $mp_policy.matrix-provision ]; then mv $mp_policy $mp_policy.matrix-provision || return 1; fi
trap 'mp_policy_back; exit 143' TERM
printf '#!/bin/sh\\nexit %s\\n' ${status} >$mp_policy && chmod 0755 $mp_policy || return 1`

const policyAfter = `mp_s=$?
mp_policy_back
return $mp_s`
