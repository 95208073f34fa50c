"""Studies as their users run them: points that are chosen, runs side by side, parts of a study, what is killed and goes on."""
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import h5py

from etude_program import etude, experiment_head, start, wait_until, write_tunes

SETTINGS = """
[architecture]
plugin = "gpt"
n_layer = 1
n_head = 2
n_embd = 16
[training]
steps = {steps}
batch_size = 8
context_length = 32
threads = 1
{training}
[study]
{study}
"""
MODELS = """axes.model = [ { label = "small", architecture.n_embd = 16 }, { label = "large", architecture.n_embd = 32 } ]
"""
RATES = """axes.rate = [
  { label = "low", training.learning_rate = 1e-4 },
  { label = "good", training.learning_rate = 5e-3 },
  { label = "middle", training.learning_rate = 1e-3 },
  { label = "absurd", training.learning_rate = 1e30 },
]
"""
WHOLE = "step-*[0-9]"  # a checkpoint that is written, not step-20.something that is about to be
SEEDS = "axes.seed = [ { training.seed = 1 }, { training.seed = 2 } ]\n"


def write_study(directory, name, study, steps=30, training=""):
    file = directory / f"{name}.toml"
    file.write_text(experiment_head(name) + SETTINGS.format(steps=steps, training=training, study=study))
    return file


def run(experiment, *arguments, check=True):
    return etude("run", experiment, "--output", experiment.parent / "runs", *arguments, check=check)


def runs_of(study):
    """The run directories of a study by their labels."""
    return {path.name.rpartition("-")[0]: path for path in study.iterdir() if (path / "journal.jsonl").exists()}


def state_of(run_directory):
    with h5py.File(run_directory / "run.h5") as file:
        return str(file.attrs["state"])


def last_loss(run_directory):
    with h5py.File(run_directory / "run.h5") as file:
        return float(file["validation/loss"][-1])


def provenance(run_directory, name):
    with h5py.File(run_directory / "run.h5") as file:
        return file["provenance"][name].asstr()[()]


def table_of(study, group, *columns):
    """Rows of one table of study.h5."""
    with h5py.File(study / "study.h5") as file:
        read = [file[group][c].asstr()[...] if file[group][c].dtype.kind == "O" else file[group][c][...] for c in columns]
    return list(zip(*(list(column) for column in read)))


def weights_of(run_directory):
    newest = max((run_directory / "checkpoints").glob("step-*"), key=lambda path: int(path.name[5:]))
    return hashlib.sha256((newest / "model.safetensors").read_bytes()).hexdigest()


def children_of(process):
    """Of a program that goes on: {label: process id} of the runs that it has started."""
    children = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == process.pid:
                arguments = (entry / "cmdline").read_bytes().decode().split("\0")
                if "--only" in arguments:
                    children[arguments[arguments.index("--only") + 1]] = int(entry.name)
        except (FileNotFoundError, ProcessLookupError):
            pass  # it has ended meanwhile
    return children


def has_ended(process_id):
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def signal_waits(process_id, number):
    """Whether a process that stands still has been sent a signal."""
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("ShdPnd:"):
            return bool(int(line.split()[1], 16) >> (number - 1) & 1)
    return False


