"""`etude prepare`: what it prints, that it is reused, shared, and whole after kills and beside other processes."""
import json
import os
import signal
import struct
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from etude_program import ENVIRONMENT, PROGRAM, etude, write_tunes

EXPERIMENT = """
[dataset]
plugin = "{dataset}"
path = "{path}"
{options}
[split]
train = 0.8
validation = 0.1
test = 0.1
[tokenizer]
plugin = "char"
vocab_size = 40
[architecture]
plugin = "gpt"
[training]
steps = 1
"""

SLOW_MIDI2ABC = """#!/bin/sh
[ "$1" = -ver ] && echo stand-in && exit 0
sleep 0.2
i=0
echo X:1 > "$3"
while [ $i -lt 20 ]; do cat "$1" >> "$3"; i=$((i + 1)); done
"""


def experiment(folder, dataset="abc_files", path="tunes.abc", options="", more=""):
    file = folder / "experiment.toml"
    file.write_text(EXPERIMENT.format(dataset=dataset, path=path, options=options) + more)
    return file


def prepare(file, output, *more, check=True):
    return etude("prepare", file, "--output", output, *more, check=check)


def corpora(result):
    return json.loads(result.stdout)["corpora"]


def packed_files(output):
    return {str(path.relative_to(output)): path.read_bytes() for path in sorted(output.rglob("*"))
            if path.is_file() and path.name not in ("verified.json", ".lock")}


def check_numbers(folder):
    """The JSON against what lies in the files and in the source."""
    file, output = experiment(folder), folder / "numbers"
    (corpus,) = corpora(prepare(file, output, "--json"))
    directory = Path(corpus["directory"])
    vocabulary = ["\ufffd"] + [character for character, _ in json.loads((directory / "tokenizer.json").read_text())["characters"]]
    documents, characters = 0, Counter()
    for name, split in corpus["splits"].items():
        tokens = (directory / f"{name}.tokens").read_bytes()
        assert len(tokens) == 2 * split["tokens"]
        text = "".join(vocabulary[token] for (token,) in struct.iter_unpack("<H", tokens))
        table = list(struct.iter_unpack("<4q", (directory / f"{name}.documents").read_bytes()))
        assert len(table) == split["documents"]
        at = 0
        for first, count, length, unknown in table:
            assert first == at and unknown == 0
            tune = text[first : first + count]
            assert tune.endswith("\n\n") and len(tune) == length + 2 and tune.startswith("X:")
            characters.update(tune[:-2])
            at += count
        assert at == split["tokens"]
        assert sum(row[2] for row in table) == split["characters"]
        documents += len(table)
    assert documents == corpus["outcomes"]["read"] == 300
    assert {entry["character"]: entry["count"] for entry in corpus["histogram"]} == characters
    assert [vocabulary[token] for token in corpus["example"]["tokens"]] == list("M:4/4\nL:1/8")
    table = prepare(file, output).stdout
    for words in ("(it was there already)", "read", "validation", "newline", "vocabulary", '"\\n\\n"', str(directory)):
        assert words in table, f"{words!r} is not in\n{table}"


def check_study(folder):
    """Variants of one corpus share it, and two tokenizers share the texts."""
    more = """[[study.axes.v]]
label = "a"
tokenizer = { vocab_size = 40 }
[[study.axes.v]]
label = "b"
tokenizer = { vocab_size = 50 }
[[study.axes.v]]
label = "c"
architecture = { n_layer = 2 }
"""
    output = folder / "study"
    found = corpora(prepare(experiment(folder, more=more), output, "--json"))
    assert [corpus["variants"] for corpus in found] == [["a", "c"], ["b"]], found
    names = sorted(path.name.split("-")[0] for path in (output / ".corpus").iterdir() if path.is_dir())
    assert names == ["cache", "texts", "tokens", "tokens"], names


def check_two_processes(folder):
    """Of two that want the same corpus, one packs it and both have it."""
    file, output = experiment(folder), folder / "two"
    command = [PROGRAM, "prepare", str(file), "--output", str(output), "--json"]
    both = [subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(2)]
    answers = [json.loads(process.communicate(timeout=300)[0])["corpora"][0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert answers[0]["fingerprint"] == answers[1]["fingerprint"]
    assert sorted(answer["reused"] for answer in answers) == [False, True], answers


def midi_experiment(folder):
    music, program = folder / "music", folder / "midi2abc"
    music.mkdir()
    for number in range(40):
        (music / f"{number:02}.mid").write_text(f"{'abcdefg'[number % 7] * 30} {number}\n")
    program.write_text(SLOW_MIDI2ABC)
    program.chmod(0o755)
    return experiment(folder, "midi_files", "music", 'midi2abc = "midi2abc"')


def check_kill_and_interrupt(folder):
    """Killed anywhere, prepare starts again and ends with the same files; Ctrl-C ends it with 130."""
    file = midi_experiment(folder)
    whole = folder / "whole"
    prepare(file, whole)
    expected = packed_files(whole)
    killed = folder / "killed"
    for delay in (0.3, 0.9, 1.5):
        process = subprocess.Popen([PROGRAM, "prepare", str(file), "--output", str(killed)], env=ENVIRONMENT, stderr=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()
    process = subprocess.Popen([PROGRAM, "prepare", str(file), "--output", str(killed)], env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, messages = process.communicate(timeout=20)
    assert process.returncode == 130, (process.returncode, messages)
    assert "interrupted while the corpus was being prepared" in messages, messages
    prepare(file, killed)
    got = packed_files(killed)
    assert got.keys() == expected.keys(), set(got) ^ set(expected)
    assert got == expected


def check_errors(folder):
    for more, code, words in (
        (["--set", "dataset.path=/no/such/place"], 2, "no such file or folder: /no/such/place"),
        (["--set", "filter.min_characters=1000000"], 1, "no document is left to train on"),
        (["--threads", "-1"], 2, "--threads is -1"),
    ):
        result = prepare(experiment(folder), folder / "errors", *more, check=False)
        assert result.returncode == code and words in result.stderr, (result.returncode, result.stderr)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tunes(folder / "tunes.abc", 300)
        for check in (check_numbers, check_study, check_two_processes, check_errors, check_kill_and_interrupt):
            check(folder)
            print(f"{check.__name__}: passed")


main()
