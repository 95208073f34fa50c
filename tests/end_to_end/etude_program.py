"""Drives the built `etude` the way a user does; shared by the end-to-end tests."""
import os
import random
import subprocess
import sys
import time
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


def start(*arguments, **options):
    """Starts the program and does not wait. Options are those of Popen; what it says goes nowhere unless they name a place."""
    silent = {"env": ENVIRONMENT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([PROGRAM, *map(str, arguments)], **{**silent, **options})


def wait_until(happened, process):
    """Waits until `happened()`. A program that ends before fails the test, with what stands in its pipe of standard error."""
    while not happened():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.001)


def start_on_terminal(*arguments, **options):
    """Starts the program with a terminal for its standard error; returns the process and the end where one reads what is shown."""
    terminal, stderr = os.openpty()
    process = start(*arguments, stderr=stderr, env={**ENVIRONMENT, "TERM": "xterm"}, **options)
    os.close(stderr)
    return process, terminal


def shown_to_the_end(terminal):
    """What a terminal is shown from here on until the program ends, as bytes."""
    shown = b""
    try:
        while part := os.read(terminal, 4096):
            shown += part
    except OSError:  # how Linux says that nobody writes any more
        pass
    os.close(terminal)
    return shown


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
