"""A run that was killed, at whatever moment, and started again is the run that was never interrupted.

Each family is trained once in peace. Then it is trained again and again, each time killed with SIGKILL from outside: at moments drawn
uniformly over the time that the peaceful run took, and inside the writing of a checkpoint. After each kill, what lies on the disk must
be readable by plain h5py; after going on, the weights' SHA-256 and the whole loss column must be those of the peaceful run.
"""
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py

from etude_program import SOURCE, etude, experiment_head, only_run, start, write_tunes

KILLS_AT_ANY_TIME = 10  # a family
KILLS_IN_A_CHECKPOINT = 3  # a family
STEPS = 24

EXPERIMENT = """
[architecture]
{architecture}
[training]
steps = {steps}
batch_size = 8
context_length = 64
accumulate = 2
validate_every = 5
checkpoint_every = 1
sample_every = 8
sample_tokens = 16
keep_best = true
clip_norm = 1.0
warmup_steps = 4
schedule = "cosine"
threads = 1
[[metric]]
plugin = "perplexity"
"""
FAMILIES = {
    "gpt": 'plugin = "gpt"\nn_layer = 2\nn_head = 4\nn_embd = 192\ndropout = 0.1',
    "lstm": 'plugin = "lstm"\nhidden_size = 192\ndropout = 0.1',
}


def weights_digest(run):
    return hashlib.sha256((run / "checkpoints" / f"step-{STEPS}" / "model.safetensors").read_bytes()).hexdigest()


def columns(run):
    with h5py.File(run / "run.h5") as file:
        return {name: list(file[name][...]) for name in ("train/step", "train/loss", "train/grad_norm", "validation/step", "validation/loss")}


def check_readable(run):
    """The snapshot, if there is one, and the journal agree as far as the snapshot goes, and any HDF5 tool opens it."""
    if (run / "run.h5").exists():
        with h5py.File(run / "run.h5") as file:
            steps = list(file["train/step"][...])
            assert steps == list(range(1, len(steps) + 1)), f"{run}: rows missing or doubled: {steps}"


def check_records(run):
    subprocess.run([sys.executable, SOURCE / "tests/conformance/records_check.py", run], check=True)


def unfinished_checkpoint(output):
    return any(output.glob("killed/*/checkpoints/*.unfinished"))


def kill_at(moment, experiment, output):
    process = start("run", experiment, "--output", output)
    time.sleep(moment)
    process.kill()
    process.wait()


def kill_inside_a_checkpoint(skip, experiment, output):
    """Kills while the (skip + 1)th checkpoint that polling sees is being written, or the next that is still unfinished once the
    run stands still: on a busy machine one may be done before this looks again."""
    process = start("run", experiment, "--output", output)
    seen = 0
    while process.poll() is None:
        if not unfinished_checkpoint(output):
            continue
        if seen >= skip:
            process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            if unfinished_checkpoint(output):
                break
            process.send_signal(signal.SIGCONT)
        seen += 1
        while unfinished_checkpoint(output) and process.poll() is None:
            pass
    process.kill()
    process.wait()


def interrupted_run(kill, experiment, output, peaceful):
    """Kills, looks, goes on, compares. Returns whether the kill left a half-written checkpoint."""
    shutil.rmtree(output / "killed", ignore_errors=True)
    kill(output)
    half_written = unfinished_checkpoint(output)
    for run in (output / "killed").glob("*/"):
        check_readable(run)
    etude("run", experiment, "--output", output)
    run = only_run(output / "killed")
    assert weights_digest(run) == peaceful["weights"], f"{run}: other weights than the run in peace"
    assert columns(run) == peaceful["columns"], f"{run}: other rows than the run in peace"
    check_records(run)
    return half_written


def test_family(name, directory):
    experiment = directory / f"{name}.toml"
    experiment.write_text(experiment_head("killed", split=(0.8, 0.1, 0.1)) + EXPERIMENT.format(architecture=FAMILIES[name], steps=STEPS))
    peace = directory / f"{name}-in-peace"
    etude("prepare", experiment, "--output", peace)
    began = time.monotonic()
    etude("run", experiment, "--output", peace)
    seconds = time.monotonic() - began
    run = only_run(peace / "killed")
    check_records(run)
    peaceful = {"weights": weights_digest(run), "columns": columns(run)}
    assert len(peaceful["columns"]["train/loss"]) == STEPS

    output = directory / name
    shutil.copytree(peace / ".corpus", output / ".corpus")
    drawn = random.Random(2026)
    half_written = 0
    for _ in range(KILLS_AT_ANY_TIME):
        moment = drawn.uniform(0, seconds)
        half_written += interrupted_run(lambda at: kill_at(moment, experiment, at), experiment, output, peaceful)
    for skip in range(KILLS_IN_A_CHECKPOINT):
        half_written += interrupted_run(lambda at: kill_inside_a_checkpoint(5 * skip, experiment, at), experiment, output, peaceful)
    assert half_written > 0, "no kill hit the writing of a checkpoint: the test did not test what it says"
    print(f"{name}: {KILLS_AT_ANY_TIME + KILLS_IN_A_CHECKPOINT} kills in runs of {seconds:.1f} s, {half_written} inside a checkpoint")


def main():
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        write_tunes(directory / "tunes.abc", 120)
        for name in FAMILIES:
            test_family(name, directory)


if __name__ == "__main__":
    main()
