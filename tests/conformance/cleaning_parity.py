"""Cleaning as the study did it: texts byte by byte, gzip sizes to the byte.

Three are compared: Etude (by clean_probe, and by the documents that `etude prepare` leaves), the semantics as cleaning_semantics.py
states them, and, where ../shared has it, the study's own reference script; on generated odd files and on all music of ../shared/data.
"""
import csv
import hashlib
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cleaning_semantics
import odd_abc

PROGRAM = os.environ["ETUDE_PROGRAM"]
PROBE = Path(os.environ["ETUDE_BUILD"]) / "bin/clean_probe"
SHARED = Path(os.environ["ETUDE_SHARED"])
REFERENCE = SHARED / "reference/clean_reference.py"
MIN_RATIO = 0.24  # the study's

EXPERIMENT = """
[dataset]
plugin = "{plugin}"
path = "{path}"
profile = "{profile}"
{options}
{filter}
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


def stated(profile, file):
    """What the semantics make of it: text with separator or None, bytes without white space, gzip bytes (0 in phase 1)."""
    raw = file.read_bytes()
    return (cleaning_semantics.phase1(raw), 0, 0) if profile == "phase1" else cleaning_semantics.phase2(raw)


def reference():
    """The study's script as a module, or None. Its ratio filter is turned off: in Etude it belongs to the framework."""
    if not REFERENCE.exists():
        return None
    spec = importlib.util.spec_from_file_location("clean_reference", REFERENCE)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    module.PHASE2_MIN_RATIO = 0
    return module


def probe(profile, files):
    """What Etude makes of each file, as clean_probe says it."""
    result = subprocess.run([PROBE, profile], input="".join(f"{file}\n" for file in files).encode(), check=True, capture_output=True)
    return [json.loads(line) for line in result.stdout.split(b"\n") if line]


def prepared(work, profile, plugin, path, options=""):
    """By id, as `etude prepare` leaves them: the text without separator; whether the gzip ratio kept it; sizes without white space."""
    ratio = f"[filter]\nmin_gzip_ratio = {MIN_RATIO}" if profile == "phase2" else ""
    (work / "experiment.toml").write_text(EXPERIMENT.format(plugin=plugin, path=path, profile=profile, options=options, filter=ratio))
    output = work / f"output-{plugin}-{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    result = subprocess.run([PROGRAM, "prepare", work / "experiment.toml", "--output", output], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"etude prepare failed:\n{result.stderr}")
    (stage,) = (output / ".corpus").glob("documents-*")
    packed = (stage / "documents.txt").read_bytes()
    ids = (stage / "documents.ids").read_text(encoding="utf-8").split("\n")[:-1]
    entries = list(struct.iter_unpack("<qqqIi", (stage / "documents.index").read_bytes()))
    found = {}
    (decisions,) = (output / ".corpus").glob("texts-*/decisions.tsv")
    with open(decisions, encoding="utf-8") as file:
        verdicts = {row["id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for name, (begin, _, characters, trimmed, _), following in zip(ids, entries, entries[1:], strict=False):
        text = packed[begin + trimmed : following[0]].decode("utf-8")
        if len(text) != characters:
            sys.exit(f"{name}: {characters} characters claimed, {len(text)} there")
        row = verdicts[name]
        found[name] = (text, row["verdict"] != "filtered: gzip ratio", int(row["raw_bytes"] or 0), int(row["gzip_bytes"] or 0))
    if len(found) != len(entries) - 1:
        sys.exit(f"{len(entries) - 1} documents, but {len(found)} ids")
    return found


def script_keeps(script, file):
    """Whether the study's script keeps the file with its own filter."""
    script.PHASE2_MIN_RATIO = MIN_RATIO
    kept = script.phase2(str(file))["text"] is not None
    script.PHASE2_MIN_RATIO = 0
    return kept


def differ(what, file, ours, theirs):
    if ours != theirs:
        sys.exit(f"{what}: {file.name} differs:\n{ours!r:.800}\n{theirs!r:.800}")


def compare(what, profile, files, documents=None, name_of=None):
    """Etude against the stated semantics and the reference. @param documents  what prepared() gave for the same files"""
    script = reference()
    kept = filtered = 0
    for file, row in zip(files, probe(profile, files), strict=True):
        text, dense, packed = stated(profile, file)
        ours = None if row["text"] is None else row["text"] + row["separator"]
        differ(what, file, ours, text)
        if profile == "phase2" and text is not None:
            differ(f"{what}: gzip sizes", file, (row["raw_bytes"], row["gz_bytes"]), (dense, packed))
        if documents is not None:
            found = documents.get(name_of(file))
            expected = None if text is None else (text.removesuffix(row["separator"]), profile == "phase1" or packed / dense >= MIN_RATIO, dense, packed)
            differ(f"{what}: prepared", file, found, expected)
        if script:
            theirs = getattr(script, profile)(str(file))
            differ(f"{what}: reference", file, text, theirs["text"])
            differ(f"{what}: reference's sizes", file, (dense, packed) if "gz_bytes" in theirs else None,
                   (theirs["raw_bytes"], theirs["gz_bytes"]) if "gz_bytes" in theirs else None)
            if profile == "phase2" and theirs["text"] is not None:
                filtered += script_keeps(script, file) != (packed / dense >= MIN_RATIO)
        kept += text is not None
    if filtered:
        sys.exit(f"{what}: the study's script filters {filtered} files otherwise")
    if kept == 0:
        sys.exit(f"{what}: nothing was compared")
    print(f"{what}: {len(files)} files equal, {kept} of them kept, {'with' if script else 'without'} the study's script", flush=True)


def convert(file, abc):
    """What Etude documents: midi2abc sees the name input.mid, must succeed, and 200 bytes are the least."""
    abc.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(file, Path(folder) / "input.mid")
        result = subprocess.run(["midi2abc", "input.mid", "-o", "output.abc"], cwd=folder, capture_output=True)
        output = Path(folder) / "output.abc"
        if result.returncode == 0 and output.exists() and output.stat().st_size >= 200:
            shutil.copy(output, abc)


def run(profile):
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        odd = work / "odd"
        files = odd_abc.write(odd)
        compare("odd files", profile, files, prepared(work, profile, "abc_files", odd, "split_tunes = false"), lambda file: file.name)
        if not (SHARED / "data").exists():
            print(f"no music in {SHARED}")
            return
        collections = SHARED / "data/abc"
        compare("collections", profile, sorted(collections.glob("*.abc")),
                prepared(work, profile, "abc_files", collections, "split_tunes = false"), lambda file: file.name)
        if not shutil.which("midi2abc"):
            print("midi2abc is not installed: MIDI files are not compared")
            return
        midi = SHARED / "data/midi"
        converted = work / "converted"
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda file: convert(file, converted / file.relative_to(midi).with_suffix(".abc")), sorted(midi.rglob("*.mid"))))
        compare("MIDI files", profile, sorted(converted.rglob("*.abc")), prepared(work, profile, "midi_files", midi),
                lambda file: file.relative_to(converted).with_suffix(".mid").as_posix())
