"""Runs on different corpora side by side: what `compare`, `check`, `inspect` and run.h5 say of them is what `prepare` says."""
import csv
import io
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

from etude_program import etude, write_tunes

try:
    import h5py
except ImportError as error:
    print(f"SKIPPED: {error} (tools/setup --tests installs it)")
    sys.exit(77)

EXPERIMENT = """
name = "corpora"
[dataset]
plugin = "abc_files"
path = "tunes.abc"
[split]
train = 0.8
validation = 0.1
test = 0.1
method = "shuffle"
[architecture]
plugin = "lstm"
hidden_size = 8
num_layers = 1
[training]
steps = 2
batch_size = 2
context_length = 32
device = "cpu"
threads = 1
[[study.axes.tokens]]
label = "char"
tokenizer = { plugin = "char", vocab_size = 96 }
[[study.axes.tokens]]
label = "few"
tokenizer = { plugin = "char", vocab_size = 12 }
[[study.axes.tokens]]
label = "byte"
tokenizer = { plugin = "byte" }
"""


def write_tunes_with_twins(file):
    """60 tunes, every second one a copy of the one before: twins fall into other splits."""
    write_tunes(file, 30)
    tunes = Path(file).read_text().strip().split("\n\n")
    copies = [tune for tune in tunes for _ in range(2)]
    Path(file).write_text("\n\n".join(tune.replace("T:Tune", f"T:Copy {number} of") for number, tune in enumerate(copies)) + "\n")


def write_midi(file, seed):
    """A single voice of 40 quarter notes."""
    draw, track = random.Random(seed), b""
    for _ in range(40):
        pitch = draw.randrange(55, 80)
        track += bytes([0, 0x90, pitch, 80, 96, 0x80, pitch, 0])
    track += b"\0\xff\x2f\0"
    file.write_bytes(b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + len(track).to_bytes(4, "big") + track)


def check_transposition():
    """Variants count as training tokens, not as unique ones, and are no other corpus' validation text."""
    if shutil.which("midi2abc") is None:
        print("no midi2abc: transposition is not looked at")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "music").mkdir()
        for number in range(30):
            write_midi(folder / "music" / f"{number:02}.mid", number)
        file, output = folder / "moved.toml", folder / "runs"
        midi = EXPERIMENT.replace("abc_files", "midi_files").replace("tunes.abc", "music").split("[[study")[0]
        file.write_text(midi + """[tokenizer]
plugin = "byte"
[[study.axes.key]]
label = "moved"
dataset = { transpose_semitones = [-2, 0, 3] }
[[study.axes.key]]
label = "plain"
""")
        result = etude("prepare", file, "--output", output, "--json")
        moved, plain = json.loads(result.stdout)["corpora"]
        assert moved["transpositions"] == [-2, 3] and plain["transpositions"] == []
        train = moved["splits"]["train"]
        assert train["documents"] == 24 and train["variants"] == 48 == moved["outcomes"]["transposed"]
        assert moved["unique_train_tokens"] == plain["unique_train_tokens"] == plain["splits"]["train"]["tokens"] < train["tokens"]
        with h5py.File(moved["file"]) as h5:
            assert list(h5["splits/documents"]) == [24, 3, 3] and list(h5["splits/variants"]) == [48, 0, 0]
            assert list(h5["splits/unique_tokens"])[0] == moved["unique_train_tokens"] and h5.attrs["transpositions"] == "-2 3"
        assert "48 in training, moved by these semitones: -2 3" in etude("prepare", file, "--output", output).stdout
        assert "of the training tokens are unique, the others their transpositions" in etude("check", file, "--output", output).stdout
        etude("run", file, "--output", output)
        compared = json.loads(etude("compare", output / "corpora", "--json").stdout)
        runs = {run["label"]: run for run in compared}
        assert runs["moved"]["transpositions"] == "-2 3" and runs["moved"]["training_tokens"] == train["tokens"]
        assert runs["moved"]["unique_training_tokens"] == runs["plain"]["unique_training_tokens"] == moved["unique_train_tokens"]
        # The text that both are validated on is the same, so one of them is the better.
        assert sum("bits_per_character" in run["best"] for run in runs.values()) == 1
        table = etude("compare", output / "corpora").stdout
        assert "-2 3" in table and "with variants" in table, table


