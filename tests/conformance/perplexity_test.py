#!/usr/bin/env python3
"""The test perplexity of a run, recomputed by PyTorch from its weights and the packed tokens: equal to 1e-6.

Nothing of Etude is used but its files: checkpoints, the corpus's manifest and tokens, run.h5. The model is pytorch_parity_test.py's.
"""
import json
import math
import sys
import tempfile
from pathlib import Path

import h5py
import numpy as np
import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))
from etude_program import etude, experiment_head, only_run, write_tunes  # noqa: E402
from pytorch_parity_test import gpt, lstm  # noqa: E402
from safetensors_reader import read  # noqa: E402

CONTEXT = 48
EXPERIMENT = """
[architecture]
{architecture}
[training]
steps = 30
batch_size = 8
context_length = {context}
learning_rate = 3e-3
[[metric]]
plugin = "perplexity"
"""
FAMILIES = {
    "gpt": ('plugin = "gpt"\nn_layer = 2\nn_head = 2\nn_embd = 32', gpt, {"n_embd": 32, "n_head": 2, "n_layer": 2, "bias": "false", "tied": "true"}),
    "lstm": ('plugin = "lstm"\nhidden_size = 40', lstm, {"hidden_size": 40, "num_layers": 2, "tied": "true"}),
}


def mean_nats(model, weights, options, stream, first_input):
    """Every token of the stream is predicted once, in windows of CONTEXT, the last one shorter."""
    inputs = np.concatenate([[first_input], stream[:-1]])
    total = 0.0
    for begin in range(0, len(stream), CONTEXT):
        window = torch.from_numpy(inputs[begin:begin + CONTEXT].astype(np.int64))[None]
        targets = torch.from_numpy(stream[begin:begin + CONTEXT].astype(np.int64))
        total += F.cross_entropy(model(weights, options, window)[0], targets, reduction="sum").item()
    return total / len(stream)


def test_family(name, directory):
    architecture, model, options = FAMILIES[name]
    experiment = directory / f"{name}.toml"
    experiment.write_text(experiment_head(name) + EXPERIMENT.format(architecture=architecture, context=CONTEXT))
    etude("run", experiment, "--output", directory / "runs")
    run = only_run(directory / "runs" / name)
    corpus = next((directory / "runs" / ".corpus").glob("tokens-*"))
    manifest = json.loads((corpus / "corpus.json").read_text())
    tokens = np.fromfile(corpus / "test.tokens", dtype="<u2")
    arrays, _ = read(next((run / "checkpoints").glob("step-*")) / "model.safetensors")
    weights = {key: torch.from_numpy(array.astype(np.float64)) for key, array in arrays.items()}

    nats = mean_nats(model, weights, options, tokens, manifest["separator"]["tokens"][-1])
    characters = manifest["splits"]["test"]["characters"]
    expected = {"perplexity": math.exp(nats), "bits_per_character": nats * len(tokens) / math.log(2) / characters}
    with h5py.File(run / "run.h5") as file:
        for scalar, value in expected.items():
            recorded = file[f"metrics/perplexity/{scalar}"]
            got = recorded["value"][()] if isinstance(recorded, h5py.Group) else recorded[()]
            assert abs(got - value) <= 1e-6 * value, f"{name}: {scalar} is {got} in run.h5, PyTorch says {value}"
            print(f"{name}: {scalar} {got:.9f}, PyTorch {value:.9f}")


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        write_tunes(Path(temporary) / "tunes.abc", 80)
        for name in FAMILIES:
            test_family(name, Path(temporary))


if __name__ == "__main__":
    main()
