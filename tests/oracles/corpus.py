"""Judges templates that nobody here wrote with cfn-lint, and remembers its judgement of every text.

In: a file with one path a line, and the file that remembers. Out: one JSON object a line and path, in the same order:
{path, hash, errors: [{rule, first, last, message}]}; lines count from 1. Warnings and notes are left out. A file whose
judgement takes too long or makes cfn-lint fail has the rule `FAILED`.
"""

import hashlib
import json
import signal
import sys
from contextlib import suppress

from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner

SECONDS = 60


def judge(path):
    signal.alarm(SECONDS)
    try:
        config = ConfigMixIn(["--regions", "us-east-1", "--include-checks", "E", "--template", path])
        found = [match for match in Runner(config).run() if match.rule.severity == "error"]
        return sorted(
            ({"rule": m.rule.id, "first": m.linenumber, "last": m.linenumberend, "message": m.message[:200]} for m in found),
            key=lambda one: (one["first"], one["rule"], one["message"]),
        )
    except BaseException as error:  # whatever cfn-lint does, the next file is judged
        if isinstance(error, KeyboardInterrupt):
            raise
        return [{"rule": "FAILED", "first": 1, "last": 1, "message": f"{type(error).__name__}: {error}"[:200]}]
    finally:
        signal.alarm(0)


def stop(*_):
    raise TimeoutError(f"more than {SECONDS} s")


def main(paths, memory):
    signal.signal(signal.SIGALRM, stop)
    known = {}
    with suppress(FileNotFoundError), open(memory, encoding="utf-8") as file:
        for line in file:
            with suppress(json.JSONDecodeError):
                entry = json.loads(line)
                known[entry["hash"]] = entry["errors"]
    with open(paths, encoding="utf-8") as file:
        paths = file.read().splitlines()
    with open(memory, "a", encoding="utf-8") as file:
        for at, path in enumerate(paths):
            with open(path, "rb") as one:
                hash = hashlib.sha256(one.read()).hexdigest()
            if hash not in known:
                known[hash] = judge(path)
                print(json.dumps({"hash": hash, "errors": known[hash]}), file=file, flush=True)
                if at % 50 == 0:
                    print(f"cfn-lint: {at} of {len(paths)}", file=sys.stderr)
            print(json.dumps({"path": path, "hash": hash, "errors": known[hash]}))


main(sys.argv[1], sys.argv[2])
