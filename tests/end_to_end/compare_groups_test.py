"""`etude compare` on a study with seeds, against what numpy makes of the same run files; and --watch while a study goes."""
import json
import os
import re
import signal
import subprocess
import tempfile
from itertools import takewhile
from pathlib import Path

import h5py
import numpy

from etude_program import etude, experiment_head, shown_to_the_end, start, start_on_terminal, wait_until, write_tunes

EXPERIMENT = """
[training]
steps = {steps}
batch_size = 8
context_length = 32
learning_rate = 3e-3
threads = 1
[study]
axes.model = [
  {{ label = "gpt", architecture = {{ plugin = "gpt", n_layer = 1, n_head = 2, n_embd = 32 }} }},
  {{ label = "lstm", architecture = {{ plugin = "lstm", hidden_size = 32 }} }},
]
axes.seed = [{{ training.seed = 1 }}, {{ training.seed = 2 }}]
"""
STUDENT = 4.302653  # 97.5 % of Student's distribution with 2 degrees of freedom lie below
ENDLESS = 1_000_000  # steps of a study that the test ends


def write_experiment(directory, name, steps):
    file = directory / f"{name}.toml"
    file.write_text(experiment_head(name) + EXPERIMENT.format(steps=steps))
    return file


def read_runs(study):
    """By model: the losses of its seeds, and of each seed the nats and tokens of each document's windows."""
    models = {}
    for folder in sorted(path for path in study.iterdir() if path.is_dir()):
        with h5py.File(folder / "run.h5") as file:
            axes = dict(zip(file["config/axes/axis"].asstr()[...], file["config/axes/label"].asstr()[...]))
            windows = {name: column[...] for name, column in file["validation/windows"].items()}
            loss = float(file["validation/loss"][-1])
        count = windows["document"].max() + 1
        nats = numpy.bincount(windows["document"], windows["loss"] * windows["tokens"], count)
        tokens = numpy.bincount(windows["document"], windows["tokens"], count)
        models.setdefault(axes["model"], []).append((loss, nats, tokens))
    return models


def bootstrapped_error(models):
    """Standard error over documents of the difference of the models' mean losses, drawn document by document for all runs at once."""
    random = numpy.random.default_rng(5)
    documents = len(models["gpt"][0][1])
    differences = []
    for _ in range(4000):
        drawn = random.integers(0, documents, documents)
        means = {model: numpy.mean([nats[drawn].sum() / tokens[drawn].sum() for _, nats, tokens in seeds])
                 for model, seeds in models.items()}
        differences.append(means["gpt"] - means["lstm"])
    return numpy.std(differences)


def groups_are_what_numpy_makes_of_the_runs(directory):
    etude("run", write_experiment(directory, "seeds", 20), "--output", directory / "runs")
    study = directory / "runs" / "seeds"
    compared = json.loads(etude("compare", study, "--by", "model", "--baseline", "lstm", "--json").stdout)
    groups = {group["group"]: group for group in compared["groups"]}
    models = read_runs(study)
    for model, seeds in models.items():
        losses = [loss for loss, _, _ in seeds]
        found = groups[model]["validation_loss"]
        assert abs(found["mean"] - numpy.mean(losses)) < 1e-12, (model, found, losses)
        assert abs(found["sd"] - numpy.std(losses, ddof=1)) < 1e-12, (model, found, losses)
    difference = groups["gpt"]["difference"]
    means = {model: numpy.mean([loss for loss, _, _ in seeds]) for model, seeds in models.items()}
    assert abs(difference["value"] - (means["gpt"] - means["lstm"])) < 1e-12
    assert difference["paired"] and difference["over_seeds"]
    variances = {model: numpy.var([loss for loss, _, _ in seeds], ddof=1) for model, seeds in models.items()}
    of_seeds = (variances["gpt"] + variances["lstm"]) / 2 * (1 / 2 + 1 / 2)
    error = numpy.sqrt(of_seeds + bootstrapped_error(models) ** 2)
    half = (difference["high"] - difference["low"]) / 2
    # Between the quantile of many degrees of freedom and that of seeds alone; the text's share moves it.
    assert 0.9 * 1.96 * error < half < 1.1 * STUDENT * error, (half, error)

    best = min(means, key=means.get)
    assert [name for name, group in groups.items() if "validation_loss" in group["best"]] == [best]
    alone = json.loads(etude("compare", *sorted(study.glob("*seed-1*")), "--by", "model", "--baseline", "lstm", "--json").stdout)
    single = {group["group"]: group for group in alone["groups"]}["gpt"]["difference"]
    error = bootstrapped_error({model: seeds[:1] for model, seeds in models.items()})
    half = (single["high"] - single["low"]) / 2
    assert not single["over_seeds"] and 0.9 < half / (2.0 * error) < 1.1, (half, error)

    for form in ("table", "markdown", "csv"):
        shown = etude("compare", study, "--by", "model", "--format", form).stdout
        assert "gpt" in shown and "lstm" in shown and "difference" in shown, shown
    refused = etude("compare", study, "--by", "modell", check=False)
    assert refused.returncode == 2 and "did you mean model?" in refused.stderr, refused.stderr


