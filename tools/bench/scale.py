#!/usr/bin/env python3
"""How `etude prepare` grows: seconds, rates and peak memory of every stage, at a sixteenth, a quarter and all of the Lakh MIDI data set's size.

usage: tools/bench/scale.py files [SCALE...]     178,561 small files (SCALE 1), 44,640 (0.25), 11,160 (0.0625); all three by default
       tools/bench/scale.py text [SCALE...]      2 GB of ABC in collections (SCALE 1), 0.5 GB, 0.125 GB
       --tokenizer bpe   in place of char         --keep FOLDER   where the generated music and the corpora stay, to go on with

Every corpus is generated: tunes of motifs that come back (gzip ratio about 0.2, as of music from MIDI), one in eight a copy of the tune
before it with a few bars changed. All filters are on and near-duplicates are
grouped, so that no stage is left out. The files are converted by a stand-in for midi2abc (a compiled program that copies its
input), so that they measure Etude and not midi2abc: starting a process for each file is in the figures, converting it is not.
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ETUDE_PROGRAM", ROOT / "build/bin/etude")
LAKH_FILES, ALL_BYTES = 178_561, 2_000_000_000
EXPERIMENT = """
[dataset]
plugin = "{dataset}"
path = "music"
{options}
[filter]
min_characters = 100
min_gzip_ratio = 0.1
[duplicates]
use = "group"
[tokenizer]
plugin = "{tokenizer}"
vocab_size = {vocab_size}
[architecture]
plugin = "gpt"
[training]
steps = 1
"""
STAND_IN = r"""
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
  static char buffer[1 << 20];
  if (argc < 4 || strcmp(argv[1], "-ver") == 0) return puts("stand-in for midi2abc"), 0;
  FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[3], "wb");
  if (!in || !out) return 1;
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;) fwrite(buffer, 1, n, out);
  return fclose(out) != 0;
}
"""


class Music:
    """Tunes of about the wanted size, drawn quickly from a stock of bars."""

    def __init__(self):
        self.draw = random.Random(1)
        notes = [note + length for note in "ABCDEFGabcdefg" for length in ("", "2", "/2", "3")]
        self.bars = ["".join(self.draw.choices(notes, k=8)) for _ in range(50_000)]
        self.last = []

    def tune(self, number, size):
        count = max(4, size // 17)
        motifs = self.draw.choices(self.bars, k=max(4, count // 5))
        bars = self.draw.choices(motifs, k=count)
        if number % 8 == 7:  # the tune before once more, with two bars in a hundred changed
            bars = list(self.last)
            for _ in range(1 + len(bars) // 50):
                bars[self.draw.randrange(len(bars))] = self.draw.choice(self.bars)
        self.last = bars
        return f"X:{number}\nT:Tune {number}\nM:4/4\nL:1/8\nK:C\n" + "".join("|".join(bars[i : i + 8]) + "|\n" for i in range(0, len(bars), 8))


def write_files(folder, scale):
    """Small files, 1,000 a folder; of 1 to 3 kB."""
    music, total = Music(), 0
    for number in range(round(LAKH_FILES * scale)):
        directory = folder / f"{number // 1000:03}"
        if number % 1000 == 0:
            directory.mkdir(parents=True)
        total += (directory / f"{number:06}.mid").write_text(music.tune(number, music.draw.randint(1000, 3000)))
    return total


def write_collections(folder, scale):
    """Collections of 64 MB, of tunes of 1 to 20 kB (about what midi2abc makes of a MIDI file)."""
    music, total, number = Music(), 0, 0
    folder.mkdir(parents=True)
    while total < ALL_BYTES * scale:
        with open(folder / f"collection{total // 64_000_000:03}.abc", "w") as out:
            size = 0
            while size < min(64_000_000, ALL_BYTES * scale - total):
                size += out.write(music.tune(number, music.draw.randint(1000, 20000)) + "\n")
                number += 1
        total += size
    return total


def prepare(folder, threads):
    """Seconds and resource usage of the program, its messages with the time at which each came, and the corpus."""
    begin = time.monotonic()
    with open(folder / "answer.json", "w") as answer:
        process = subprocess.Popen([PROGRAM, "prepare", "experiment.toml", "--json", "--threads", str(threads)], cwd=folder, stdout=answer,
                                   stderr=subprocess.PIPE, text=True)
        messages = [(time.monotonic() - begin, line.rstrip()) for line in process.stderr]
        _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("etude prepare failed:\n" + "\n".join(line for _, line in messages))
    return time.monotonic() - begin, usage, messages, json.loads((folder / "answer.json").read_text())["corpora"][0]


def measure(kind, scale, folder, tokenizer, threads):
    folder.mkdir(parents=True, exist_ok=True)
    vocab_size = 4096 if tokenizer == "bpe" else 128
    dataset, options = "abc_files", ""
    if kind == "files":
        dataset, options = "midi_files", 'midi2abc = "stand-in"'
        (folder / "stand-in.c").write_text(STAND_IN)
        subprocess.run(["cc", "-O2", "-o", folder / "stand-in", folder / "stand-in.c"], check=True)
    (folder / "experiment.toml").write_text(EXPERIMENT.format(dataset=dataset, options=options, tokenizer=tokenizer, vocab_size=vocab_size))
    size_file = folder / "bytes"
    if not size_file.exists():
        size_file.write_text(str((write_files if kind == "files" else write_collections)(folder / "music", scale)))
    megabytes = int(size_file.read_text()) / 1e6

    seconds, usage, messages, corpus = prepare(folder, threads)
    documents = sum(corpus["outcomes"].get(result, 0) for result in ("converted", "read"))

    def row(step, took, usage=None):
        more = f"{usage.ru_utime + usage.ru_stime:>8.1f}{usage.ru_maxrss / 1024:>7.0f}" if usage else ""
        print(f"{kind:<6}{scale:>7g}{documents:>9,}{megabytes:>8,.0f}  {step:<22}{took:>8.1f}{documents / took:>11,.0f}{megabytes / took:>9.1f}{more}", flush=True)

    before = 0.0
    for when, line in messages:
        found = re.match(r"corpus: (\w+) made", line)
        if found:
            row(found.group(1), max(when - before, 0.01))
            before = when
    row("all", seconds, usage)
    again, usage_again, _, _ = prepare(folder, threads)
    row("a second call", again, usage_again)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("files", "text"))
    parser.add_argument("scales", nargs="*", type=float, default=[])
    parser.add_argument("--tokenizer", choices=("char", "bpe"), default="char")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    print(f"{'kind':<6}{'scale':>7}{'tunes':>9}{'MB':>8}  {'step':<22}{'s':>8}{'tunes/s':>11}{'MB/s':>9}{'CPU s':>8}{'MiB':>7}   "
          f"({arguments.threads} threads; MiB: most of memory resident)", flush=True)
    for scale in arguments.scales or (0.0625, 0.25, 1.0):
        if arguments.keep:
            measure(arguments.kind, scale, arguments.keep.resolve() / f"{arguments.kind}-{scale:g}", arguments.tokenizer, arguments.threads)
            continue
        with tempfile.TemporaryDirectory() as name:
            measure(arguments.kind, scale, Path(name), arguments.tokenizer, arguments.threads)


main()
