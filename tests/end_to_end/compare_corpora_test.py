"""Runs on different corpora side by side: what `compare`, `check`, `inspect` and run.h5 say of them is what `prepare` says."""
import csv
import io
import json
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


def main():
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
        # One validation text under three tokenizers: bits per character compare, but not of the one that does not know all characters.
        assert runs["few"]["lossy"] and "bits_per_character" not in runs["few"]["best"]
        assert sum("bits_per_character" in run["best"] for run in runs.values()) == 1
        assert not any("validation_loss" in run["best"] for run in runs.values())
        table = etude("compare", output / "corpora").stdout
        assert "bits per character are not ranked" not in table and "corpus of" in table and "leakage val." in table, table
        rows = list(csv.DictReader(io.StringIO(etude("compare", output / "corpora", "--format", "csv").stdout)))
        assert {row["label"]: float(row["unknown_share"]) for row in rows} == {label: run["unknown_share"] for label, run in runs.items()}
        print(table)


main()
