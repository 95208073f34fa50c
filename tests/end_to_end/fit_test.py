"""`etude fit` as its users meet it: on tables, on a study that was run, and on what is wrong with either."""
import json
import shutil
import tempfile
from pathlib import Path

import h5py

from etude_program import etude, experiment_head, write_tunes

GPTS = [(829696, 0.65284709), (4807168, 0.47927661), (21375744, 0.45095918), (50529280, 0.4364914), (113542656, 0.42503417)]
STUDY = """
[architecture]
plugin = "lstm"
num_layers = 1
[training]
steps = 6
batch_size = 4
context_length = 16
learning_rate = 3e-3
threads = 1
[study]
axes.model = [
  { label = "a", architecture = { hidden_size = 4 } },
  { label = "b", architecture = { hidden_size = 8 } },
  { label = "c", architecture = { hidden_size = 16 } },
  { label = "d", architecture = { hidden_size = 32 } },
]
axes.seed = [{ training.seed = 1 }, { training.seed = 2 }]
"""


def write_points(directory):
    file = directory / "points.csv"
    rows = [f"gpt,{n},{loss},False" for n, loss in GPTS] + ["gpt,1000000,9.5,True", "gpt,2000000,,False"]
    file.write_text("family,params,validation loss,outlier\n" + "\n".join(rows) + "\n")
    return file


def fit(*arguments):
    return json.loads(etude("fit", *arguments, "--json").stdout)


def refused(*arguments):
    """What is said to a command that is refused as wrong use."""
    result = etude("fit", *arguments, check=False)
    assert result.returncode == 2 and not result.stdout, (arguments, result)
    return result.stderr


def a_table_gives_the_published_numbers(directory):
    table = ["--csv", write_points(directory), "--n", "params", "--loss", "validation loss", "--where", "outlier=False"]
    line = fit(*table, "--form", "power", "--resamples", "200")
    assert round(line["alpha"], 6) == 0.082818 and round(line["r2"], 4) == 0.8609 and line["n"] == 5, line
    assert round(line["held_out"]["relative_error"], 4) == -0.0898
    low, high = line["intervals"]["alpha"]
    assert low < line["alpha"] < high
    assert any("driven by one point" in warning for warning in line["warnings"])
    assert any("1 row without a value" in warning for warning in line["warnings"])
    for method in ("lbfgs", "projection"):
        offset = fit(*table, "--form", "offset", "--resamples", "0", "--method", method)
        assert (round(offset["E"], 5), round(offset["alpha"], 5), round(offset["A"])) == (0.42559, 0.77805, 123024), offset
        assert offset["intervals"]["alpha"] is None
    everything = fit(*table, "--resamples", "0", "--count", "body", "--unit", "bits_per_character")
    assert (everything["counted"], everything["unit"]) == ("body", "bits_per_character")
    assert [one["form"] for one in everything["fits"]] == ["power", "offset"]
    text = etude("fit", *table, "--resamples", "100").stdout
    assert "offset predicts the largest best" in text and "! power: alpha is driven by one point" in text, text


def wrong_tables_are_refused(directory):
    file = write_points(directory)
    assert "no column 'size'" in refused("--csv", file, "--n", "size", "--loss", "outlier")
    assert "columns: family, params, validation loss, outlier" in refused("--csv", file, "--n", "params", "--loss", "x")
    assert "'False' in column outlier is no positive number" in refused("--csv", file, "--n", "params", "--loss", "outlier")
    assert "--csv needs --loss" in refused("--csv", file, "--n", "params")
    assert "is no condition" in refused("--csv", file, "--n", "params", "--loss", "validation loss", "--where", "family")
    assert "no row of" in refused("--csv", file, "--n", "params", "--loss", "validation loss", "--where", "family=lstm")
    one = ["--csv", file, "--n", "params", "--loss", "validation loss", "--where", "params=829696"]
    assert "1 point for 2 parameters" in refused(*one)
    same = directory / "same.csv"
    same.write_text("n,loss,d\n5,2,1\n5,3,2\n5,4,3\n")
    assert "all points have the same N" in refused("--csv", same, "--n", "n", "--loss", "loss")
    assert etude("fit", "--csv", directory / "none.csv", "--n", "n", "--loss", "l", check=False).returncode == 1


def wrong_options_are_refused(directory):
    assert "nothing to fit" in refused()
    assert "--form cubic is not known" in refused(directory, "--form", "cubic")
    assert "--count most is not known" in refused(directory, "--count", "most")
    assert "is of a table" in refused(directory, "--loss", "loss")
    assert "--compute is -1" in refused(directory, "--compute=-1")
    assert "--resamples is -1" in refused(directory, "--resamples=-1")


def a_study_is_fitted_and_keeps_its_fits(directory):
    write_tunes(directory / "tunes.abc", 30)
    experiment = directory / "sizes.toml"
    experiment.write_text(experiment_head("sizes") + STUDY)
    etude("run", experiment, "--output", directory / "runs")
    study = directory / "runs" / "sizes"
    found = fit(study, "--resamples", "60")
    assert [one["form"] for one in found["fits"]] == ["power", "offset"] and found["family"] == "lstm", found
    assert found["n"] == 8 and found["unit"] == "nats_per_token" and found["counted"] == "total"
    runs = {point["run"]: point for point in found["fits"][0]["points"]}
    with h5py.File(next(study.glob("d_seed-2-*")) / "run.h5") as run:
        point = runs["d_seed-2" if "d_seed-2" in runs else run.attrs["label"]]
        assert point["loss"] == run["validation/loss"][-1]
        assert point["parameters"] == run["model/parameters"][()]
        assert point["flops"] == run["model/training_flops_per_token"][()] * point["tokens"]
        body = fit(study, "--count", "body", "--resamples", "0")["fits"][0]["points"]
        assert {one["run"]: one for one in body}[point["run"]]["parameters"] == run["model/parameters_body"][()]
    with h5py.File(study / "study.h5") as file:
        assert json.loads(file["fits/json"].asstr()[()])["counted"] == "body"
        assert len(file["fits/laws"]) == 2
    assert fit(study, "--unit", "bits_per_character", "--resamples", "0")["unit"] == "bits_per_character"
    # A damaged run is named and left out; the others are fitted.
    damaged = next(study.glob("a_seed-1-*"))
    (damaged / "journal.jsonl").write_text('{"event":\n')
    (damaged / "run.h5").write_bytes(b"no HDF5")
    found = fit(study, "--resamples", "0")
    assert found["n"] == 7 and any(damaged.name in warning for warning in found["warnings"]), found["warnings"]
    shutil.rmtree(study)
    assert etude("fit", study, check=False).returncode != 0


def main():
    for behaviour in (a_table_gives_the_published_numbers, wrong_tables_are_refused, wrong_options_are_refused, a_study_is_fitted_and_keeps_its_fits):
        with tempfile.TemporaryDirectory() as directory:
            behaviour(Path(directory))
        print("ok:", behaviour.__name__.replace("_", " "), flush=True)


main()
