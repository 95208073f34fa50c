"""`etude run` as its users meet it: a study with a run that fails, Ctrl-C, a second call, weights to start from, lower precision."""
import signal
import subprocess
import tempfile
from pathlib import Path

import h5py

from etude_program import etude, experiment_head, only_run, start, wait_until, write_tunes

EXPERIMENT = """
[architecture]
plugin = "gpt"
n_layer = 2
n_head = 2
n_embd = 32
[training]
steps = {steps}
batch_size = 8
context_length = 32
learning_rate = 3e-3
validate_every = 20
threads = 1
{training}
[[metric]]
plugin = "perplexity"
{study}
"""


def write_experiment(directory, name, steps=40, training="", study=""):
    file = directory / f"{name}.toml"
    file.write_text(experiment_head(name) + EXPERIMENT.format(steps=steps, training=training, study=study))
    return file


def last_validation(run):
    with h5py.File(run / "run.h5") as file:
        return float(file["validation/loss"][-1]), float(file["validation/low"][-1]), float(file["validation/high"][-1])


def a_study_goes_on_after_a_run_that_fails(directory):
    study = """[study]
axes.rate = [
  { label = "good", training = { learning_rate = 3e-3 } },
  { label = "absurd", training = { learning_rate = 1e30 } },
  { label = "also-good", training = { learning_rate = 1e-3 } },
]"""
    experiment = write_experiment(directory, "failing", study=study)
    first = etude("run", experiment, "--output", directory / "runs", check=False)
    assert first.returncode == 1, first.stderr
    assert "absurd" in first.stderr and "lower training.learning_rate" in first.stderr, first.stderr
    assert first.stdout.count("done") >= 2 and "failed" in first.stdout, first.stdout
    with h5py.File(directory / "runs" / "failing" / "study.h5") as file:
        states = sorted(str(file["runs"][name].attrs["state"]) for name in file["runs"])
    assert states == ["done", "done", "failed"], states

    second = etude("run", experiment, "--output", directory / "runs", check=False)
    assert second.returncode == 1
    assert "2 runs are done already" in second.stderr, second.stderr
    shown = etude("compare", directory / "runs" / "failing").stdout
    assert "absurd" in shown and "failed" in shown, shown


def ctrl_c_saves_and_the_same_command_goes_on(directory):
    whole = etude("run", write_experiment(directory, "whole", steps=400), "--output", directory / "runs")
    assert "whole" in whole.stdout
    experiment = write_experiment(directory, "stopped", steps=400)
    process = start("run", experiment, "--output", directory / "runs", stderr=subprocess.PIPE, text=True)
    # It is there from the first validation on, at the latest.
    wait_until(lambda: any((directory / "runs" / "stopped").glob("*/run.h5")), process)
    # It stands still until the signal is on its way: small as the model is, on a busy machine it might be done before.
    process.send_signal(signal.SIGSTOP)
    run = only_run(directory / "runs" / "stopped")
    with h5py.File(run / "run.h5") as file:  # any HDF5 tool opens it amid the training
        assert file.attrs["format_version"] == 1
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    message = process.communicate(timeout=300)[1]
    assert process.returncode == 130, (process.returncode, message)
    assert "goes on from here" in message, message
    assert list((run / "checkpoints").glob("step-*")), "no checkpoint was written"
    with h5py.File(run / "run.h5") as file:
        assert str(file.attrs["state"]) == "interrupted"
        assert len(file["train/step"]) < 400

    etude("run", experiment, "--output", directory / "runs")
    weights = [(only_run(directory / "runs" / name) / "checkpoints" / "step-400" / "model.safetensors").read_bytes()
               for name in ("whole", "stopped")]
    assert weights[0] == weights[1], "the interrupted run ended with other weights"


def init_from_begins_where_another_run_ended(directory):
    first = only_run(directory / "runs" / "whole")
    weights = first / "checkpoints" / "step-400" / "model.safetensors"
    experiment = write_experiment(directory, "continued", steps=1, training=f'init_from = "{weights}"')
    etude("run", experiment, "--output", directory / "runs", "--set", "training.learning_rate=1e-12")
    before, after = last_validation(first)[0], last_validation(only_run(directory / "runs" / "continued"))[0]
    assert abs(before - after) < 1e-6, (before, after)

    other = etude("run", experiment, "--output", directory / "runs", "--set", "architecture.n_embd=64", check=False)
    assert other.returncode == 1 and "the model wants" in other.stderr, other.stderr


def bf16_learns_what_fp32_learns(directory):
    losses = {}
    for precision in ("fp32", "bf16"):
        experiment = write_experiment(directory, precision, steps=60, training=f'precision = "{precision}"')
        etude("run", experiment, "--output", directory / "runs")
        losses[precision] = last_validation(only_run(directory / "runs" / precision))[0]
    assert 0 < abs(losses["fp32"] - losses["bf16"]) < 0.05, losses


def evaluate_and_sample_find_the_run_again(directory):
    run = only_run(directory / "runs" / "whole")
    evaluated = etude("evaluate", run).stdout
    with h5py.File(run / "run.h5") as file:
        recorded = float(file["metrics/perplexity/perplexity/value"][()])
    assert f"{recorded:.6f}" in evaluated, (recorded, evaluated)
    texts = [etude("sample", run, "--tokens", 60, "--seed", seed, "--prompt", "X:1\\n").stdout for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert texts[0].startswith("X:1\n")
    refused = etude("sample", run, "--prompt", "Ω", check=False)
    assert refused.returncode == 2 and "'Ω'" in refused.stderr


def a_run_keeps_the_tokenizer_that_it_was_given(directory):
    file = write_experiment(directory, "given", steps=2)
    file.write_text(file.read_text().replace('plugin = "char"\nvocab_size = 64', 'plugin = "bpe"\nfile = "given.json"'))
    learn = ("tokenizer", "train", "--plugin", "bpe", "--output", directory / "given.json", "--set", "vocab_size=300")
    etude(*learn, directory / "tunes.abc")
    etude("run", file, "--output", directory / "runs")
    run = only_run(directory / "runs" / "given")
    (directory / "given.json").unlink()
    etude("sample", run, "--count", "1", "--tokens", "5", "--json")  # text may be no UTF-8
    # Another tokenizer of the same size: its ids mean something else to the model.
    etude(*learn, "--set", 'split="bars"', directory / "tunes.abc")
    etude("sample", run, "--count", "1", "--tokens", "5", "--json")  # text may be no UTF-8
    refused = etude("evaluate", run, check=False)
    assert refused.returncode == 1 and "is not in the tokens that" in refused.stderr, refused.stderr


def main():
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        write_tunes(directory / "tunes.abc", 60)
        for behaviour in (a_study_goes_on_after_a_run_that_fails, ctrl_c_saves_and_the_same_command_goes_on,
                          init_from_begins_where_another_run_ended, bf16_learns_what_fp32_learns,
                          evaluate_and_sample_find_the_run_again, a_run_keeps_the_tokenizer_that_it_was_given):
            behaviour(directory)
            print("ok:", behaviour.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
