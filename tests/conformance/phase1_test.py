"""Documents of the datasets against the study's own reference of the phase 1 profile, byte for byte.

The reference (../shared/reference/clean_reference.py) and the music are not part of the repository; without them this is skipped.
"""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROGRAM = os.environ["ETUDE_PROGRAM"]
SHARED = Path(os.environ["ETUDE_SHARED"])
SEPARATOR = "\n\n"

EXPERIMENT = """
[dataset]
plugin = "{plugin}"
path = "{path}"
{options}
[split]
train = 0.5
validation = 0.5
test = 0.0
method = "shuffle"
[tokenizer]
plugin = "char"
[architecture]
plugin = "gpt"
[training]
steps = 1
"""


def documents(work, plugin, path, options=""):
    """What a dataset gives, by id, as `etude prepare` leaves it."""
    (work / "experiment.toml").write_text(EXPERIMENT.format(plugin=plugin, path=path, options=options))
    output = work / f"output-{plugin}-{hashlib.sha256((str(path) + options).encode()).hexdigest()[:8]}"
    subprocess.run([PROGRAM, "prepare", work / "experiment.toml", "--output", output], check=True, capture_output=True)
    (texts,) = (output / ".corpus").glob("texts-*")
    packed = (texts / "documents.txt").read_bytes()
    found, at = {}, 0
    for line in (texts / "documents.tsv").read_text(encoding="utf-8").splitlines():
        size, characters, name = line.split("\t")
        text = packed[at : at + int(size)].decode("utf-8")
        assert len(text) == int(characters), f"{name}: {characters} characters claimed, {len(text)} there"
        found[name] = text
        at += int(size)
    assert at == len(packed)
    return found


def reference(files):
    """{name of the file: text or None}"""
    result = subprocess.run([sys.executable, SHARED / "reference/clean_reference.py", "phase1", *files], check=True, capture_output=True)
    rows = [json.loads(line) for line in result.stdout.decode("utf-8").split("\n") if line]
    return {str(row["file"]): row["text"] for row in rows}


def compare(what, ours, files, folder):
    theirs = reference(files)
    kept = 0
    for file in files:
        name = file.relative_to(folder).as_posix()
        expected, got = theirs[str(file)], ours.get(name)
        if got is not None:
            got += SEPARATOR
        if got != expected:
            sys.exit(f"{what}: {name} differs from the reference:\n{got!r:.600}\n{expected!r:.600}")
        kept += expected is not None
    if kept == 0:
        sys.exit(f"{what}: nothing was compared")
    print(f"{what}: {len(files)} files equal, {kept} of them kept")


def odd_files(folder, count=400):
    """Files of everything that could be cleaned differently: line ends, spaces, broken UTF-8, lengths around 50."""
    draw = random.Random(20)
    pieces = [b"X:1", b"M:4/4", b"L:1/8", b"K:G", b"V:1", b"P:A", b"T:title", b"Q:120", b"|:abc", b"%%MIDI", b"% c", b"abc def", b"z4|", b":", b"%",
              "é:x".encode(), "éa:x".encode(), "♭".encode(), "𝄞:".encode(), b"\xef\xbb\xbfX:1", b"A" * 20, b"b" * 49, b"c" * 50, b"\\", b"\x00"]
    ends = [b"\n", b"\r", b"\r\n", b"\n\n", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f", "\u0085".encode(), "\u2028".encode(), "\u2029".encode()]
    spaces = [b"", b"", b" ", b"\t", b"\x1f", "\u00a0".encode(), "\u1680".encode(), "\u2003".encode(), "\u200b".encode(), "\u202f".encode(),
              "\u205f".encode(), "\u3000".encode(), "\ufeff".encode(), "\u180e".encode()]
    broken = [b"", b"", b"", b"\xff", b"\xc0\x80", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9d\x84", b"\xf4\x90\x80\x80", b"\x80", b"\xf8\x88\x80\x80\x80"]
    for number in range(count):
        content = b""
        for _ in range(draw.randrange(1, 12)):
            content += draw.choice(spaces) + draw.choice(broken) + draw.choice(pieces) + draw.choice(broken) + draw.choice(spaces)
            content += draw.choice(ends)
        if draw.random() < 0.5:
            content = content.rstrip(b"\n\r") + draw.choice(pieces)
        (folder / f"{number:04}.abc").write_bytes(content)
    (folder / "random.abc").write_bytes(draw.randbytes(100_000))
    (folder / "empty.abc").write_bytes(b"")


def convert(file, abc):
    """What Etude documents: midi2abc sees the name input.mid, must succeed, and 200 bytes are the least."""
    abc.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, Path(folder) / "input.mid")
        result = subprocess.run(["midi2abc", "input.mid", "-o", "output.abc"], cwd=folder, capture_output=True)
        output = Path(folder) / "output.abc"
        if result.returncode == 0 and output.exists() and output.stat().st_size >= 200:
            shutil.copy(output, abc)


def main():
    if not (SHARED / "reference/clean_reference.py").exists():
        print(f"no reference in {SHARED}")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        odd = work / "odd"
        odd.mkdir()
        odd_files(odd)
        compare("odd files", documents(work, "abc_files", odd, "split_tunes = false"), sorted(odd.glob("*.abc")), odd)

        collections = SHARED / "data/abc"
        compare("collections", documents(work, "abc_files", collections, "split_tunes = false"), sorted(collections.glob("*.abc")), collections)

        if not shutil.which("midi2abc"):
            print("midi2abc is not installed: MIDI files are not compared")
            return
        midi = SHARED / "data/midi"
        converted = work / "converted"
        files = sorted(midi.rglob("*.mid"))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda file: convert(file, converted / file.relative_to(midi).with_suffix(".abc")), files))
        ours = {name.removesuffix(".mid") + ".abc": text for name, text in documents(work, "midi_files", midi).items()}
        compare("MIDI files", ours, sorted(converted.rglob("*.abc")), converted)


main()
