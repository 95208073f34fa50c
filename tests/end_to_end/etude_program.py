"""Drives the built `etude` the way a user does; shared by the end-to-end tests."""
import os
import random
import subprocess
import sys
from pathlib import Path

PROGRAM = os.environ["ETUDE_PROGRAM"]
SOURCE = Path(os.environ["ETUDE_SOURCE"])
# Other tests may run on the second core, and two OpenMP teams on two cores stall each other.
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "ETUDE_PLUGIN_PATH": ""}


def etude(*arguments, cwd=None, check=True):
    """Runs the program to its end; the result has stdout and stderr as text."""
    result = subprocess.run([PROGRAM, *map(str, arguments)], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True, timeout=900)
    if check and result.returncode != 0:
        sys.exit(f"etude {' '.join(map(str, arguments))} exited {result.returncode}:\n{result.stdout}\n{result.stderr}")
    return result


def start(*arguments, cwd=None):
    """Starts the program and does not wait."""
    return subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=cwd, env=ENVIRONMENT, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def write_tunes(file, count, seed=1):
    """A collection of random but regular tunes: something that a tiny model learns from within a few steps."""
    random_source = random.Random(seed)
    tunes = []
    for number in range(1, count + 1):
        bars = [" ".join(random_source.choice("CDEFGABcde") + random_source.choice(["", "2", "/2"]) for _ in range(4)) for _ in range(8)]
        tunes.append(f"X:{number}\nT:Tune {number}\nM:4/4\nL:1/8\nK:C\n" + " | ".join(bars[:4]) + " |\n" + " | ".join(bars[4:]) + " |]\n")
    Path(file).write_text("\n".join(tunes) + "\n")


def experiment_head(name, profile=None, split=(0.6, 0.2, 0.2)):
    """How an experiment begins that learns from tunes.abc beside it, in characters; [architecture] and the rest follow."""
    train, validation, test = split
    return f"""
name = "{name}"
[dataset]
plugin = "abc_files"
path = "tunes.abc"
{f'profile = "{profile}"' if profile else ""}
[split]
train = {train}
validation = {validation}
test = {test}
[tokenizer]
plugin = "char"
vocab_size = 64
"""


def only_run(study):
    """The directory of a study's one run."""
    runs = [path for path in Path(study).iterdir() if path.is_dir()]
    assert len(runs) == 1, f"expected one run in {study}, found {runs}"
    return runs[0]
