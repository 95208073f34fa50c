"""The metrics of music as a user meets them: check counts their texts, run keeps verdicts and files, inspect, compare and evaluate show them."""
import json
import math
import tempfile
from pathlib import Path

import h5py

from etude_program import etude, experiment_head, write_tunes

SAMPLES, TOKENS = 40, 200
METRIC = '[[metric]]\nplugin = "{}"\nsamples = {}\ntokens = {}\nsampling = {{ temperature = 0.8 }}\n'
EXPERIMENT = """
[architecture]
plugin = "lstm"
hidden_size = 64
dropout = 0.0
[training]
steps = 500
batch_size = 16
context_length = 48
learning_rate = 1e-2
threads = 1
{metrics}
[study]
axes.seed = [ {{ training.seed = 1 }}, {{ training.seed = 2 }} ]
"""


def wilson(successes, trials):
    """Wilson, 1927: the solutions p of |share - p| = z sqrt(p (1 - p) / n), a quadratic equation."""
    z = 1.959963984540054
    a, b, c = trials + z * z, -(2 * successes + z * z), successes * successes / trials
    root = math.sqrt(max(0.0, b * b - 4 * a * c))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def cut(text):
    """The protocol of the study, in Python's words."""
    begin = text.find("X:")
    if begin < 0:
        return ""
    lines = text[begin:].split("\n")
    for number, line in enumerate(lines[:-1]):
        if number and not line.strip():
            return "\n".join(lines[:number]) + "\n"
    return text[begin:]


def write_experiment(directory, name="music", samples=SAMPLES):
    metrics = "".join(METRIC.format(plugin, samples, TOKENS) for plugin in ("abc_validity", "midi_export"))
    file = directory / f"{name}.toml"
    file.write_text(experiment_head(name) + EXPERIMENT.format(metrics=metrics))
    return file


def texts_of(file, source):
    samples = file["samples"]
    sources = samples["source"].asstr()[()]
    columns = [samples[name].asstr()[()] for name in ("text", "verdict", "file")]
    return [row for row, own in zip(zip(*columns), sources) if own == source]


def variable_length(data, at):
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def notes_begun(data):
    """Note-ons of a MIDI file, read by hand."""
    assert data[:4] == b"MThd" and int.from_bytes(data[4:8], "big") == 6, data[:8]
    tracks, at, notes = int.from_bytes(data[10:12], "big"), 14, 0
    for _ in range(tracks):
        assert data[at:at + 4] == b"MTrk"
        at, end, status = at + 8, at + 8 + int.from_bytes(data[at + 4:at + 8], "big"), 0
        while at < end:
            _, at = variable_length(data, at)
            if data[at] & 0x80:
                status, at = data[at], at + 1
            if status in (0xFF, 0xF0, 0xF7):
                at += status == 0xFF
                length, at = variable_length(data, at)
                at += length
                continue
            notes += status >> 4 == 9 and data[at + 1] > 0
            at += 1 if status >> 4 in (0xC, 0xD) else 2
        assert at == end
    assert at == len(data)
    return notes


def check_counts_the_texts(directory):
    few = json.loads(etude("check", write_experiment(directory), "--json", cwd=directory).stdout)
    many = json.loads(etude("check", write_experiment(directory, samples=4000), "--json", cwd=directory).stdout)
    seconds = [plan["runs"][0]["estimate"]["metric_seconds"] for plan in (few, many)]
    assert seconds[0] > 0, seconds
    assert 15 < seconds[1] / seconds[0] < 250, seconds  # 125 batches of 32 texts for 2, and machines that do other things


