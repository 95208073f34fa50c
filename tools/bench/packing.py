#!/usr/bin/env python3
"""Packs a generated corpus and says how long it took and how much memory: tools/bench/packing.py [GIGABYTES] (default 1).

Memory must not grow with the corpus: 1 GB of tunes is packed in under 500 MB resident, most of which is LibTorch.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ETUDE_PROGRAM", ROOT / "build/bin/etude")
EXPERIMENT = """
[dataset]
plugin = "abc_files"
path = "tunes.abc"
[tokenizer]
plugin = "char"
[architecture]
plugin = "gpt"
[training]
steps = 1
"""


def write_tunes(file, size):
    draw = random.Random(1)
    bars = ["".join(draw.choice("ABCDEFGabcdefg") + draw.choice(["", "2", "/2", "3"]) for _ in range(8)) + "|" for _ in range(5000)]
    written = number = 0
    with open(file, "w") as out:
        while written < size:
            number += 1
            lines = ["".join(draw.choices(bars, k=4)) for _ in range(draw.randint(2, 8))]
            written += out.write(f"X:{number}\nT:Tune {number}\nM:4/4\nL:1/8\nK:{draw.choice('CDEFGAB')}\n" + "\n".join(lines) + "\n\n")


def prepare(folder):
    """Seconds, peak resident megabytes, and the corpus as JSON."""
    begin = time.monotonic()
    with open(folder / "answer.json", "w") as answer:
        process = subprocess.Popen([PROGRAM, "prepare", "experiment.toml", "--json"], cwd=folder, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("etude prepare failed")
    return time.monotonic() - begin, usage.ru_maxrss / 1024, json.loads((folder / "answer.json").read_text())["corpora"][0]


def main():
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 1) * 1e9)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tunes(folder / "tunes.abc", size)
        (folder / "experiment.toml").write_text(EXPERIMENT)
        for what in ("packed", "opened again"):
            seconds, megabytes, corpus = prepare(folder)
            tokens = sum(split["tokens"] for split in corpus["splits"].values())
            print(f"{what}: {tokens / 1e6:.0f} M tokens, {seconds:.1f} s, {tokens / seconds / 1e6:.1f} M tokens/s, {megabytes:.0f} MiB resident at most")


main()
