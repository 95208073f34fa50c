#!/usr/bin/env python3
"""The fair peer: the same models trained by PyTorch eager, as its users write them.

scaled_dot_product_attention, nn.LSTM, fused AdamW, nothing compiled. Prints one JSON line: model, device, precision, seconds a
step (one entry a timed step), tokens a step, peak memory.
"""
import argparse
import contextlib
import json
import resource
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.c_attn = nn.Linear(width, 3 * width, bias=False)
        self.c_proj = nn.Linear(width, width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        batch, time_, width = x.shape
        q, k, v = (part.view(batch, time_, self.heads, -1).transpose(1, 2) for part in self.c_attn(self.ln_1(x)).split(width, 2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=self.dropout if self.training else 0.0)
        y = self.c_proj(y.transpose(1, 2).reshape(batch, time_, width))
        x = x + F.dropout(y, self.dropout, self.training)
        return x + F.dropout(self.down(F.gelu(self.up(self.ln_2(x)))), self.dropout, self.training)


class Gpt(nn.Module):
    def __init__(self, layers, width, heads, vocabulary, context, dropout):
        super().__init__()
        self.dropout = dropout
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(layers))
        self.ln_f = nn.LayerNorm(width)
        self.head = nn.Linear(width, vocabulary, bias=False)
        for parameter in self.parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, 0, 0.02)
        self.head.weight = self.wte.weight

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.size(1), device=tokens.device))
        x = F.dropout(x, self.dropout, self.training)
        for block in self.blocks:
            x = block(x)
        return self.head(self.ln_f(x))


class Lstm(nn.Module):
    def __init__(self, width, vocabulary, dropout):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        self.dropout = nn.Dropout(dropout)
        self.lstm = nn.LSTM(width, width, 2, batch_first=True, dropout=dropout)
        self.output = nn.Linear(width, vocabulary)
        self.embedding.weight = self.output.weight

    def forward(self, tokens):
        return self.output(self.lstm(self.dropout(self.embedding(tokens)))[0])


GPTS = {"gpt-tiny": (4, 128, 4), "gpt-small": (6, 256, 8), "gpt-medium": (12, 384, 6), "gpt-large": (16, 512, 8),
        "gpt-xl": (16, 768, 12), "gpt-best": (16, 1024, 16)}
LSTMS = {"lstm-256": 256, "lstm-560": 560, "lstm-1100": 1100, "lstm-1750": 1750, "lstm-2500": 2500}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="gpt-tiny", choices=[*GPTS, *LSTMS])
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--context", type=int, default=256)
    parser.add_argument("--vocabulary", type=int, default=64)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    device = torch.device(options.device)
    if options.model in GPTS:
        model = Gpt(*GPTS[options.model], options.vocabulary, options.context, options.dropout)
    else:
        model = Lstm(LSTMS[options.model], options.vocabulary, options.dropout)
    model.to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4, fused=True)
    clip = 1.0 if options.model in LSTMS else None
    cuda = device.type == "cuda"

    seconds = []
    for step in range(options.warmup + options.steps):
        windows = torch.randint(options.vocabulary, (options.batch, options.context + 1), device=device)
        inputs, targets = windows[:, :-1].contiguous(), windows[:, 1:].contiguous()
        if cuda:
            torch.cuda.synchronize()
        start = time.perf_counter()
        autocast = torch.autocast(device.type, torch.bfloat16) if options.precision == "bf16" else contextlib.nullcontext()
        with autocast:
            loss = F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if clip:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        loss.item()
        if step >= options.warmup:
            seconds.append(time.perf_counter() - start)
    peak = torch.cuda.max_memory_allocated() if cuda else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"program": "pytorch", "version": torch.__version__, "model": options.model, "device": options.device,
                      "precision": options.precision, "tokens": options.batch * options.context, "seconds": seconds,
                      "parameters": sum(p.numel() for p in model.parameters()), "loss": loss.item(), "peak_bytes": peak}))


if __name__ == "__main__":
    main()