def start_study(directory, name, steps):
    """Returns once the first run has begun."""
    process = start("run", write_experiment(directory, name, steps), "--output", directory / "runs", stderr=subprocess.PIPE, text=True)
    study = directory / "runs" / name
    wait_until(lambda: any(study.glob("*/journal.jsonl")), process)
    return process, study


def interrupt(process):
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=600)[1]
    assert process.returncode == 130, said


def a_watch_follows_a_study_to_its_end(directory):
    process, study = start_study(directory, "watched", 60)
    process.send_signal(signal.SIGSTOP)  # it waits until the watch has looked at it
    watch = start("compare", study, "--watch", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first = "".join(takewhile(lambda line: "runs done" not in line, watch.stderr))
    process.send_signal(signal.SIGCONT)
    compared, later = watch.communicate(timeout=600)
    shown = first + later
    assert process.wait(timeout=600) == 0
    assert watch.returncode == 0, shown
    for label in ("gpt_seed-1", "gpt_seed-2", "lstm_seed-1", "lstm_seed-2"):
        # What was over before the watch began stands in its first table.
        assert f"{label}: done, validation loss" in shown or re.search(f"{label} +done", shown), shown
        assert label in compared, compared
    assert "* the best of the runs that are done" in compared, compared

    over = etude("compare", study, "--watch", "--by", "model", "--json")
    assert "nothing here is going on" in over.stderr, over.stderr
    assert len(json.loads(over.stdout)["groups"]) == 2


def on_a_terminal_a_table_is_drawn_again_and_again(directory):
    process, study = start_study(directory, "drawn", ENDLESS)
    watch, terminal = start_on_terminal("compare", study, "--watch", stdout=subprocess.DEVNULL)
    shown = b""
    while shown.count(b"running") < 2:
        shown += os.read(terminal, 4096)
    interrupt(process)
    drawings = (shown + shown_to_the_end(terminal)).decode().split("\x1b[J")[1:]
    assert watch.wait(timeout=600) == 0
    assert all(drawing.startswith("run ") for drawing in drawings), drawings
    assert all(drawing.endswith("A") for drawing in drawings[:-1]), drawings  # the cursor goes up to draw over them
    assert "1 interrupted" in drawings[-1] and "running" not in drawings[-1], drawings


def ctrl_c_ends_the_watch_and_not_the_study(directory):
    process, study = start_study(directory, "left", ENDLESS)
    watch = start("compare", study, "--watch", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert any("runs done" in line for line in watch.stderr)  # it has looked, and waits
    watch.send_signal(signal.SIGINT)
    compared, said = watch.communicate(timeout=600)
    assert watch.returncode == 130 and not compared, (watch.returncode, compared, said)
    assert process.poll() is None
    interrupt(process)


def main():
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        write_tunes(directory / "tunes.abc", 300)
        for behaviour in (groups_are_what_numpy_makes_of_the_runs, a_watch_follows_a_study_to_its_end,
                          on_a_terminal_a_table_is_drawn_again_and_again, ctrl_c_ends_the_watch_and_not_the_study):
            behaviour(directory)
            print(f"{behaviour.__name__}: ok")


if __name__ == "__main__":
    main()
