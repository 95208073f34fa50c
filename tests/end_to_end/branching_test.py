"""A run that begins from the checkpoint of another budget is the run that it would have been alone.

The longer of two warm-up-stable-decay runs is trained alone once. Then it is trained beside the shorter one, in either order, killed
while it goes, and with a damaged or missing checkpoint to begin from: weights and every row that is no time must be the same.
"""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py

from etude_program import SOURCE, etude, experiment_head, start, write_tunes

EXPERIMENT = """
[architecture]
{architecture}
[training]
schedule = "wsd"
decay_share = 0.25
final_learning_rate = 1e-4
learning_rate = 3e-3
warmup_steps = 3
batch_size = 8
context_length = 32
accumulate = 2
clip_norm = 1.0
{training}
validate_every = 5
checkpoint_every = 2
keep_checkpoints = 1
sample_every = 8
sample_tokens = 16
threads = 1
[[metric]]
plugin = "perplexity"
[study]
axes.budget = [{points}]
"""
FAMILIES = {
    "gpt": ('plugin = "gpt"\nn_layer = 2\nn_head = 2\nn_embd = 32\ndropout = 0.1', ""),
    "lstm": ('plugin = "lstm"\nhidden_size = 32\ndropout = 0.1', 'precision = "bf16"\nlog_every = 3'),
}
SHORT, LONG = 20, 40
SHORT_DECAY, LONG_DECAY = 15, 30  # the last steps before the decays
POINT = '{{ label = "{}", training.steps = {} }}'
TIMES = ("seconds", "tokens_per_second", "peak_memory")


def write_experiment(directory, name, architecture, training, budgets):
    file = directory / f"{name}.toml"
    points = ", ".join(POINT.format(label, steps) for label, steps in budgets)
    file.write_text(experiment_head("branching") + EXPERIMENT.format(architecture=architecture, training=training, points=points))
    return file


def run_of(output, label):
    (run,) = (output / "branching").glob(f"{label}-*/")
    return run


def final_weights(run, steps):
    return (run / "checkpoints" / f"step-{steps}" / "model.safetensors").read_bytes()


def rows(run):
    """All that the journal says of training, without times."""
    events = [json.loads(line) for line in (run / "journal.jsonl").read_text().splitlines()]
    kept = [event for event in events if event["event"] in ("train", "validation", "sample", "metric")]
    return [{name: value for name, value in event.items() if name not in TIMES} for event in kept]


def parent(run):
    with h5py.File(run / "run.h5") as file:
        return file["provenance/parent"].asstr()[()] if "parent" in file["provenance"] else None


class Family:
    def __init__(self, name, directory):
        self.directory = directory / name
        self.directory.mkdir()
        write_tunes(self.directory / "tunes.abc", 60)
        write = lambda file, budgets: write_experiment(self.directory, file, *FAMILIES[name], budgets)
        self.both = write("both", [("long", LONG), ("short", SHORT)])
        self.alone = {}
        for label, steps in (("short", SHORT), ("long", LONG)):
            output = self.directory / f"{label}-alone"
            etude("run", write(label, [(label, steps)]), "--output", output)
            run = run_of(output, label)
            assert parent(run) is None
            self.alone[label] = (final_weights(run, steps), rows(run), {file.name: file.read_text() for file in (run / "samples").glob("*")})

    def require_same(self, output, label):
        """The run is the run that was trained alone, and its records are whole."""
        run, steps = run_of(output, label), {"short": SHORT, "long": LONG}[label]
        weights, journal, samples = self.alone[label]
        assert final_weights(run, steps) == weights, f"{run}: other weights than alone"
        assert rows(run) == journal, f"{run}: other rows than alone"
        assert {file.name: file.read_text() for file in (run / "samples").glob("*")} == samples, f"{run}: other samples than alone"
        subprocess.run([sys.executable, SOURCE / "tests/conformance/records_check.py", run], check=True)
        return run

    def output_with_short(self, name):
        """A fresh output folder in which the shorter run is done."""
        output = self.directory / name
        shutil.copytree(self.directory / "branched", output)
        shutil.rmtree(run_of(output, "long"))
        return output

    def shorter_first(self):
        output = self.directory / "branched"
        said = etude("run", self.both, "--output", output).stderr
        short, long = self.require_same(output, "short"), self.require_same(output, "long")
        assert parent(short) is None
        assert parent(long) == f"{short.name} step {SHORT_DECAY}", parent(long)
        assert f"begins from step {SHORT_DECAY} of {short.name}" in said, said
        # Only the newest is kept, and what others may begin from.
        assert sorted(path.name for path in (short / "checkpoints").iterdir()) == [f"step-{SHORT_DECAY}", f"step-{SHORT}"]
        assert sorted(path.name for path in (long / "checkpoints").iterdir()) == [f"step-{LONG_DECAY}", f"step-{LONG}"]
        assert f"{short.name} step {SHORT_DECAY}" in etude("inspect", long).stdout
        assert json.loads(etude("inspect", long, "--json").stdout)["provenance"]["parent"] == f"{short.name} step {SHORT_DECAY}"

    def longer_first(self):
        output = self.directory / "longer-first"
        etude("run", self.both, "--output", output, "--only", "long")
        etude("run", self.both, "--output", output)
        short, long = self.require_same(output, "short"), self.require_same(output, "long")
        assert parent(long) is None
        assert parent(short) == f"{long.name} step {SHORT_DECAY}", parent(short)

    def killed(self, step):
        """Killed once the run has a checkpoint of `step` or, for None, has copied its parent's rows; unless it is done by then."""
        output = self.output_with_short(f"killed-{step}")
        mark = f"*/long-*/checkpoints/step-{step}" if step else "*/long-*/journal.jsonl"
        process = start("run", self.both, "--output", output)
        while process.poll() is None and not any(output.glob(mark)):
            pass
        process.kill()
        process.wait()
        etude("run", self.both, "--output", output)
        assert parent(self.require_same(output, "long")) is not None

    def cannot_begin(self, name, spoil, complaint):
        output = self.output_with_short(name)
        spoil(run_of(output, "short"))
        said = etude("run", self.both, "--output", output, "--only", "long").stderr
        assert complaint in said and "trains from its start" in said, said
        assert parent(self.require_same(output, "long")) is None


def damage_checkpoint(run):
    with open(run / "checkpoints" / f"step-{SHORT_DECAY}" / "optimizer.safetensors", "ab") as file:
        file.write(b"more")


def cut_journal(run):
    journal = run / "journal.jsonl"
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:8]))


def damage_journal(run):
    journal = run / "journal.jsonl"
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:1]) + "{}\n")


def main():
    with tempfile.TemporaryDirectory() as temporary:
        for name in FAMILIES:
            family = Family(name, Path(temporary))
            family.shorter_first()
            family.longer_first()
            for step in (None, LONG_DECAY):
                family.killed(step)
            family.cannot_begin("damaged", damage_checkpoint, "optimizer.safetensors is damaged")
            family.cannot_begin("missing", lambda run: shutil.rmtree(run / "checkpoints"), "has left a checkpoint")
            family.cannot_begin("cut", cut_journal, "its journal does not have all rows before it")
            family.cannot_begin("damaged-journal", damage_journal, "damaged line")


if __name__ == "__main__":
    main()