def the_best_rate_is_chosen_where_all_are_tried_and_serves_the_rest(directory):
    study = MODELS + RATES + SEEDS + 'select.rate = { by = "validation_loss", at = { seed = "seed-1" } }'
    experiment = write_study(directory, "tuned", study)
    result = run(experiment)
    runs = runs_of(directory / "runs" / "tuned")
    chosen = {}
    for model in ("small", "large"):
        tried = {rate: runs[f"{model}_{rate}_seed-1"] for rate in ("low", "good", "middle", "absurd")}
        assert state_of(tried.pop("absurd")) == "failed"
        chosen[model] = min(tried, key=lambda rate: last_loss(tried[rate]))
    # What was not chosen was not run with the other seed.
    assert set(runs) == {f"{model}_{rate}_seed-1" for model in chosen for rate in ("low", "good", "middle", "absurd")} | {
        f"{model}_{rate}_seed-2" for model, rate in chosen.items()}, sorted(runs)
    found = table_of(directory / "runs/tuned", "choices", "axis", "combination", "label", "by", "at_edge")
    # "good" is the last of the rates that did not fail, and yet not the last of the grid.
    assert found == [("rate", model, chosen[model], "validation_loss", int(chosen[model] == "low")) for model in chosen], found
    losses = [value for value, in table_of(directory / "runs/tuned", "choices", "value")]
    assert losses == [last_loss(runs[f"{model}_{rate}_seed-1"]) for model, rate in chosen.items()]
    planned = {label: (run_id, bool(counts)) for label, run_id, counts in
               table_of(directory / "runs/tuned", "planned", "label", "id", "selected")}
    assert {label: run_id for label, (run_id, _) in planned.items()} == {label: path.name for label, path in runs.items()}
    counting = {label for label, (_, counts) in planned.items() if counts}
    assert counting == {f"{model}_{rate}_seed-{seed}" for model, rate in chosen.items() for seed in (1, 2)}, counting
    # Runs that were only tried may fail.
    assert "rate absurd is passed over for small" in result.stderr, result.stderr
    assert "absurd" not in result.stdout, result.stdout

    # Nothing is done twice, and what is missing is made again; the choice stays.
    shutil.rmtree(runs["small_low_seed-1"])
    before = last_loss(runs["small_good_seed-1"])
    again = run(experiment)
    assert "8 runs are done already" not in again.stderr and "5 runs are done already" in again.stderr, again.stderr
    assert last_loss(runs["small_good_seed-1"]) == before and state_of(runs["small_low_seed-1"]) == "done"

    # A damaged run is told, and takes nothing with it.
    journal = runs["small_low_seed-1"] / "journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:5] + ["no event\n"] + lines[6:]))
    damaged = run(experiment)
    assert "journal.jsonl:6: damaged line" in damaged.stderr and "rate low is passed over for small" in damaged.stderr, damaged.stderr


def the_best_at_the_edge_of_its_grid_is_warned_of(directory):
    rates = RATES.replace('{ label = "absurd", training.learning_rate = 1e30 },', "")
    result = run(write_study(directory, "edge", rates + 'select.rate = "validation_loss"'))
    assert "the best rate stands at the edge of its grid: good; a better one may lie beyond" in result.stderr, result.stderr
    assert "at the edge of the grid" in result.stdout, result.stdout


def a_study_tells_its_plan_before_it_trains(directory):
    study = MODELS + RATES + SEEDS + 'select.rate = { by = "validation_loss", at = { seed = "seed-1" } }'
    experiment = write_study(directory, "planned", study, steps=100_000)
    process = start("run", experiment, "--output", directory / "runs", stderr=subprocess.PIPE, text=True)
    wait_until(lambda: (directory / "runs/planned/study.h5").exists(), process)
    labels = [label for label, in table_of(directory / "runs/planned", "planned", "label")]
    process.kill()
    process.communicate()
    assert labels == [f"{model}_{rate}_seed-1" for model in ("small", "large") for rate in ("low", "good", "middle", "absurd")] + [
        "small_?_seed-2", "large_?_seed-2"], labels


def only_some_runs_of_a_study(directory):
    experiment = write_study(directory, "part", MODELS + SEEDS + 'finish = ["fit"]')
    result = run(experiment, "--only", "small_*", "--only", "large_seed-2")
    assert set(runs_of(directory / "runs/part")) == {"small_seed-1", "small_seed-2", "large_seed-2"}
    assert "1 run of the study is left out by --only" in result.stderr, result.stderr
    assert "alpha" not in result.stdout, result.stdout
    refused = run(experiment, "--only", "smal_seed-1", check=False)
    assert refused.returncode == 2 and "did you mean small_seed-1?" in refused.stderr, refused.stderr
    # A choice for which not everything has been tried is not made.
    tuned = write_study(directory, "part-tuned", RATES + SEEDS + 'select.rate = { by = "validation_loss", at = { seed = "seed-1" } }')
    waiting = run(tuned, "--only", "good_*")
    assert set(runs_of(directory / "runs/part-tuned")) == {"good_seed-1"}
    assert "1 run that --only names waits for a choice among runs that it leaves out" in waiting.stderr, waiting.stderr
    assert "4 runs of the study are left out by --only" in waiting.stderr, waiting.stderr
    assert table_of(directory / "runs/part-tuned", "choices", "label") == []


