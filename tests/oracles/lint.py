"""Judges templates with cfn-lint, all in one process.

In: a JSON list of {path, name, region}. Out: one line per error. Warnings and notes are matters of taste and left out.
"""

import json
import sys

import cfnlint.core
from cfnlint.config import ConfigMixIn
from cfnlint.runner import Runner


def main(manifest):
    by_region = {}
    names = {}
    with open(manifest, encoding="utf-8") as file:
        for entry in json.load(file):
            by_region.setdefault(entry["region"] or "us-east-1", []).append(entry["path"])
            names[entry["path"]] = entry["name"]
    lines = []
    for region in sorted(by_region):
        config = ConfigMixIn(["--regions", region, "--template", *by_region[region]])
        for match in Runner(config).run():
            if match.rule.severity == "error":
                path = "/".join(str(part) for part in match.path or [])
                lines.append(f"{names[match.filename]} {match.rule.id} {path}: {match.message}".replace("\n", " "))
    for line in sorted(lines):
        print(line)


main(sys.argv[1])
