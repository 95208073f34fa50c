#!/usr/bin/env python3
"""`etude tokenizer` with the bpe plugin against Hugging Face's `tokenizers`: the same vocabulary, the same merges in the same order,
the same ids, for many settings on real and random text; and either's tokenizer.json in the other's hands.

Real text is ../shared's where that is there, else generated tunes. All seeds are fixed.
"""
import gzip
import json
import os
import random
import re
import sys
import tempfile
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))
from etude_program import SOURCE, etude, write_tunes  # noqa: E402

SHARED = Path(os.environ.get("ETUDE_SHARED", SOURCE.parent / "shared"))
END = "<|endoftext|>"
STUDY = ("<unk>", END)


def oracle(vocab_size=4096, min_frequency=2, specials=STUDY, initial_alphabet=False, unknown="<unk>"):
    tokenizer = Tokenizer(models.BPE(unk_token=unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, min_frequency=min_frequency, special_tokens=list(specials), show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if initial_alphabet else [])
    return tokenizer, trainer


def settings(values):
    """As --set takes them."""
    return [word for name, value in values.items() for word in ("--set", f"{name}={json.dumps(value, ensure_ascii=False)}")]


def lines_of(data):
    """Lines as the command and `tokenizers` see them: they end at newlines and nowhere else, and keep them."""
    return re.findall(r"[^\n]*\n|[^\n]+", data.decode())


# ---- texts


def tunes(folder):
    write_tunes(folder / "generated.abc", 400)
    text = (folder / "generated.abc").read_text()
    return ["X:" + tune for tune in text.split("X:") if tune]


def real_documents(folder):
    """Music as ABC notation: midi2abc's, folk tunes, and broken ones."""
    cases = SHARED / "abc_cases.jsonl.gz"
    if not cases.exists():
        print("no ../shared here: generated tunes only")
        return tunes(folder)
    with gzip.open(cases, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    files = [path.read_bytes().decode("utf-8", "replace") for path in sorted(SHARED.glob("data/**/*.abc"))]
    return random.Random(5).sample(texts, min(len(texts), 700)) + [text[:200_000] for text in files]


SPACES = " \t\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
WORDS = ["don't", "I'll", "we've", "you're", "it's", "'s", "''d", "'M", "O\u2019Neill", "naïve", "日本語", "한국어", "हिन्दी", "العربية", "e\u0301",
         "👩\u200d👩\u200d👧", "🎵🎶", "𝄞𝄢", "12", "٣٤", "Ⅷ", "½", "x²", "𝟘𝟙", "...", "|:", ":|]", "[V:1]", "%%MIDI", "\x00", "\x00\x00", "Ġ", "Ċ", "Āā"]


def any_character(draw):
    plane = draw.choice([(1, 0x80), (1, 0x80), (0x80, 0x800), (0x800, 0xD800), (0xE000, 0x10000), (0x10000, 0x20000), (0x20000, 0x110000)])
    return chr(draw.randrange(*plane))


def random_document(draw):
    """Words of many scripts, white space of all kinds, runs, control characters, specials spelt within lines."""
    parts = []
    for _ in range(draw.randrange(0, 60)):
        kind = draw.randrange(12)
        if kind < 4:
            parts.append(draw.choice(WORDS))
        elif kind < 7:
            parts.append(draw.choice(SPACES) * draw.choice([1, 1, 1, 2, 5]))
        elif kind == 7:
            parts.append("".join(any_character(draw) for _ in range(draw.randrange(1, 8))))
        elif kind == 8:
            parts.append(draw.choice("aaaab 1!'zé") * draw.choice([1, 2, 3, 4, 7, 30, 200]))
        elif kind == 9:
            parts.append(draw.choice(["\n", "\r\n", "\n\n", "\n \n"]))
        elif kind == 10:
            parts.append(draw.choice(["<unk>", END, END + "\n", "<|endof", "<|endoftext|", "<pad>", " " + END, "<<unk>>"]))
        else:
            parts.append("".join(draw.choice("ABCDEFGabcdefgz") + draw.choice(["", "2", "/2", "3/2", "'", ","]) for _ in range(8)) + "|")
    return "".join(parts)


def random_documents(seed, count):
    draw = random.Random(seed)
    return [random_document(draw) for _ in range(count)]


def joined(documents):
    """One file of documents, each followed by the delimiter line."""
    return "".join(text + ("" if text.endswith("\n") else "\n") + END + "\n" for text in documents)


# ---- comparison


def ids_by_oracle(tokenizer, file):
    """The lines of a file and the ids of each, line by line."""
    end = tokenizer.token_to_id(END)
    lines = lines_of(file.read_bytes())
    rows = [encoded.ids for encoded in tokenizer.encode_batch(lines)]
    return lines, [[end] if end is not None and line.strip() == END else row for line, row in zip(lines, rows)]


def read_ids(file):
    return np.fromfile(file, dtype="<u2").tolist()


def require_equal_ids(got, lines, rows, what):
    at = 0
    for line, row in zip(lines, rows):
        if got[at:at + len(row)] != row:
            sys.exit(f"{what}: the line {line!r} is\n  {got[at:at + len(row) + 4]}..., and by tokenizers\n  {row}")
        at += len(row)
    if at != len(got):
        sys.exit(f"{what}: {len(got)} ids, {at} by tokenizers")


def model_of(file):
    model = json.loads(Path(file).read_text())["model"]
    return model["vocab"], [tuple(merge.split(" ", 1)) if isinstance(merge, str) else tuple(merge) for merge in model["merges"]]


def require_equal_models(ours, theirs, what):
    (vocab, merges), (their_vocab, their_merges) = model_of(ours), model_of(theirs)
    for number, (merge, other) in enumerate(zip(merges, their_merges)):
        if merge != other:
            sys.exit(f"{what}: merge {number} is {merge}, by tokenizers {other}")
    if len(merges) != len(their_merges):
        sys.exit(f"{what}: {len(merges)} merges, by tokenizers {len(their_merges)}")
    if vocab != their_vocab:
        differing = sorted(set(vocab.items()) ^ set(their_vocab.items()), key=lambda item: item[1])
        sys.exit(f"{what}: the vocabularies differ, first in {differing[:6]}")


class Comparison:
    def __init__(self, folder):
        self.folder = folder
        self.tokenizers = self.lines = self.ids = self.merges = self.decoded = 0

    def train(self, what, files, values, threads):
        """Both learn from the same files."""
        ours, theirs = self.folder / "ours.json", self.folder / "theirs.json"
        etude("tokenizer", "train", "--plugin", "bpe", "--threads", threads, "--output", ours, *settings(values), *files)
        tokenizer, trainer = oracle(**values)
        tokenizer.train([str(file) for file in files], trainer)
        tokenizer.save(str(theirs))
        require_equal_models(ours, theirs, what)
        self.tokenizers += 1
        self.merges += len(model_of(ours)[1])
        return ours, theirs, tokenizer

    def encode(self, what, text, saved, lines, rows, threads):
        """Etude's ids, which must be the oracle's `rows`."""
        etude("tokenizer", "encode", saved, text, self.folder / "ids.bin", "--threads", threads)
        got = read_ids(self.folder / "ids.bin")
        require_equal_ids(got, lines, rows, what)
        self.lines += len(lines)
        self.ids += len(got)

    def run(self, what, files, texts, values, threads):
        ours, theirs, tokenizer = self.train(what, files, values, threads)
        loaded = Tokenizer.from_file(str(ours))
        for text in texts:
            lines, rows = ids_by_oracle(tokenizer, text)
            self.encode(f"{what}, {text.name}", text, ours, lines, rows, threads)
            self.decode(what, text, ours, values)
            self.encode(f"{what}, {text.name} by tokenizers' file", text, theirs, lines, rows, 1)
            if ids_by_oracle(loaded, text)[1] != rows:
                sys.exit(f"{what}, {text.name}: tokenizers with our file gives other ids than with its own")

    def decode(self, what, text, saved, values):
        """Who knows all bytes gets the text of the last ids back, if it spells the end of text in delimiter lines alone and <unk> never."""
        spelled = values.get("unknown", "<unk>") in text.read_text() or any(
            END in line and line != END + "\n" for line in lines_of(text.read_bytes()))
        if not values.get("initial_alphabet") or spelled:
            return
        back = self.folder / "back.txt"
        etude("tokenizer", "decode", saved, self.folder / "ids.bin", back)
        assert back.read_bytes() == text.read_bytes(), f"{what}: {text.name} does not come back"
        self.decoded += 1


SETTINGS = [
    {"vocab_size": 4096, "min_frequency": 2, "initial_alphabet": False},  # the study's
    {"vocab_size": 4096, "initial_alphabet": True},
    {"vocab_size": 300, "min_frequency": 2, "initial_alphabet": False},
    {"vocab_size": 700, "min_frequency": 1, "initial_alphabet": True},
    {"vocab_size": 1000, "min_frequency": 1, "initial_alphabet": False},
    {"vocab_size": 1500, "min_frequency": 20, "initial_alphabet": True},
    {"vocab_size": 9000, "min_frequency": 3, "initial_alphabet": False},
    {"vocab_size": 260, "min_frequency": 2, "initial_alphabet": True},
    {"vocab_size": 600, "min_frequency": 2, "initial_alphabet": True, "specials": ["<unk>", END, "<pad>", "[MASK]", "<|endof", "X:"]},
    {"vocab_size": 500, "min_frequency": 2, "initial_alphabet": False, "specials": ["<unk>", END, "a b", "日本", "12"]},
    {"vocab_size": 640, "min_frequency": 2, "initial_alphabet": True, "specials": ["<pad>", "<s>", END], "unknown": "<s>"},
]


def write(folder, name, data):
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return file


def awkward_files(folder):
    """What line ends, ends of files and delimiters can be."""
    contents = {
        "no_newline.txt": "X:1\nabc abc abc",
        "crlf.txt": "X:1\r\nabc abc\r\n\r\n" + END + "\r\nabc\r\n",
        "lone_cr.txt": "a b\ra b\r\ra b",
        "nul.txt": "a\0b\0\0c \0 d\n\0\n",
        "empty_lines.txt": "\n\n\n a\n\n",
        "one_byte.txt": "a",
        "delimiters.txt": f"{END}\n{END}\n  {END}\t\n\u3000{END}\nx{END}y\n{END} z\n{END}{END}\n<unk>\n{END}",
        "spaces.txt": "  a   b    \n   \n \t \n\u00a0\u00a0a \u2003 b\n",
        "bom.txt": "\ufeffX:1\nabc\n",
        "long_line.txt": "C2 D2|" * 60_000 + "\n" + "é" * 3_000,
        "long_word.txt": "a" * 2_000 + "\n" + "ab" * 900 + "!" * 900 + " " * 900,
    }
    return [write(folder, name, text) for name, text in contents.items()]


def every_character_is_of_its_class(comparison, folder):
    """With merges of a letter, a digit, a mark and a space with any byte, ids tell of each character how the pattern sees it."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [(first, second) for first in ("a", "1", "!", "Ġ") for second in alphabet]
    vocab = {token: number for number, token in enumerate([*STUDY, *alphabet, *(a + b for a, b in merges)])}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(STUDY))
    saved = folder / "classes.json"
    tokenizer.save(str(saved))
    characters = [chr(code) for code in range(0x110000) if code != 10 and not 0xD800 <= code < 0xE000]
    text = write(folder, "characters.txt", "".join(f"a{c}a1{c}1!{c}! {c}\n" for c in characters))
    comparison.encode("every character", text, saved, *ids_by_oracle(tokenizer, text), 2)
    print(f"{len(characters)} characters of Unicode, each seen as tokenizers sees it")


def threads_do_not_matter(comparison, folder, files):
    results = set()
    for threads in (1, 2, 5):
        ours = folder / f"threads-{threads}.json"
        etude("tokenizer", "train", "--threads", threads, "--output", ours, "--set", "vocab_size=2000", *files)
        results.add(ours.read_bytes())
    assert len(results) == 1, "the number of threads changed what was learned"


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        real, odd = real_documents(folder), random_documents(1, 700)
        music = write(folder, "music.txt", joined(real))
        mixed = write(folder, "mixed.txt", joined(odd))
        unseen = write(folder, "unseen.txt", joined(random_documents(2, 300)))
        awkward = awkward_files(folder)
        documents = len(real) + len(odd) + 300 + len(awkward)
        assert documents >= 1000, documents
        comparison = Comparison(folder)
        for number, values in enumerate(SETTINGS):
            for files in ([music], [mixed], [music, mixed]) if number < 2 else ([music, mixed],) if number % 2 else ([mixed],):
                what = f"{values} on {'+'.join(file.stem for file in files)}"
                comparison.run(what, files, [music, unseen], values, threads=1 + number % 2)
                print(f"equal: {what}", flush=True)
        for file in awkward:
            for values in SETTINGS[:2]:
                comparison.run(f"{values} on {file.name}", [file], [file], {**values, "vocab_size": 400}, threads=2)
        comparison.run("all awkward files", awkward, awkward, SETTINGS[1], threads=2)
        for seed in range(100, 130):  # small texts: ties, vocabularies that end early, alphabets with holes
            draw = random.Random(seed)
            small = write(folder, "small.txt", "".join(random_documents(seed, draw.randrange(1, 12))) or "x")
            values = {"vocab_size": draw.randrange(260, 420), "min_frequency": draw.randrange(1, 4), "initial_alphabet": draw.random() < 0.5}
            comparison.run(f"seed {seed}, {values}", [small], [small], values, threads=1 + seed % 3)
        every_character_is_of_its_class(comparison, folder)
        threads_do_not_matter(comparison, folder, [music, mixed])
        assert comparison.decoded >= 10, comparison.decoded
        print(f"{comparison.tokenizers} tokenizers of {documents} documents and more: {comparison.merges} merges, {comparison.ids} ids of "
              f"{comparison.lines} lines equal")


if __name__ == "__main__":
    main()
