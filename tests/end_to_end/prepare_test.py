"""`etude prepare`: what it prints, that it is reused, shared, and whole after kills and beside other processes."""
import json
import random
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from etude_program import ENVIRONMENT, PROGRAM, etude, shown_to_the_end, start, start_on_terminal, wait_until, write_tunes

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

# Says in a file beside it that it was called, and takes as long as another file beside it says.
SLOW_MIDI2ABC = """#!/bin/sh
[ "$1" = -ver ] && echo stand-in && exit 0
: > "$0.called"
while [ -e "$0.held" ]; do sleep 0.05; done
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
    assert names == ["cache", "documents", "signatures", "texts", "tokens", "tokens"], names


def check_two_processes(folder):
    """Of two that want the same corpus, one packs it and both have it."""
    file, output = experiment(folder), folder / "two"
    both = [start("prepare", file, "--output", output, "--json", stdout=subprocess.PIPE) for _ in range(2)]
    answers = [json.loads(process.communicate(timeout=300)[0])["corpora"][0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert answers[0]["fingerprint"] == answers[1]["fingerprint"]
    assert sorted(answer["reused"] for answer in answers) == [False, True], answers


def midi_experiment(folder, name="music"):
    music, program = folder / name, folder / "midi2abc"
    music.mkdir()
    for number in range(40):
        (music / f"{number:02}.mid").write_text(f"{'abcdefg'[number % 7] * 30} {number}\n")
    program.write_text(SLOW_MIDI2ABC)
    program.chmod(0o755)
    return experiment(folder, "midi_files", name, 'midi2abc = "midi2abc"')


def start_held(folder, file, output):
    """`prepare` amid its first conversions, which go on when the file that is returned has gone."""
    called, held = folder / "midi2abc.called", folder / "midi2abc.held"
    called.unlink(missing_ok=True)
    held.touch()
    process = start("prepare", file, "--output", output, "--threads", 2, stderr=subprocess.PIPE, text=True)
    wait_until(called.exists, process)
    return process, held


def kill_after(seconds, file, output):
    process = start("prepare", file, "--output", output)
    time.sleep(seconds)
    process.kill()
    process.wait()


def check_kill_and_interrupt(folder):
    """Ctrl-C ends prepare with 130; killed anywhere, it starts again and ends with the same files."""
    file = midi_experiment(folder)
    whole = folder / "whole"
    prepare(file, whole)
    expected = packed_files(whole)
    killed = folder / "killed"
    process, held = start_held(folder, file, killed)
    process.send_signal(signal.SIGINT)
    held.unlink()
    _, messages = process.communicate(timeout=300)
    assert process.returncode == 130, (process.returncode, messages)
    assert "interrupted while the corpus was being prepared" in messages, messages
    for delay in (0.3, 0.9, 1.5):
        kill_after(delay, file, killed)
    prepare(file, killed)
    got = packed_files(killed)
    assert got.keys() == expected.keys(), set(got) ^ set(expected)
    assert got == expected, [name for name in got if got[name] != expected[name]]


def made(result):
    """Stages that the messages say were made."""
    return [line.split()[1] for line in result.stderr.splitlines() if line.startswith("corpus: ") and " made, " in line]


def check_stages(folder):
    """A second call does nothing and says so; a changed option redoes the stages behind it, and says which and why."""
    file, output = experiment(folder), folder / "stages"
    assert made(prepare(file, output)) == ["documents", "signatures", "texts", "tokens"]
    before = packed_files(output)
    again = prepare(file, output)
    assert made(again) == [] and "corpus: reused" in again.stderr, again.stderr
    assert packed_files(output) == before
    for option, expected, why in (
        ("tokenizer.vocab_size=50", ["tokens"], "tokenizer.options.vocab_size is 50 in place of 40"),
        ("split.seed=43", ["texts", "tokens"], "split.seed is 43 in place of the default"),
        ("filter.min_characters=20", ["texts", "tokens"], "filter.min_characters is 20 in place of the default"),
        ("filter.min_gzip_ratio=0.1", ["ratios", "texts", "tokens"], "filter.min_gzip_ratio is 0.1 in place of the default"),
        ("duplicates.use=group", ["texts", "tokens"], 'duplicates.use is "group" in place of the default'),
        ("duplicates.shingle_bars=4", ["signatures", "texts", "tokens"], "shingle_bars is 4 in place of 2"),
        ("dataset.split_tunes=false", ["documents", "signatures"], "dataset.options.split_tunes is false in place of the default"),
    ):
        result = prepare(file, output, "--set", option, check=False)
        assert made(result)[: len(expected)] == expected, (option, result.stderr)
        assert why in result.stderr, (why, result.stderr)
        if option.startswith("tokenizer"):
            assert "texts reused" in result.stderr, result.stderr
    assert packed_files(output).items() >= before.items()


def write_twins(file, count):
    """Tunes of which every third comes again with one bar changed."""
    draw, tunes = random.Random(7), []
    for number in range(count):
        bars = ["".join(draw.choices("CDEFGABcde", k=6)) for _ in range(60)]
        tunes.append((f"{number}", bars))
        if number % 3 == 0:
            tunes.append((f"{number} again", ["zzz" if at == 30 else bar for at, bar in enumerate(bars)]))
    file.write_text("\n".join(f"X:1\nT:Tune {name}\nK:C\n" + "".join(f"{bar}|" for bar in bars) + "\n" for name, bars in tunes))


def check_duplicates(folder):
    """Twins are counted; grouped or removed they are in one split alone."""
    write_twins(folder / "twins.abc", 300)
    file = experiment(folder, path="twins.abc", more="")
    rows = {}
    for use in ("report", "group", "remove"):
        output = folder / f"twins-{use}"
        (corpus,) = corpora(prepare(file, output, "--set", f"duplicates.use={use}", "--json"))
        (table,) = output.glob(".corpus/texts-*/decisions.tsv")
        lines = [line.split("\t") for line in table.read_text().splitlines()]
        rows[use] = [dict(zip(lines[0], line)) for line in lines[1:]]
        (manifest,) = output.glob(".corpus/texts-*/texts.json")
        facts = json.loads(manifest.read_text())["duplicates"]
        assert (facts["groups"], facts["documents"]) == (100, 200), facts
        for split in ("validation", "test"):
            of_split = [row for row in rows[use] if row["verdict"] == split]
            leaking = [row for row in of_split if row["twin_in_training"] == "yes"]
            assert facts[split] == {"documents": len(of_split), "with_twin_in_training": len(leaking)}
            assert bool(leaking) == (use == "report"), (use, split, leaking)
        kept = sum(split["documents"] for split in corpus["splits"].values())
        assert kept == (300 if use == "remove" else 400)
    groups = {}
    for row in rows["group"]:
        groups.setdefault(row["group"] or row["id"], set()).add(row["verdict"])
    assert len(groups) == 300 and all(len(splits) == 1 for splits in groups.values())
    # Both of a pair leak or neither does, where the pair is in two splits.
    verdicts = {row["id"]: row for row in rows["report"]}
    for row in rows["report"]:
        if row["group"] and row["verdict"] != "train":
            twins = [other for other in rows["report"] if other["group"] == row["group"] and other is not row]
            assert (row["twin_in_training"] == "yes") == any(twin["verdict"] == "train" for twin in twins)
    assert len(verdicts) == 400


def check_vanishing(folder):
    """Music that vanishes midway is an error that names it; what was converted is kept."""
    file, output = midi_experiment(folder, "vanishing"), folder / "vanished"
    process, held = start_held(folder, file, output)
    shutil.rmtree(folder / "vanishing")
    held.unlink()
    _, messages = process.communicate(timeout=300)
    assert process.returncode == 1 and "vanish" in messages, (process.returncode, messages)
    assert not list(output.glob(".corpus/documents-*")), "half of the documents look whole"


def check_full_disk(folder):
    """A disk that fills up in any stage is an error that names the file; given space, the same command goes on."""
    disk, file = folder / "disk", experiment(folder)
    disk.mkdir()
    command = f"'{PROGRAM}' prepare '{file}' --output '{disk}' --threads 1 >/dev/null"
    ran_full = set()
    for size in (32, 64, 96, 128, 192, 256, 320, 384):
        script = f"mount -t tmpfs -o size={size}k none '{disk}' && {command}; echo code $?; ls -a '{disk}/.corpus'; mount -o remount,size=64m '{disk}' && {command}; echo code $?"
        done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script], env=ENVIRONMENT, capture_output=True, text=True, timeout=300)
        if re.search(r"^(unshare|mount):", done.stderr, re.M):
            return print(f"check_full_disk: SKIPPED, no small disk can be mounted here: {done.stderr.strip()}")
        codes = re.findall(r"code (\d+)", done.stdout)
        assert codes[-1] == "0", (size, done.stdout, done.stderr)
        assert ".unfinished" not in done.stdout, done.stdout
        if codes[0] == "1":
            # A tokenizer writes its own file, and says it in its own words.
            by_tokenizer = "tokenizer.json" in done.stderr and "is the disk full" in done.stderr
            assert by_tokenizer or "No space left on device" in done.stderr and "free some space" in done.stderr, done.stderr
            ran_full.add(re.search(r"cannot write \S*/(\w+)-[^/]*/", done.stderr).group(1))
        else:
            assert codes[0] == "0"
    assert len(ran_full) >= 2, ran_full


def live_line(folder):
    """What a terminal of 80 columns sees of a slow preparation."""
    file = midi_experiment(folder, "shown")
    process, terminal = start_on_terminal("prepare", file, "--output", folder / "live", "--threads", 2)
    seen = shown_to_the_end(terminal)
    assert process.wait(timeout=300) == 0
    return seen.decode()


def check_progress(folder):
    seen = live_line(folder)
    assert "\r" in seen and re.search(r"corpus: converting, \d+ of 40 files, [\d.]+/s, \d+(\.\d)? s left", seen), seen
    assert re.search(r"corpus: documents made, 40\.?0? documents in [\d.]+ s \(there is none yet\)", seen), seen


def check_kills(folder):
    """Killed at any moment, whatever the stage: the next call goes on and ends with the same files."""
    write_tunes(folder / "many.abc", 20000)
    file, whole, killed = experiment(folder, path="many.abc"), folder / "kills-whole", folder / "kills"
    begin = time.monotonic()
    prepare(file, whole)
    seconds = time.monotonic() - begin
    draw = random.Random(3)
    for _ in range(12):
        kill_after(draw.uniform(0.02, 0.6) * seconds, file, killed)
    prepare(file, killed)
    got, expected = packed_files(killed), packed_files(whole)
    assert got.keys() == expected.keys(), set(got) ^ set(expected)
    assert got == expected, [name for name in got if got[name] != expected[name]]


def check_errors(folder):
    for more, code, words in (
        (["--set", "dataset.path=/no/such/place"], 2, "no such file or folder: /no/such/place"),
        (["--set", "filter.min_characters=1000000"], 1, "no document is left to train on"),
        (["--threads", "-1"], 2, "--threads is -1"),
        (["--outcomes", ""], 2, "--outcomes is empty"),
    ):
        result = prepare(experiment(folder), folder / "errors", *more, check=False)
        assert result.returncode == code and words in result.stderr, (result.returncode, result.stderr)
    result = prepare(experiment(folder), "", check=False)
    assert result.returncode == 2 and "--output is empty" in result.stderr, (result.returncode, result.stderr)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tunes(folder / "tunes.abc", 300)
        for check in (check_numbers, check_study, check_stages, check_duplicates, check_two_processes, check_errors, check_vanishing,
                      check_full_disk, check_progress, check_kills, check_kill_and_interrupt):
            check(folder)
            print(f"{check.__name__}: passed")


main()