def check_tokenizers():
    """Three tokenizers over one text with many twins."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tunes_with_twins(folder / "tunes.abc")
        file, output = folder / "experiment.toml", folder / "runs"
        file.write_text(EXPERIMENT)
        corpora = json.loads(etude("prepare", file, "--output", output, "--json").stdout)["corpora"]
        facts = {corpus["variants"][0]: corpus for corpus in corpora}
        assert set(facts) == {"char", "few", "byte"}

        checked = json.loads(etude("check", file, "--output", output, "--json").stdout)["corpora"]
        by_fingerprint = {corpus["fingerprint"]: corpus for corpus in checked}
        for label, corpus in facts.items():
            known, validation = by_fingerprint[corpus["fingerprint"]], corpus["splits"]["validation"]
            assert known["unknown_share"] == validation["unknown_share"], label
            assert known["tokens_per_character"] == validation["tokens_per_character"], label
            assert known["unique_train_tokens"] == corpus["unique_train_tokens"] == corpus["splits"]["train"]["tokens"]
            assert known["validation_leakage"] == validation["leakage"] and known["test_leakage"] == corpus["splits"]["test"]["leakage"]
            assert known["transpositions"] == []
        assert "near twins in training: " in etude("check", file, "--output", output).stdout

        # The tunes say what the numbers must be.
        assert all(corpus["splits"][split]["leakage"] > 0.3 for corpus in corpora for split in ("validation", "test")), "twins are not seen"
        assert facts["char"]["duplicates"] == {"groups": 30, "documents": 60}, facts["char"]["duplicates"]
        assert facts["char"]["splits"]["validation"]["unknown"] == facts["byte"]["splits"]["validation"]["unknown"] == 0
        assert facts["few"]["splits"]["validation"]["unknown_share"] > 0.05

        etude("run", file, "--output", output)
        runs = {run["label"]: run for run in json.loads(etude("compare", output / "corpora", "--format", "json").stdout)}
        for label, run in runs.items():
            corpus, validation = facts[label], facts[label]["splits"]["validation"]
            assert run["corpus"] == corpus["fingerprint"] and run["transpositions"] == "none"
            assert run["training_tokens"] == run["unique_training_tokens"] == corpus["unique_train_tokens"]
            assert run["tokens_per_character"] == validation["tokens_per_character"]
            assert run["unknown_share"] == validation["unknown_share"]
            assert run["validation_leakage"] == validation["leakage"] and run["test_leakage"] == corpus["splits"]["test"]["leakage"]
            with h5py.File(Path(run["directory"]) / "run.h5") as h5:
                for key, value in (("train_unique_tokens", corpus["unique_train_tokens"]), ("train_variants", 0), ("transpositions", 0),
                                   ("validation_tokens_per_character", validation["tokens_per_character"]),
                                   ("validation_leakage_share", validation["leakage"]), ("duplicate_groups", 30), ("duplicate_documents", 60),
                                   ("validation_documents", validation["documents"]), ("vocabulary_used", corpus["vocabulary_used"])):
                    assert h5[f"corpus/{key}"][()] == value, (label, key)
                assert len(h5["provenance/validation_text"].asstr()[()]) == 64
            assert "validation_leakage_share" in etude("inspect", run["directory"]).stdout
            assert "recorded no texts" in etude("inspect", run["directory"], "--samples").stderr
        # One validation text under three tokenizers: bits per character compare, but not of the one that does not know all characters.
        assert runs["few"]["lossy"] and "bits_per_character" not in runs["few"]["best"]
        assert sum("bits_per_character" in run["best"] for run in runs.values()) == 1
        assert not any("validation_loss" in run["best"] for run in runs.values())
        table = etude("compare", output / "corpora").stdout
        assert "bits per character are not ranked" not in table and "corpus of" in table and "leakage val." in table, table
        rows = list(csv.DictReader(io.StringIO(etude("compare", output / "corpora", "--format", "csv").stdout)))
        assert {row["label"]: float(row["unknown_share"]) for row in rows} == {label: run["unknown_share"] for label, run in runs.items()}


for check in (check_tokenizers, check_transposition):
    check()
    print(f"{check.__name__}: passed")
