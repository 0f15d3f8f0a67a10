"""Ansible's own account of a run as lines of JSON, in the words of story.ts. Used by record.ts."""

import json

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = '''
name: story
type: stdout
short_description: a run as JSON, for recording
description: see README.md
'''


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'story'

    names = {}

    def _say(self, **line):
        print('STORY ' + json.dumps(line, default=str), flush=True)

    def _result(self, result, status, ignored=False, item=False):
        task = result._task
        action = task.action.split('.')[-1]
        if action == 'meta' or (item and action in ('include_tasks', 'include_role')):
            return
        said = json.loads(self._dump_results(result._result, indent=0, sort_keys=True, keep_invocation=False)) if status != 'unreachable' else {}
        if 'censored' not in said:
            said = {key: value for key, value in result._result.items() if not key.startswith('_ansible')}
        line = dict(task=self.names.get(task._uuid, task.get_name()), host=result._host.get_name(), status=status, ignored=ignored, module=action, result=said)
        if item:
            line['item'] = '(censored due to no_log)' if 'censored' in said else self._get_item_label(result._result)
        self._say(**line)

    def _start(self, task):
        self.names[task._uuid] = task.get_name()

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._start(task)

    def v2_playbook_on_handler_task_start(self, task):
        self._start(task)

    def v2_runner_on_ok(self, result):
        self._result(result, 'changed' if result._result.get('changed', False) else 'ok')

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, 'failed', bool(ignore_errors))

    def v2_runner_on_skipped(self, result):
        self._result(result, 'skipped')

    def v2_runner_on_unreachable(self, result):
        self._result(result, 'unreachable')

    def v2_runner_item_on_ok(self, result):
        self._result(result, 'changed' if result._result.get('changed', False) else 'ok', item=True)

    def v2_runner_item_on_failed(self, result):
        self._result(result, 'failed', item=True)

    def v2_runner_item_on_skipped(self, result):
        self._result(result, 'skipped', item=True)

    def v2_playbook_on_stats(self, stats):
        for host in sorted(stats.processed):
            self._say(host=host, recap=stats.summarize(host))