def side_by_side_is_one_after_the_other(directory):
    budgets = 'axes.budget = [ { label = "long", training.steps = 60 }, { label = "short", training.steps = 30 } ]\n'
    study = MODELS + budgets
    alone = write_study(directory, "alone", study, training='schedule = "wsd"')
    run(alone)
    beside = write_study(directory, "beside", study, training='schedule = "wsd"')
    result = run(beside, "--jobs", 2)
    one, two = runs_of(directory / "runs/alone"), runs_of(directory / "runs/beside")
    assert set(one) == set(two) == {"small_long", "small_short", "large_long", "large_short"}, (one, two)
    for label in one:
        assert weights_of(one[label]) == weights_of(two[label]), label
        assert (provenance(one[label], "jobs"), provenance(two[label], "jobs")) == ("1", "2")
        # Parents come first, so that branches find them.
        if label.endswith("long"):
            assert provenance(two[label], "parent").startswith(two[label.replace("long", "short")].name), label
    assert "small_long: done, validation loss" in result.stderr, result.stderr
    shown = etude("inspect", two["small_long"]).stdout
    assert "beside other runs" in shown and "beside other runs" not in etude("inspect", one["small_long"]).stdout, shown


def what_a_run_says_is_passed_on(directory):
    study = 'axes.rate = [ { label = "good", training.learning_rate = 5e-3 }, { label = "absurd", training.learning_rate = 1e30 } ]'
    result = run(write_study(directory, "failing", study), "--jobs", 2, "--retry", check=False)
    assert result.returncode == 1, result.stderr
    assert "absurd: step 2: the loss is" in result.stderr and "lower training.learning_rate" in result.stderr, result.stderr
    assert result.stderr.count("absurd: is tried once more") == 1 and "good: is tried" not in result.stderr, result.stderr
    runs = runs_of(directory / "runs/failing")
    assert (state_of(runs["good"]), state_of(runs["absurd"])) == ("done", "failed")


def start_jobs(experiment, *arguments, stand_still=True):
    """Starts a study of two runs side by side and waits until both have written a checkpoint; then they stand still."""
    study = experiment.parent / "runs" / experiment.stem
    process = start("run", experiment, "--output", experiment.parent / "runs", "--jobs", 2, *arguments, stderr=subprocess.PIPE, text=True)
    for label in ("small", "large"):
        wait_until(lambda: any(study.glob(f"{label}-*/checkpoints/{WHOLE}")), process)
        if stand_still:
            os.kill(children_of(process)[label], signal.SIGSTOP)
    return process, children_of(process), study


def a_run_that_is_killed_takes_no_other_with_it(directory):
    for retry in (False, True):
        experiment = write_study(directory, f"killed-{retry}", MODELS, steps=1000, training="checkpoint_every = 20")
        process, children, study = start_jobs(experiment, *(["--retry"] if retry else []))
        os.kill(children["small"], signal.SIGKILL)
        os.kill(children["large"], signal.SIGCONT)
        message = process.communicate(timeout=600)[1]
        runs = runs_of(study)
        assert "small: its process was ended by signal 9" in message, message
        assert state_of(runs["large"]) == "done", message
        assert process.returncode == (0 if retry else 1), message
        if not retry:
            run(experiment)
        assert state_of(runs["small"]) == "done"
        with h5py.File(runs["small"] / "run.h5") as file:
            assert int(file["resumes/step"][0]) >= 20 and list(file["train/step"]) == list(range(1, 1001))


