#!/usr/bin/env python3
"""PyTorch computes the models that parity_probe computed, from the weights that it wrote: logits and every gradient must agree.

Nothing of Etude is used but its files; the models are written down again in plain PyTorch, attention as matrix products.
"""
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import torch
from torch.nn import functional as F

from safetensors_reader import read

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}


def gpt(weights, options, tokens):
    width, heads = int(options["n_embd"]), int(options["n_head"])
    batch, time = tokens.shape
    hidden = torch.full((time, time), -math.inf, dtype=weights["wte.weight"].dtype).triu(1)

    def norm(x, name):
        return F.layer_norm(x, (width,), weights[name + ".weight"], weights[name + ".bias"], 1e-5)

    def linear(x, name):
        y = x @ weights[name + ".weight"].T
        return y + weights[name + ".bias"] if options["bias"] == "true" else y

    x = weights["wte.weight"][tokens] + weights["wpe.weight"][:time]
    for layer in range(int(options["n_layer"])):
        block = f"h.{layer}."
        q, k, v = (part.view(batch, time, heads, -1).transpose(1, 2)
                   for part in linear(norm(x, block + "ln_1"), block + "attn.c_attn").split(width, 2))
        attention = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(width / heads) + hidden, -1) @ v
        x = x + linear(attention.transpose(1, 2).reshape(batch, time, width), block + "attn.c_proj")
        up = linear(norm(x, block + "ln_2"), block + "mlp.c_fc")
        x = x + linear(0.5 * up * (1 + torch.erf(up / math.sqrt(2))), block + "mlp.c_proj")
    output = weights["wte.weight"] if options["tied"] == "true" else weights["lm_head.weight"]
    return norm(x, "ln_f") @ output.T


def lstm(weights, options, tokens):
    width = int(options["hidden_size"])
    batch, time = tokens.shape
    x = weights["embedding.weight"][tokens]
    for layer in range(int(options["num_layers"])):
        w_ih, w_hh, b_ih, b_hh = (weights[f"lstm.{part}_l{layer}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        h = c = torch.zeros(batch, width, dtype=x.dtype)
        outputs = []
        for t in range(time):
            i, f, g, o = (x[:, t] @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            outputs.append(h)
        x = torch.stack(outputs, 1)
    output = weights["embedding.weight"] if options["tied"] == "true" else weights["output.weight"]
    return x @ output.T + weights["output.bias"]


def distance(got, expected):
    """Largest difference, relative to the tensor's own size."""
    return ((got - expected).abs().max() / expected.abs().max()).item()


def compare(path):
    """Returns [(what, relative difference)] of one case, and its tolerance."""
    arrays, options = read(path)
    tensors = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
    weights = {name[len("weight."):]: tensor.requires_grad_() for name, tensor in tensors.items() if name.startswith("weight.")}
    gradients = {name[len("gradient."):]: tensor for name, tensor in tensors.items() if name.startswith("gradient.")}
    assert weights.keys() == gradients.keys() and weights
    used = set()

    class Recording(dict):
        def __getitem__(self, name):
            used.add(name)
            return super().__getitem__(name)

    model = {"gpt": gpt, "lstm": lstm}[options["architecture"]]
    logits = model(Recording(weights), options, tensors["tokens"])
    loss = F.cross_entropy(logits.flatten(0, 1), tensors["targets"].flatten())
    loss.backward()
    assert used == weights.keys(), f"weights that the model does not use: {weights.keys() - used}"
    differences = [("logits", distance(tensors["logits"], logits.detach())), ("loss", distance(tensors["loss"], loss.detach()))]
    for name, weight in weights.items():
        if weight.grad.abs().max() == 0:  # positions behind a short window, say: then both must be zero
            differences.append((name, gradients[name].abs().max().item()))
        else:
            differences.append((name, distance(gradients[name], weight.grad)))
    return differences, TOLERANCE[logits.dtype]


def main():
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as directory:
        probe = Path(os.environ["ETUDE_BUILD"]) / "bin" / "parity_probe"
        subprocess.run([probe, os.environ["ETUDE_PLUGINS"], directory], check=True)
        paths = sorted(Path(directory).glob("*.safetensors"))
        assert len(paths) == 24, f"parity_probe wrote {len(paths)} cases"
        failed = False
        for path in paths:
            differences, tolerance = compare(path)
            worst = max(differences, key=lambda item: item[1])
            wrong = [(name, value) for name, value in differences if not value <= tolerance]
            print(f"{path.stem}: {len(differences)} tensors, largest difference {worst[1]:.1e} ({worst[0]}), allowed {tolerance:.0e}")
            for name, value in wrong:
                print(f"  {name} differs by {value:.2e}")
            failed = failed or bool(wrong)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
