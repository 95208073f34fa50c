#!/usr/bin/env python3
"""The peer: texts written by PyTorch as its beginners write them (nanoGPT's generate), the whole window computed for every token.

Reads the weights that generate_bench wrote, so that it is the same model. Prints one JSON line: tokens, seconds.
"""
import argparse
import json
import struct
import time

import torch
from torch.nn import functional as F

from peer_training import GPTS, Gpt


def read_safetensors(file):
    """Name -> float tensor; the format is a length, a JSON header, and the data."""
    with open(file, "rb") as source:
        header = json.loads(source.read(struct.unpack("<Q", source.read(8))[0]))
        data = source.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).view(entry["shape"])
    return tensors


def load(model, tensors):
    names = {"blocks.": "h.", ".c_attn.": ".attn.c_attn.", ".c_proj.": ".attn.c_proj.", ".up.": ".mlp.c_fc.", ".down.": ".mlp.c_proj."}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            for ours, theirs in names.items():
                name = name.replace(ours, theirs)
            parameter.copy_(tensors[name])


@torch.no_grad()
def generate(model, tokens, new_tokens, context):
    for _ in range(new_tokens):
        logits = model(tokens[:, -context:])[:, -1]
        tokens = torch.cat((tokens, torch.multinomial(F.softmax(logits, dim=-1), 1)), dim=1)
    return tokens


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="gpt-small", choices=list(GPTS))
    parser.add_argument("--weights", required=True)
    parser.add_argument("--count", type=int, default=32)
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    context, vocabulary = 256, 64
    model = Gpt(*GPTS[options.model], vocabulary, context, 0.0).eval()
    load(model, read_safetensors(options.weights))

    start = time.perf_counter()
    tokens = 0
    for first in range(0, options.count, options.batch):
        texts = generate(model, torch.zeros(min(options.batch, options.count - first), 1, dtype=torch.long), options.tokens, context)
        tokens += texts.numel() - texts.size(0)
    seconds = time.perf_counter() - start
    print(json.dumps({"program": "pytorch", "model": options.model, "batch": options.batch, "tokens": tokens, "seconds": seconds}))


if __name__ == "__main__":
    main()
