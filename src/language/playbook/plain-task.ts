import type { Position } from '../../core/position.ts'
import type { RoleUse, Task } from '../playbook.ts'

/** A task that nobody has written: it says nothing but what it does. */
export const plainTask = (at: Position, directory: string, name: string, action: Task['action'], role?: RoleUse): Task => ({
  type: 'task', at, name, keywords: {}, action, loop: undefined, register: undefined, changedWhen: undefined, failedWhen: undefined, until: undefined, retries: undefined, delay: undefined,
  notify: undefined, listen: [], delegateTo: undefined, delegateFacts: undefined, role, directory,
})
