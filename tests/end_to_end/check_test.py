"""`etude check` says what `etude run` then does, and writes nothing."""
import json
import tempfile
from pathlib import Path

from etude_program import SOURCE, etude, write_tunes

EXPERIMENT = """
[dataset]
plugin = "abc_files"
path = "tunes.abc"
[split]
train = 0.5
validation = 0.25
test = 0.25
[tokenizer]
plugin = "char"
vocab_size = 48
[architecture]
plugin = "gpt"
n_layer = 1
n_head = 1
n_embd = 16
[training]
steps = 6
batch_size = 4
context_length = 32
device = "cpu"
[[metric]]
plugin = "perplexity"
[study]
axes.seed = [ { training.seed = 1 }, { training.seed = 2 } ]
"""


def check(folder, *arguments):
    return json.loads(etude("check", "mine.toml", "--json", *arguments, cwd=folder).stdout)


def parameters_of_gpt(vocab, context, layers, width):
    """The study's GPT, counted by hand: no biases but those of the normalizations, output tied."""
    block = 2 * (2 * width) + 3 * width * width + width * width + 8 * width * width
    return vocab * width + context * width + layers * block + 2 * width


def before_the_corpus_is_there(folder):
    plan = check(folder)
    assert [run["label"] for run in plan["runs"]] == ["seed-1", "seed-2"]
    run = plan["runs"][0]
    assert run["id"] is None and run["epochs"] is None
    assert run["model"]["parameters"] == parameters_of_gpt(48, 32, 1, 16), run["model"]
    assert run["tokens"] == 6 * 4 * 32 and run["steps"] == 6
    assert run["estimate"]["step_seconds"] > 0 and run["estimate"]["peak_memory"] > 1 << 20
    assert run["origins"]["training.steps"] == "mine.toml:18:9", run["origins"]
    assert run["origins"]["training.seeds.data"] == "mine.toml:25:33", run["origins"]
    assert run["origins"]["training.learning_rate"] == "default"
    assert any("etude prepare mine.toml" in warning for warning in plan["warnings"]), plan["warnings"]
    assert sorted(path.name for path in folder.iterdir()) == ["mine.toml", "tunes.abc"], "check wrote something"


def sources_that_are_missing_are_a_warning(folder):
    plan = check(folder, "--no-probe", "--set", "dataset.path=elsewhere.abc")
    assert any(warning.startswith("--set dataset.path=elsewhere.abc: ") for warning in plan["warnings"]), plan["warnings"]
    assert plan["runs"][0]["estimate"] is None


def with_the_corpus(folder):
    etude("prepare", "mine.toml", cwd=folder)
    plan = check(folder)
    train = plan["corpora"][0]["train_tokens"]
    assert abs(plan["runs"][0]["epochs"] - 6 * 4 * 32 / train) < 1e-12
    assert plan["runs"][0]["estimate"]["validation_seconds"] > 0 and plan["runs"][0]["estimate"]["metric_seconds"] > 0
    assert not any("unique training tokens" in warning for warning in plan["warnings"]), plan["warnings"]
    often = check(folder, "--no-probe", "--set", f"training.steps={train // 32}")
    assert any("unique training tokens" in warning for warning in often["warnings"]), often["warnings"]
    return [run["id"] for run in plan["runs"]]


def runs_have_the_ids_that_check_said(folder, ids):
    etude("run", "mine.toml", cwd=folder)
    assert sorted(path.name for path in (folder / "runs/mine").iterdir() if path.is_dir()) == sorted(ids)
    assert [run["id"] for run in check(folder, "--no-probe", "--set", "training.threads=1")["runs"]] == ids


def text_for_people(folder):
    out = etude("check", "mine.toml", cwd=folder).stdout
    for expected in ["study mine, 2 runs", "etude.gpt", "mine.toml:18:9", "seed-2", "perplexity"]:
        assert expected in out, (expected, out)
    assert "epsilon" not in out
    assert "epsilon" in etude("check", "mine.toml", "--values", "--no-probe", cwd=folder).stdout


def mistakes_are_exit_code_2(folder):
    (folder / "typo.toml").write_text(EXPERIMENT.replace("n_head", "n_heads"))
    result = etude("check", "typo.toml", cwd=folder, check=False)
    assert result.returncode == 2
    assert "typo.toml:15:1: unknown option architecture.n_heads of gpt" in result.stderr, result.stderr
    assert "did you mean n_head?" in result.stderr