def a_run_keeps_verdicts_and_files(directory):
    experiment = write_experiment(directory)
    etude("run", experiment, "--output", directory / "runs")
    runs = sorted(path for path in (directory / "runs" / "music").iterdir() if path.is_dir())
    assert len(runs) == 2, runs
    for run in runs:
        with h5py.File(run / "run.h5") as file:
            validity, exported = texts_of(file, "abc_validity"), texts_of(file, "midi_export")
            assert len(validity) == len(exported) == SAMPLES
            assert [row[0] for row in validity] == [row[0] for row in exported], "the metrics did not share their texts"
            counted = {"abc_validity": sum(row[1].startswith("valid") for row in validity),
                       "midi_export": sum(row[1] == "exported" for row in exported),
                       "has_tune": sum("X:" in row[0] for row in validity)}
            assert counted["has_tune"] > SAMPLES / 4 and counted["midi_export"] > 0, "the model has learned too little for this test"
            for name, count in counted.items():
                stored = file["metrics/midi_export" if name == "midi_export" else "metrics/abc_validity"][name]
                assert stored["value"][()] == count / SAMPLES, (name, count)
            for metric in ("abc_validity", "midi_export"):
                intervals_are_wilsons(file["metrics"][metric])
            table = file["tables/midi_export/outcomes"]
            assert table["samples"][()].sum() == SAMPLES
            assert "copied" in file["metrics/abc_validity"] and "copied_test" in file["metrics/abc_validity"]
        for text, _, name in validity:
            assert (run / name).read_bytes().decode() == cut(text) if "X:" in text else name == ""
        for _, verdict, name in exported:
            assert (verdict == "exported") == (name != "")
            if name:
                notes = notes_begun((run / name).read_bytes())
                checked = etude("abc", "check", (run / name).with_suffix(".abc")).stdout
                assert f": ok, {notes} note" in checked, (name, notes, checked)
    return runs


def intervals_are_wilsons(group):
    rates = 0
    for name, scalar in group.items():
        value, low, high = (scalar[part][()] for part in ("value", "low", "high"))
        if not scalar.attrs["is_share"] or math.isnan(low) or name.startswith("copied"):
            continue
        rates += 1
        expected = wilson(round(value * SAMPLES), SAMPLES)
        assert abs(low - expected[0]) < 1e-9 and abs(high - expected[1]) < 1e-9, (name, value, low, high, expected)
    assert rates >= 1


def commands_show_what_was_found(directory, runs):
    shown = etude("inspect", runs[0]).stdout
    assert "midi_export.midi_export" in shown and f"{SAMPLES} texts" in shown and "outcome" in shown, shown
    listed = etude("inspect", runs[0], "--samples").stdout
    assert listed.count("% after step 500, abc_validity: ") == SAMPLES, listed
    as_json = json.loads(etude("inspect", runs[0], "--samples", "--json").stdout)
    assert len(as_json["samples"]) == 2 * SAMPLES and as_json["tables"]["midi_export"]["outcomes"]["outcome"]
    compared = etude("compare", directory / "runs" / "music").stdout
    line = next(line for line in compared.splitlines() if line.startswith("run ") and "abc_validity" in line)
    assert "midi_export" in line and "95 %" in line, compared
    entries = json.loads(etude("compare", directory / "runs" / "music", "--format", "json").stdout)
    for entry in entries:
        assert entry["metrics"]["midi_export"]["low"] <= entry["metrics"]["midi_export"]["value"], entry


def evaluate_finds_the_same(run):
    with h5py.File(run / "run.h5") as file:
        recorded = {f"{metric}.{name}": scalar["value"][()] for metric in file["metrics"] for name, scalar in file["metrics"][metric].items()}
        before = [name.decode() for name in file["samples/file"][()]]
    again = json.loads(etude("evaluate", run, "--json").stdout)
    for name, value in recorded.items():
        metric, scalar = name.split(".")
        assert again["metrics"][metric][scalar]["value"] == value, (name, value)
    assert len(again["samples"]["abc_validity"]) == SAMPLES
    assert (run / "samples" / "evaluated-step-500" / "set-1").is_dir()
    assert all((run / name).exists() for name in before if name), "evaluate touched the run's own files"


with tempfile.TemporaryDirectory() as name:
    place = Path(name)
    write_tunes(place / "tunes.abc", 80)
    check_counts_the_texts(place)
    both = a_run_keeps_verdicts_and_files(place)
    commands_show_what_was_found(place, both)
    evaluate_finds_the_same(both[0])
