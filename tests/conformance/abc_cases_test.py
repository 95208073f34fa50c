#!/usr/bin/env python3
"""`etude abc check` on ../shared's ABC texts, whose verdicts and notes are music21's: agreement by kind of text, which may only rise.

abc_cases_agreement.json holds what was reached. Why some texts differ is said in sdk/src/music/README.md.
"""
import gzip
import json
import os
import sys
from pathlib import Path

from abc_agreement import Agreement, hold, judged

SHARED = Path(os.environ.get("ETUDE_SHARED", Path(os.environ["ETUDE_SOURCE"]).parent / "shared"))
# What must hold whatever the ratchet says: of all texts, and of each kind.
REQUIRED = {"parse": (0.999, 0.99), "export": (0.998, 0.99), "notes": (0.995, 0.99)}


def main():
    file = SHARED / "abc_cases.jsonl.gz"
    if not file.exists():
        print(f"SKIPPED: no {file}")
        sys.exit(77)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        cases = [case for case in map(json.loads, lines) if not case.get("timeout") and "read_error" not in case]
    agreement = Agreement()
    for case, ours in zip(cases, judged(cases)):
        agreement.add(case, ours, case)
    agreement.show_differences(limit=int(os.environ.get("ETUDE_ABC_SHOW", "20")))
    print(agreement.table())
    for measure, (of_all, of_each) in REQUIRED.items():
        for kind in agreement.kinds():
            share = agreement.share(kind, measure)
            assert share >= (of_all if kind == "all" else of_each), f"{measure} agrees on {share:.2%} of the texts of kind {kind}"
    hold(agreement, Path(__file__).with_name("abc_cases_agreement.json"), len(cases))


if __name__ == "__main__":
    main()
