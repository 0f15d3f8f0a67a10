import type { Event, EventType } from '../../src/core/event.ts'
import { at, counters, site } from './streams.ts'

/** One event of each type with every member it can have; the compiler sees to it that none is forgotten. */
export const examples: { readonly [T in EventType]: Required<Extract<Event, { type: T }>> } = {
  'run-start': { type: 'run-start', command: 'apply', playbooks: [site], checkMode: false, diff: true, time: '2026-03-01T12:00:00.000Z' },
  'play-start': { type: 'play-start', play: 'Matrix behind Apache', at: at(2, site, 3), hosts: ['lab1', 'lab2'], checkMode: false },
  'task-start': { type: 'task-start', task: 6, name: 'apache : Virtual host', module: 'template', at: at(38), kind: 'task', hosts: ['lab1', 'lab2'], atOnce: 1, tags: ['apache'] },
  'host-start': { type: 'host-start', host: 'lab1', task: 6, elapsed: 1.25 },
  'retry': { type: 'retry', host: 'lab1', task: 7, attempt: 1, attempts: 4, result: { changed: false, status: 502 } },
  'item-result': {
    type: 'item-result', host: 'lab1', task: 3, item: 'proxy', status: 'changed', result: { changed: true, item: 'proxy', ansible_loop_var: 'item' },
    changes: [{ subject: { kind: 'module', name: 'proxy' }, kind: 'create', observed: { enabled: false }, desired: { enabled: true }, undoable: true }], ignored: false,
  },
  'host-result': {
    type: 'host-result', host: 'lab1', task: 6, status: 'changed', result: { changed: true, dest: '/etc/apache2/conf.d/a.conf' },
    changes: [{
      subject: { kind: 'file', name: '/etc/apache2/conf.d/a.conf' }, kind: 'update', observed: { mode: '0600' }, desired: { mode: '0644' },
      diff: { path: '/etc/apache2/conf.d/a.conf', before: 'Listen 80\n', after: 'Listen 8080\n' }, undoable: true,
    }],
    ignored: false, duration: 0.04, delegatedTo: 'proxy1', why: 'mode of /etc/apache2/conf.d/a.conf: 0600 → 0644', looped: false,
  },
  'rescued': { type: 'rescued', host: 'lab1', task: 6 },
  'notify': { type: 'notify', host: 'lab1', task: 6, handler: 'Reload Apache', earlierRun: false },
  'included': { type: 'included', file: 'tasks/debian.yml', hosts: ['lab1'], at: at(20) },
  'warning': { type: 'warning', message: 'the package lists are 12 days old', at: at(14), host: 'lab1' },
  'no-hosts': { type: 'no-hosts', play: 'Matrix behind Apache', at: at(2, site, 3) },
  'listing': {
    type: 'listing', playbook: site,
    plays: [{ name: 'Matrix behind Apache', at: at(2, site, 3), pattern: ['all'], tags: [], hosts: ['lab1'], tasks: [{ name: 'Virtual host', at: at(38), tags: ['apache'] }], taskTags: ['apache'] }],
  },
  'trace': { type: 'trace', level: 2, text: 'a2enmod proxy', host: 'lab1', task: 3 },
  'interrupt': { type: 'interrupt' },
  'run-end': {
    type: 'run-end', recap: { lab1: counters({ ok: 9, changed: 6, skipped: 1 }) }, exit: 1, duration: 2.1, interrupted: false,
    error: { code: 'undefined-variable', message: "'domian' is not defined", at: at(7), rendered: "error[undefined-variable]: 'domian' is not defined\n  playbooks/site.yml:7:7" },
  },
}
