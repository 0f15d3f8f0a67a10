import type { Symptom } from './fault.ts'

/** curl on lab2, which trusts the lab's authority and knows its names. Shows status line, headers and body, or curl's complaint. */
export const curl = (words: string, shows: RegExp): Symptom => ({ sh: `curl -sS -i --path-as-is --max-time 15 ${words} 2>&1 || true`, shows })

/** What Synapse has logged of a request that curl makes on lab1: the last line with a pattern. */
export const logged = (words: string, pattern: string, shows: RegExp): Symptom => ({
  on: 'lab1',
  sh: `curl -s -o /dev/null --path-as-is ${words}; sleep 0.2; journalctl -u matrix-synapse -n 30 -o cat | grep -e '${pattern}' | tail -n 1`,
  shows,
})

/** A file of lab1 says something, and Matrix is passed on all the same. */
export const saysAndAnswers = (path: string, text: string, words = 'https://matrix.lab1.test/_matrix/federation/v1/version'): Symptom => ({
  on: 'lab1',
  sh: `grep -o -e '${text}' ${path}; curl -sS -i ${words}`,
  shows: new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\n[^]*"Synapse"`),
})