STUDY = EXPERIMENT[: EXPERIMENT.index("[study]")].replace("n_layer = 1\nn_head = 1\nn_embd = 16\n", "").replace("steps = 6\n", 'schedule = "wsd"\ndecay_share = 0.5\n') + """
[study]
finish = ["fit"]
axes.model = [ { family = "gpt", parameters = [5e3, 2e4] }, { family = "lstm", parameters = 5e3 } ]
axes.budget = [ { label = "short", training.steps = 8 }, { label = "long", training.steps = 16 } ]
axes.rate = [ { label = "low", training.learning_rate = 1e-3 }, { label = "high", training.learning_rate = 1e-2 } ]
axes.seed = [ { training.seed = 1 }, { training.seed = 2 } ]
select.rate = { by = "validation_loss", at = { budget = "short", seed = "seed-1" } }
"""


def a_whole_study_is_estimated(folder):
    (folder / "study.toml").write_text(STUDY)
    plan = json.loads(etude("check", "study.toml", "--json", "--probe-seconds", "0.2", cwd=folder).stdout)
    runs = plan["runs"]
    assert len(runs) == 3 * 2 * 2 * 2
    # Both rates of each model are tried once; then the best one serves three more combinations of budget and seed.
    assert [run["label"] for run in runs if run["runs"] == "always"] == [
        f"{model}_short_{rate}_seed-1" for model in ("gpt-5k", "gpt-20k", "lstm-5k") for rate in ("low", "high")]
    expected = [run for run in runs if run["expected"]]
    assert len(expected) == 3 * (2 + 3), len(expected)
    for run in expected:
        asked = run["sized"]["parameters"]
        assert abs(run["model"]["parameters"] / asked - 1) <= 0.1, run["model"]
        long = "_long_" in run["label"]
        assert run["steps"] == (16 if long else 8)
        # A long run begins where the short one begins to decay, after half of its 8 steps.
        assert run["own_steps"] == (12 if long else 8), run
        assert run["parent"] == (run["label"].replace("_long_", "_short_") if long else None)
        assert run["estimate"]["training_seconds"] == run["own_steps"] * run["estimate"]["step_seconds"]
    total = sum(run["estimate"]["total_seconds"] for run in expected)
    assert abs(plan["total_seconds"] / total - 1) < 1e-9
    assert plan["selections"] == [{"axis": "rate", "by": "validation_loss", "at": {"budget": "short", "seed": "seed-1"}}]
    assert plan["finish"] == ["fit"]

    side_by_side = json.loads(etude("check", "study.toml", "--json", "--probe-seconds", "0.2", "--jobs", "2", cwd=folder).stdout)
    times = [run["estimate"]["total_seconds"] for run in side_by_side["runs"] if run["expected"]]
    assert side_by_side["jobs"] == 2 and sum(times) / 2 - 1e-9 <= side_by_side["total_seconds"] <= sum(times)
    assert etude("check", "study.toml", "--jobs", "0", cwd=folder, check=False).returncode == 2

    out = etude("check", "study.toml", "--no-probe", cwd=folder).stdout
    for words in ["study study, 15 runs", "the best of 2 by validation_loss", "tried at budget short, seed seed-1", "3 choices",
                  "6 runs at first, 15 in all, of which 12 count", "shapes chosen for the sizes asked for", "n_layer", "ends with fit"]:
        assert words in out, (words, out)
    # Runs that differ in rate and seed alone stand in one line.
    lines = [line.split() for line in out.splitlines() if line.split()[:1] == ["gpt-5k_short"]]
    assert lines[0][:2] == ["gpt-5k_short", "3"], lines

    (folder / "study.toml").write_text(STUDY.replace('seed = "seed-1"', 'seed = "seed-3"').replace('"lstm", parameters = 5e3', '"lstm", parameters = 50'))
    wrong = etude("check", "study.toml", "--no-probe", cwd=folder, check=False)
    assert wrong.returncode == 2 and '"seed-3" is no label of the axis seed' in wrong.stderr, wrong.stderr
    assert "no LSTM of 2 layers has about 50 parameters" in wrong.stderr, wrong.stderr


def best_is_the_largest_model_of_the_study(folder):
    checked = json.loads(etude("check", SOURCE / "experiments/best.toml", "--set", "dataset.path=nowhere", "--no-probe", "--json", cwd=folder).stdout)
    sizes = [run["model"]["parameters"] for run in checked["runs"]]
    assert sizes == [206_637_056], sizes


with tempfile.TemporaryDirectory() as name:
    place = Path(name)
    write_tunes(place / "tunes.abc", 60)
    (place / "mine.toml").write_text(EXPERIMENT)
    before_the_corpus_is_there(place)
    sources_that_are_missing_are_a_warning(place)
    mentioned = with_the_corpus(place)
    runs_have_the_ids_that_check_said(place, mentioned)
    text_for_people(place)
    mistakes_are_exit_code_2(place)
    a_whole_study_is_estimated(place)
    best_is_the_largest_model_of_the_study(place)
