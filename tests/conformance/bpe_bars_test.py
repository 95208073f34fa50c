#!/usr/bin/env python3
"""split = "bars" against `tokenizers` with the same pattern: the same merges, the same ids, and each reads the other's tokenizer.json."""
import json
import os
import random
import sys
import tempfile
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))
from etude_program import SOURCE, etude  # noqa: E402

SHARED = Path(os.environ.get("ETUDE_SHARED", SOURCE.parent / "shared"))
PATTERN = r"(?:[^|:\n]|:(?!:))*(?:\||::)[|:\]]*|[^\n]+|\n"  # as the plugin's README has it
SPECIALS = ["<unk>", "<|endoftext|>"]


def oracle(lines, vocab_size, initial_alphabet):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(PATTERN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet() if initial_alphabet else []
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=vocab_size, min_frequency=2, special_tokens=SPECIALS, show_progress=False, initial_alphabet=alphabet))
    return tokenizer


def odd_bars(draw):
    """Bar lines of every kind in every place, between notes and text of other scripts."""
    parts = ["|", "||", "|]", "[|", "|:", ":|", "::", ":|:", ":", "]", "[1", "\n", "\n", " ", "C2", "z8", "^F/2", "K:G", "V:1", "\"Am|\"", "é♯", "日本"]
    return "".join(draw.choice(parts) for _ in range(4000)) + "\n"


def texts(draw):
    yield "odd bars", odd_bars(draw)
    music = sorted(SHARED.glob("data/**/*.abc"))
    if not music:
        print("no ../shared here: odd bars only")
    for file in draw.sample(music, min(6, len(music))):
        yield file.name, file.read_bytes().decode("utf-8", "replace").replace("\r", "")[:400_000]


def lines_of(text):
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]


def ids_of(folder, tokenizer, text):
    source, target = folder / "text.abc", folder / "ids.bin"
    source.write_text(text, encoding="utf-8", newline="")
    etude("tokenizer", "encode", tokenizer, source, target)
    return np.fromfile(target, dtype="<u2").tolist()


def compare(folder, name, text, vocab_size, initial_alphabet):
    source, mine, theirs = folder / "train.abc", folder / "mine.json", folder / "theirs.json"
    source.write_text(text, encoding="utf-8", newline="")
    etude("tokenizer", "train", "--plugin", "bpe", "--set", "split=bars", "--set", f"vocab_size={vocab_size}", "--set",
          f"initial_alphabet={str(initial_alphabet).lower()}", "--output", mine, source)
    trained = oracle(lines_of(text), vocab_size, initial_alphabet)
    written = json.loads(mine.read_text(encoding="utf-8"))
    assert written["model"] == json.loads(trained.to_str())["model"], f"{name}: another model"
    trained.save(str(theirs))
    loaded = Tokenizer.from_file(str(mine))
    for sample in (text, odd_bars(random.Random(vocab_size))):
        expected = [id for line in lines_of(sample) for id in trained.encode(line).ids]
        assert [id for line in lines_of(sample) for id in loaded.encode(line).ids] == expected, f"{name}: tokenizers reads it otherwise"
        assert ids_of(folder, mine, sample) == expected, f"{name}: other ids"
        assert ids_of(folder, theirs, sample) == expected, f"{name}: other ids from tokenizers' file"
    return len(written["model"]["merges"])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        merges = [compare(Path(directory), name, text, vocab_size, initial_alphabet)
                  for name, text in texts(random.Random(11)) for vocab_size, initial_alphabet in ((500, False), (1500, True))]
    print(f"{len(merges)} tokenizers equal, {sum(merges)} merges")
