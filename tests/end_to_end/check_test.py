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
    best_is_the_largest_model_of_the_study(place)
