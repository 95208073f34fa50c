#!/usr/bin/env python3
"""`etude abc check` against music21 itself, on texts that nobody has seen: made from a fixed seed, judged by both.

ETUDE_ABC_TEXTS (480) is how many, ETUDE_ABC_SEED (1) from which seed: to look for more. Tunes of the quickstart's music and of ../shared join
the source of mutations where they are. Why some texts may differ is said in sdk/src/music/README.md.
"""
import gzip
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fresh_abc
from abc_agreement import Agreement, judged

SOURCE = Path(os.environ["ETUDE_SOURCE"])
SHARED = Path(os.environ.get("ETUDE_SHARED", SOURCE.parent / "shared"))
WORKER = Path(__file__).with_name("music21_worker.py")
SECONDS = 20  # of processor time for a text; music21 needs minutes for some
# Fresh texts stray further than music does; what differs is shown each time.
REQUIRED = {"parse": 0.998, "export": 0.998, "notes": 0.995, "class": 0.99}


def shared_windows():
    file = SHARED / "abc_cases.jsonl.gz"
    if not file.exists():
        return []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return [case["text"] for case in map(json.loads, lines) if case["kind"] == "window"]


def by_music21(texts):
    """Its answers by id; as many processes as processors."""
    def share(number):
        asked = "".join(json.dumps(text) + "\n" for text in texts[number::workers])
        done = subprocess.run([sys.executable, WORKER, str(SECONDS)], input=asked.encode(), capture_output=True)
        if done.returncode != 0:
            sys.exit(f"music21's worker failed: {done.stderr.decode()[-2000:]}")
        return [json.loads(line) for line in done.stdout.splitlines()]

    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        return {answer["id"]: answer for answers in pool.map(share, range(workers)) for answer in answers}


def main():
    count, seed = int(os.environ.get("ETUDE_ABC_TEXTS", "480")), int(os.environ.get("ETUDE_ABC_SEED", "1"))
    texts = fresh_abc.fresh_texts(seed, count, shared_windows(), fresh_abc.collected_tunes(SOURCE))
    theirs = by_music21(texts)
    assert len(theirs) == len(texts), (len(theirs), len(texts))
    agreement, late = Agreement(), 0
    for text, ours in zip(texts, judged(texts)):
        answer = theirs[text["id"]]
        if answer.get("timeout"):
            late += 1
        else:
            agreement.add(text, ours, answer)
    agreement.show_differences(limit=int(os.environ.get("ETUDE_ABC_SHOW", "20")))
    print(f"{len(texts)} texts from seed {seed}; music21 was not done with {late} of them in {SECONDS} s\n{agreement.table()}")
    assert late < len(texts) / 20, "too many texts without an answer by music21"
    assert agreement.asked["all"]["notes"] > len(texts) / 4, "too few texts that music21 exports"
    for measure, required in REQUIRED.items():
        share = agreement.share("all", measure)
        assert share >= required, f"{measure} agrees on {share:.2%} of the texts, {required:.0%} are asked for"


if __name__ == "__main__":
    main()
