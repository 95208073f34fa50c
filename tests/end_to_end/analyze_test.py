"""`etude prepare --analyze`: the sample's numbers against NumPy and zlib, corpus.h5 as h5py sees it, songs, charts, and what a second call does."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
import zlib
from collections import Counter
from pathlib import Path

from etude_program import ENVIRONMENT, PROGRAM, etude

try:
    import h5py
    import numpy
except ImportError as error:
    print(f"SKIPPED: {error} (tools/setup --tests installs it)")
    sys.exit(77)

EXPERIMENT = """
[dataset]
plugin = "abc_files"
path = "tunes"
profile = "phase1"
[filter]
{filter}
[split]
train = 0.8
validation = 0.1
test = 0.1
method = "shuffle"
[tokenizer]
plugin = "char"
vocab_size = 64
[architecture]
plugin = "gpt"
[training]
steps = 1
"""
CHARTS = {"gzip-ratio": "gzip ratio", "threshold-curve": "documents kept", "lengths": "characters a document",
          "characters": "share of all characters", "outcomes": "sources or documents", "splits": "tokens"}
QUANTILES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1]


def write_tunes(folder, count):
    """Tunes from wholly random to one bar over and over, so that their ratios spread."""
    folder.mkdir()
    draw = random.Random(3)
    for number in range(count):
        kinds = ["".join(draw.choice("CDEFGABcdefgab^_") + draw.choice(["", "2", "/2", ">"]) for _ in range(6)) for _ in range(1 + number % 24)]
        bars = [draw.choice(kinds) for _ in range(12 + number % 90)]
        body = "".join(bar + (" |\n" if i % 4 == 3 else " | ") for i, bar in enumerate(bars))
        (folder / f"tune {number:03}.abc").write_text(f"X:1\nM:4/4\nL:1/8\nK:C\n{body}\n")


def experiment(folder, name="experiment", filters=""):
    file = folder / f"{name}.toml"
    file.write_text(EXPERIMENT.format(filter=filters))
    return file


def prepare(file, output, *more, check=True):
    return etude("prepare", file, "--output", output, *more, check=check)


def only_corpus(result):
    (corpus,) = json.loads(result.stdout)["corpora"]
    return corpus


def gzip_sizes(text):
    """Raw and compressed bytes as the study counts them."""
    lines = ["".join(line.split()) for line in text.splitlines()]
    raw = b"".join(line.encode() + b"\n" for line in lines if line)
    engine = zlib.compressobj(level=9, wbits=31)
    return len(raw), len(engine.compress(raw)) + len(engine.flush())


def texts(column):
    return [value.decode() for value in column[:]]


def check_numbers(folder):
    """All documents: so each number can be computed from the tunes themselves."""
    threshold = 0.3
    file, output = experiment(folder, "numbers", f"min_gzip_ratio = {threshold}"), folder / "numbers"
    corpus = only_corpus(prepare(file, output, "--analyze", 1000, "--json"))
    tunes = {f"{path.name}#1": path.read_text().strip() for path in (folder / "tunes").iterdir()}
    with h5py.File(corpus["file"]) as h5:
        sample = h5["analysis/sample"]
        assert len(sample["id"]) == h5["analysis"].attrs["documents"] == len(tunes)
        ratios = {}
        for row, name in enumerate(texts(sample["id"])):
            raw, compressed = gzip_sizes(tunes[name])
            assert (sample["raw_bytes"][row], sample["gzip_bytes"][row]) == (raw, compressed), name
            assert sample["characters"][row] == len(tunes[name]), name
            assert sample["ratio"][row] == compressed / raw
            ratios[name] = compressed / raw
        values = numpy.sort(list(ratios.values()))
        lengths = [len(text) for text in tunes.values()]
        assert list(h5["analysis/quantiles/share"]) == QUANTILES
        numpy.testing.assert_allclose(h5["analysis/quantiles/ratio"], numpy.quantile(values, QUANTILES), rtol=1e-12)
        numpy.testing.assert_allclose(h5["analysis/quantiles/characters"], numpy.quantile(lengths, QUANTILES), rtol=1e-12)
        kept = int((values >= threshold).sum())
        assert 20 < kept < len(tunes) - 20, "the tunes should lie on both sides"
        assert h5["analysis/threshold"][()] == threshold
        assert h5["analysis/kept_share"][()] == kept / len(tunes)
        for at, share in zip(h5["analysis/curve/threshold"], h5["analysis/curve/kept_share"]):
            assert share == (values >= at).mean(), at
        histogram = h5["analysis/histogram"]
        for low, high, dropped, above in zip(*(histogram[name] for name in ("low", "high", "dropped", "kept"))):
            inside = values[(values >= low) & (values < high)]
            assert (dropped, above) == ((inside < threshold).sum(), (inside >= threshold).sum())
        assert sum(histogram["dropped"]) + sum(histogram["kept"]) == len(tunes)
        check_corpus_facts(h5, corpus, tunes, ratios, threshold)
        check_songs(h5, corpus, tunes, ratios, threshold)
    check_charts(Path(corpus["analysis"]["directory"]))
    check_outcomes(folder, file, output, ratios, threshold)


def check_corpus_facts(h5, corpus, tunes, ratios, threshold):
    kept = [name for name in tunes if ratios[name] >= threshold]
    splits = {name.decode(): row for row, name in enumerate(h5["splits/split"])}
    assert sum(h5["splits/documents"]) == len(kept)
    assert h5["splits/documents"][splits["train"]] == int(len(kept) * 0.8)
    assert abs(sum(h5["splits/share"]) - 1) < 1e-12
    for name, row in splits.items():
        told = corpus["splits"][name]
        for column, key in (("documents", "documents"), ("characters", "characters"), ("tokens", "tokens"), ("unknown", "unknown"),
                            ("unknown_share", "unknown_share"), ("tokens_per_character", "tokens_per_character"), ("share", "share")):
            assert h5[f"splits/{column}"][row] == told[key], (name, column)
        # Two characters, a blank line, separate documents.
        assert told["tokens"] == told["characters"] + 2 * told["documents"]
    counts = Counter("".join(tunes[name] for name in kept))
    assert dict(zip(texts(h5["characters/character"]), h5["characters/count"][:])) == counts
    assert list(h5["characters/count"]) == sorted(counts.values(), reverse=True)
    outcomes = dict(zip(texts(h5["outcomes/result"]), h5["outcomes/count"][:]))
    assert outcomes["filtered: gzip ratio"] == len(tunes) - len(kept), outcomes
    assert corpus["kept"] == len(kept)
    assert h5.attrs["fingerprint"] == corpus["fingerprint"]
    assert h5.attrs["vocab_size"] == 64


def check_songs(h5, corpus, tunes, ratios, threshold):
    by_ratio = sorted(ratios, key=ratios.get)
    below = max((name for name in ratios if ratios[name] < threshold), key=ratios.get)
    above = min((name for name in ratios if ratios[name] >= threshold), key=ratios.get)
    songs = h5["analysis/songs"]
    chosen = dict(zip(texts(songs["role"]), texts(songs["id"])))
    expected = {f"lowest-{i + 1}": ratios[name] for i, name in enumerate(by_ratio[:5])}
    expected |= {f"highest-{i + 1}": ratios[name] for i, name in enumerate(reversed(by_ratio[-5:]))}
    expected |= {"threshold-below": ratios[below], "threshold-above": ratios[above]}
    assert {role: ratios[name] for role, name in chosen.items()} == expected
    directory = Path(corpus["analysis"]["directory"]) / "songs"
    files = {path.name: path for path in directory.iterdir()}
    assert sorted(files) == sorted(texts(songs["file"]))
    for role, name in chosen.items():
        file = files[f"{role}_ratio-{ratios[name]:.4f}_{name.replace(' ', '_').replace('#', '_')}.abc"]
        assert file.read_text() == tunes[name], file


def check_charts(directory):
    for name, label in CHARTS.items():
        picture = xml.parse(directory / f"{name}.svg").getroot()
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        shown = " ".join(picture.itertext())
        assert label in shown, (name, shown)
        specification = json.loads((directory / f"{name}.vl.json").read_text())
        assert specification["title"]["text"] in shown
        # Nothing is fetched when a picture is shown.
        assert "href" not in (directory / f"{name}.svg").read_text().replace("xlink:href=\"#", "")
    characters = " ".join(xml.parse(directory / "characters.svg").getroot().itertext())
    assert "newline" in characters and "space" in characters


def check_outcomes(folder, file, output, ratios, threshold):
    prepare(file, output, "--outcomes", folder / "outcomes.tsv")
    rows = [line.split("\t") for line in (folder / "outcomes.tsv").read_text().splitlines()]
    titles, rows = rows[0], [dict(zip(rows[0], row)) for row in rows[1:]]
    assert titles[0] == "id" and {row["id"] for row in rows} == set(ratios)
    for row in rows:
        assert int(row["gzip_bytes"]) / int(row["raw_bytes"]) == ratios[row["id"]]
        assert (row["verdict"] == "filtered: gzip ratio") == (ratios[row["id"]] < threshold), row
    on_standard_output = prepare(file, output, "--outcomes", "-").stdout
    assert on_standard_output == (folder / "outcomes.tsv").read_text()


def check_sample(folder):
    """A sample is always the same; a second call does nothing and says so; the table on the terminal tells all."""
    file, output = experiment(folder), folder / "sample"
    first = only_corpus(prepare(file, output, "--analyze", 40, "--json"))
    assert not first["nothing_to_do"] and first["analysis"]["sample"] == 40
    # No threshold is set: the study's is looked at.
    assert first["analysis"]["threshold"] == 0.24
    stamp = Path(first["file"]).stat().st_mtime_ns
    again = prepare(file, output, "--analyze", 40)
    assert "nothing was to be done: all of it was there already" in again.stdout
    assert Path(first["file"]).stat().st_mtime_ns == stamp
    assert "nothing was to be done" in prepare(file, output).stdout
    second = only_corpus(prepare(file, output, "--analyze", 40, "--json"))
    assert second["nothing_to_do"] and second["analysis"] == first["analysis"]
    for words in ("of 240 documents, before any filter", "the study's; filter.min_gzip_ratio is not set", "50 %",
                  "greatest", "lowest-1", "highest-5", "threshold-below", "twin in training", "duplicates", "vocabulary", "newline",
                  '"M:4/4\\nL:1/8"', "unique", "80.00 %", first["file"], first["analysis"]["directory"]):
        assert words in again.stdout, f"{words!r} is not in\n{again.stdout}"
    other = prepare(file, output, "--analyze", 50, "--json")
    assert only_corpus(other)["analysis"]["sample"] == 50 and not only_corpus(other)["nothing_to_do"]
    elsewhere = only_corpus(prepare(file, folder / "elsewhere", "--analyze", 50, "--json"))
    assert Path(elsewhere["file"]).read_bytes() == Path(first["file"]).read_bytes()


def check_without_drawing(folder):
    """No vl_convert: one warning, the specifications stand, and pictures follow once it is there."""
    file, output = experiment(folder), folder / "undrawn"
    python = folder / "python-without"
    python.write_text("#!/bin/sh\necho \"No module named 'vl_convert'\"\nexit 3\n")
    python.chmod(0o755)
    def run(**variables):
        return subprocess.run([PROGRAM, "prepare", str(file), "--output", str(output), "--analyze", "30", "--json"],
                              env={**ENVIRONMENT, **variables}, capture_output=True, text=True, timeout=300)
    result = run(ETUDE_PYTHON=str(python))
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("warning: charts are not drawn") == 1 and "pip install vl-convert-python" in result.stderr, result.stderr
    directory = Path(only_corpus(result)["analysis"]["directory"])
    assert {path.name for path in directory.glob("*.json")} == {f"{name}.vl.json" for name in CHARTS}
    assert not list(directory.glob("*.svg"))
    later = run(ETUDE_PYTHON=os.environ["ETUDE_TEST_PYTHON"])
    assert not only_corpus(later)["nothing_to_do"]
    check_charts(directory)
    assert only_corpus(run(ETUDE_PYTHON=str(python)))["nothing_to_do"]


def check_errors(folder):
    for value, words in (("0", "--analyze is 0"), ("-5", "--analyze is -5"), ("many", "analyze"), ("1.5", "analyze")):
        result = prepare(experiment(folder), folder / "errors", f"--analyze={value}", check=False)
        assert result.returncode == 2 and words in result.stderr, (value, result.returncode, result.stderr)
    result = prepare(experiment(folder), folder / "errors", "--outcomes", folder / "no" / "such" / "table.tsv", check=False)
    assert result.returncode != 0 and re.search("no/such", result.stderr), result.stderr


def main():
    if subprocess.run([os.environ["ETUDE_TEST_PYTHON"], "-c", "import vl_convert"], capture_output=True).returncode != 0:
        print("SKIPPED: no vl_convert (tools/setup installs it)")
        sys.exit(77)
    ENVIRONMENT["ETUDE_PYTHON"] = os.environ["ETUDE_TEST_PYTHON"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tunes(folder / "tunes", 240)
        for check in (check_numbers, check_sample, check_without_drawing, check_errors):
            check(folder)
            print(f"{check.__name__}: passed")


main()
