"""What Ansible's lineinfile makes of files, for lineinfile.ansible.test.ts:

    python3 -m venv /tmp/ansible && /tmp/ansible/bin/pip install ansible-core==2.19.14
    /tmp/ansible/bin/python test/modules/lineinfile.record.py > test/modules/lineinfile.cases.json

The cases are drawn with a fixed seed, `[NUMBER [SEED]]`; a file's bytes are written as characters (latin1).
"""
import contextlib
import io
import json
import os
import random
import sys
import tempfile

from ansible.modules import lineinfile
from ansible.module_utils.testing import patch_module_args

count, seed = (int(sys.argv[place]) if len(sys.argv) > place else usual for place, usual in ((1, 500), (2, 1)))
draw = random.Random(seed)

LINES = ["a", "b", "key=1", "key = 22", "# key=3", "", "\u00c3\u00bc=1", "\xff\xfe", "  indented a", "a.b*c", "tab\there", "a a a", "_\u00a0x"]
ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n"]
REGEXPS = ["^a$", "^key", r"key\s*=", r"^#?\s*(key)\s*=\s*(\d+)", "(?P<name>[ab])", "\u00fc", ".", "^$", "not there", "", "a\r?$", "^(?!key)", r"(\w+)=", r"\s$",
           "(a)(z)?", r"\Aa", r"a\Z", r"a$", "[^a]", r"(?i)KEY", r"(?s).$", "\n", "^a\n$", r"\bkey\b", r"[\w]+\W", "a{2}|b", r"(.)\1", "\xfc", r"\xff"]
NEW = ["a", "key=9", r"\1=9", r"\g<name>!", r"<\g<2>\g<1>>", "new", "\u00fc", "b\n", "two\nlines", "", r"\\1", r"tab\there", " a", "key = 22", "\\", r"\g<0>", r"\n"]
TEXTS = ["key", "a", "=", "\u00fc", "", "not there", "\n", "^a", "a\r"]
PLACES = ["^a$", "key", "not there", "", "^b", r"\s", ".", "BOF", "EOF", "\u00fc"]


def some(chance, values):
    return draw.choice(values) if draw.random() < chance else None


def drawn():
    lines = [draw.choice(LINES) + draw.choice(ENDS) for _ in range(draw.choice([0, 1, 2, 2, 3, 4, 5]))]
    before = "".join(lines)
    if draw.random() < 0.3:
        before = before.rstrip("\r\n")
    if draw.random() < 0.05:
        before = None
    parameters = {"state": draw.choice(["present", "present", "present", "absent"])}
    find = draw.choice(["regexp", "regexp", "search_string", None])
    if find == "regexp":
        parameters["regexp"] = draw.choice(REGEXPS)
        parameters["backrefs"] = draw.random() < 0.35
    if find == "search_string":
        parameters["search_string"] = draw.choice(TEXTS)
    parameters["line"] = some(0.95 if parameters["state"] == "present" else 0.5, NEW)
    place = draw.choice(["insertafter", "insertbefore", None])
    if place:
        parameters[place] = draw.choice(PLACES)
    parameters["firstmatch"] = draw.random() < 0.4
    parameters["create"] = draw.random() < 0.5
    return before, {name: value for name, value in parameters.items() if value is not None and value is not False}


def run(before, parameters, directory):
    path = os.path.join(directory, "file")
    if os.path.exists(path):
        os.remove(path)
    if before is not None:
        with open(path, "wb") as file:
            file.write(before.encode("latin1"))
    said = io.StringIO()
    with patch_module_args({**parameters, "path": path, "_ansible_remote_tmp": directory}):
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            try:
                lineinfile.main()
            except SystemExit:
                pass
            except Exception:
                return {"failed": True, "crashed": True}
    result = json.loads(said.getvalue())
    after = None
    if os.path.exists(path):
        with open(path, "rb") as file:
            after = file.read().decode("latin1")
    kept = {name: result[name] for name in ("changed", "failed", "msg", "found", "rc") if name in result}
    return {**kept, "msg": kept["msg"].replace(path, "PATH"), "after": after}


cases = []
with tempfile.TemporaryDirectory() as directory:
    for _ in range(count):
        before, parameters = drawn()
        cases.append({"before": before, "parameters": parameters, **run(before, parameters, directory)})
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")
    # What the modules leave to be removed at the end is removed with the directory.
    sys.stdout.flush()
    os.chdir("/")
os._exit(0)
