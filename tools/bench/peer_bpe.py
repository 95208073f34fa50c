"""The other side of tools/bench/bpe: Hugging Face's `tokenizers` on the same files, as the study used it. Prints seconds as JSON, by the
clock and of all processors.

  peer_bpe.py train TEXT TOKENIZER.json VOCAB_SIZE
  peer_bpe.py lines|batch TOKENIZER.json TEXT IDS.bin      a call a line, or encode_batch on blocks of lines
"""
import json
import sys
import time

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

END = "<|endoftext|>"
BLOCK = 100_000  # lines a batch: all at once would hold every token's text and offsets in memory


class Stopwatch:
    def __init__(self):
        self.begin = time.perf_counter(), time.process_time()

    def seconds(self):
        return {"wall": time.perf_counter() - self.begin[0], "processor": time.process_time() - self.begin[1]}


def train(text, saved, vocab_size):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=int(vocab_size), min_frequency=2, special_tokens=["<unk>", END], show_progress=False)
    watch = Stopwatch()
    tokenizer.train([text], trainer)
    seconds = watch.seconds()
    tokenizer.save(saved)
    return seconds


def encode(how, saved, text, output):
    tokenizer = Tokenizer.from_file(saved)
    end = tokenizer.token_to_id(END)
    with open(text, encoding="utf-8", newline="\n") as file:
        lines = file.readlines()
    ids = []
    watch = Stopwatch()
    if how == "lines":
        for line in lines:
            if line.strip() == END:
                ids.append(end)
            else:
                ids.extend(tokenizer.encode(line).ids)
    else:
        for first in range(0, len(lines), BLOCK):
            block = lines[first:first + BLOCK]
            for line, encoded in zip(block, tokenizer.encode_batch(block)):
                if line.strip() == END:
                    ids.append(end)
                else:
                    ids.extend(encoded.ids)
    seconds = watch.seconds()
    np.array(ids, dtype="<u2").tofile(output)
    return seconds


if __name__ == "__main__":
    task, *rest = sys.argv[1:]
    print(json.dumps({"seconds": train(*rest) if task == "train" else encode(task, *rest)}))