def ctrl_c_reaches_every_run(directory):
    peaceful = write_study(directory, "peaceful", MODELS, steps=800)
    run(peaceful, "--jobs", 2)
    experiment = write_study(directory, "stopped", MODELS, steps=800, training="checkpoint_every = 20")
    process, children, study = start_jobs(experiment)
    process.send_signal(signal.SIGINT)
    # They go on once each has been told.
    wait_until(lambda: all(signal_waits(child, signal.SIGTERM) for child in children.values()), process)
    for child in children.values():
        os.kill(child, signal.SIGCONT)
    message = process.communicate(timeout=600)[1]
    assert process.returncode == 130, (process.returncode, message)
    assert "goes on from here" in message, message
    runs = runs_of(study)
    assert all(has_ended(child) for child in children.values())
    assert {state_of(path) for path in runs.values()} == {"interrupted"}
    run(experiment, "--jobs", 2)
    whole = runs_of(directory / "runs/peaceful")
    assert {label: weights_of(path) for label, path in runs.items()} == {label: weights_of(path) for label, path in whole.items()}


def runs_end_with_a_checkpoint_when_their_study_is_killed(directory):
    experiment = write_study(directory, "orphans", MODELS, steps=1_000_000, training="checkpoint_every = 20")
    # The system ends processes that stand still when the one that started them has ended: these go on.
    process, children, study = start_jobs(experiment, stand_still=False)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 300
    while not all(has_ended(child) for child in children.values()):
        assert time.monotonic() < deadline, "a run outlives the study that started it"
        time.sleep(0.01)
    for path in runs_of(study).values():
        assert state_of(path) == "interrupted" and any((path / "checkpoints").glob(WHOLE))


def a_study_ends_as_it_says_and_loses_no_run_by_it(directory):
    # One run is too few for any law: that is said, and the runs are there.
    experiment = write_study(directory, "ends", 'finish = ["fit", "report"]')
    result = run(experiment)
    assert "the runs are done, but the study's fit cannot be made" in result.stderr, result.stderr
    assert (directory / "runs/ends/report.html").exists(), result.stderr
    # Three sizes are enough for a line.
    models = "axes.model = [ " + ", ".join(f'{{ label = "m{n}", architecture.n_embd = {n} }}' for n in (16, 24, 32)) + " ]\n"
    result = run(write_study(directory, "fitted", models + 'finish = ["fit"]'))
    assert "alpha" in result.stdout, result.stdout
    assert not (directory / "runs/fitted/report.html").exists()
    with h5py.File(directory / "runs/fitted/study.h5") as file:
        assert "alpha" in file["fits/json"].asstr()[()], list(file)
        assert len(file["planned/label"]) == 3 and len(file["runs"]) == 3


def wrong_options_are_refused(directory):
    experiment = write_study(directory, "refused", MODELS)
    for arguments, reason in ((("--jobs", 0), "--jobs is 0"), (("--jobs", -1), "--jobs is -1"), (("--only", ""), "no run of the study"),
                              (("--job-of", 2), "--job-of")):
        refused = run(experiment, *arguments, check=False)
        assert refused.returncode == 2 and reason in refused.stderr, refused.stderr
    assert not (directory / "runs" / "refused").exists()


def main():
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        write_tunes(directory / "tunes.abc", 60)
        for behaviour in (the_best_rate_is_chosen_where_all_are_tried_and_serves_the_rest, the_best_at_the_edge_of_its_grid_is_warned_of,
                          a_study_tells_its_plan_before_it_trains, only_some_runs_of_a_study, side_by_side_is_one_after_the_other,
                          what_a_run_says_is_passed_on, a_run_that_is_killed_takes_no_other_with_it, ctrl_c_reaches_every_run,
                          runs_end_with_a_checkpoint_when_their_study_is_killed, a_study_ends_as_it_says_and_loses_no_run_by_it,
                          wrong_options_are_refused):
            began = time.monotonic()
            behaviour(directory)
            print(f"ok: {behaviour.__name__.replace('_', ' ')} ({time.monotonic() - began:.1f} s)")


if __name__ == "__main__":
    main()
