"""What `etude list` and `etude describe` say about good, hidden and bad plugins, as text and as JSON."""
import json
import os
import shutil
import tempfile
from pathlib import Path

from etude_program import etude

BUILD = Path(os.environ["ETUDE_BUILD"])
GOOD = BUILD / "lib/etude/plugins/libtokenizer_byte.so"


def bad(fault):
    return BUILD / f"tests/fixtures/bad_plugins/{fault}/lib{fault}.so"


def list_shows_what_was_taken_hidden_and_refused(work):
    folder = work / "mine"
    folder.mkdir()
    shutil.copy(GOOD, folder)
    shutil.copy(bad("other_libtorch"), folder)
    (folder / "libtext.so").write_text("a tune, not a library\n")
    (folder / "libcut.so").write_bytes(GOOD.read_bytes()[:5000])
    found = json.loads(etude("list", "--plugin-dir", folder, "--json").stdout)
    ids = {(part["kind"], part["id"]): part for part in found["parts"]}
    assert ids["tokenizer", "byte"]["file"] == str(folder / GOOD.name), ids
    assert {("architecture", "gpt"), ("architecture", "lstm"), ("dataset", "text")} <= set(ids), ids
    assert [(part["id"], part["file"], part["by"]) for part in found["shadowed"]] == [("byte", str(GOOD), str(folder / GOOD.name))]
    reasons = {Path(file["file"]).name: file["reason"] for file in found["rejected"]}
    assert set(reasons) == {"libcut.so", "libother_libtorch.so", "libtext.so"}, reasons
    assert "cut short" in reasons["libcut.so"] and "built with LibTorch 1.13.1" in reasons["libother_libtorch.so"], reasons
    text = etude("list", "--plugin-dir", folder).stdout
    for words in ("shadowed", "refused", "no ELF header", "rebuild it against the SDK in"):
        assert words in text, (words, text)


def working_directory_is_never_searched(work):
    shutil.copy(bad("id_twice"), work)
    found = json.loads(etude("list", "--json", cwd=work).stdout)
    assert not found["rejected"] and [entry["asked_by"] for entry in found["directories"]] == ["installed"], found


def folders_of_an_experiment_are_searched(work):
    folder = work / "of_experiment"
    folder.mkdir()
    shutil.copy(GOOD, folder)
    (work / "experiment.toml").write_text('[plugins]\ndirectories = ["of_experiment"]\n')
    found = json.loads(etude("list", work / "experiment.toml", "--json").stdout)
    assert found["directories"][0]["path"] == str(folder), found["directories"]
    assert "experiment.toml:2" in found["directories"][0]["asked_by"], found["directories"]


def missing_folder_is_wrong_use(work):
    result = etude("list", "--plugin-dir", work / "nowhere", check=False)
    assert result.returncode == 2 and "nowhere" in result.stderr and "--plugin-dir" in result.stderr, result.stderr


def describe_counts_the_models_of_the_study():
    # Parameters from the tables of the study: all of a model, a tied matrix once.
    small = {"n_layer": 6, "n_head": 8, "n_embd": 256}
    for part, options, parameters in (("gpt", {}, 829_696), ("gpt", small, 4_807_168), ("lstm", {"hidden_size": 560}, 5_062_464)):
        settings = [word for name, value in options.items() for word in ("--set", f"{name}={value}")]
        described = json.loads(etude("describe", part, "--vocab-size", 64, "--context-length", 256, "--json", *settings).stdout)
        counts = described["model"]["parameters"]
        assert counts["total"] == parameters == sum(counts[group] for group in ("embedding", "output", "body")), counts
        assert described["model"]["training_flops_per_token"] == 3 * described["model"]["forward_flops_per_token"] > 0
    dropout = next(option for option in described["options"] if option["name"] == "dropout")
    assert dropout["type"] == "number" and dropout["low"] == 0 and dropout["high"] == 1 and dropout["help"], dropout
    text = etude("describe", "architecture", "gpt", "--set", "n_layer=6").stdout
    assert "n_layer" in text and "between" in text and "FLOPs a token" in text, text


def describe_shows_the_shape_of_a_size():
    text = etude("describe", "gpt", "--set", "parameters=3e6", "--set", "dropout=0").stdout
    shape = {words[0]: words[3] for words in (line.split() for line in text.splitlines()) if words[:1] and words[0] in ("n_layer", "n_embd", "dropout")}
    assert shape["dropout"] == "0.0" and int(shape["n_embd"]) > 128, text
    described = json.loads(etude("describe", "gpt", "--set", "parameters=1e6", "--json").stdout)
    assert abs(described["model"]["parameters"]["total"] / 1e6 - 1) <= 0.1, described["model"]
    assert "--set parameters=1e6" in etude("describe", "lstm").stdout
    for settings, words in [(["parameters=many"], "must be a number of at least 1"), (["parameters=7"], "sizes near it"),
                            (["parameters=1e6", "n_layer=100"], "leave one of the two out")]:
        result = etude("describe", "gpt", *(word for setting in settings for word in ("--set", setting)), check=False)
        assert result.returncode == 2 and words in result.stderr, result.stderr


def describe_refuses_what_it_does_not_know():
    for arguments, words in (
        (["gtp"], ["unknown part gtp", "did you mean gpt?", "searched: "]),
        (["tokenizer", "gpt"], ["unknown tokenizer gpt", "known: "]),
        (["architectur", "gpt"], ["unknown kind architectur"]),
        (["gpt", "--set", "n_heads=3", "--set", "dropout=1.5"],
         ["unknown option n_heads of gpt", "did you mean n_head?", "dropout of gpt is 1.5", "below 1"]),
        ([], ["which part?"]),
    ):
        result = etude("describe", *arguments, check=False)
        assert result.returncode == 2 and all(word in result.stderr for word in words), (arguments, result.stderr)


with tempfile.TemporaryDirectory() as temporary:
    directory = Path(temporary).resolve()
    list_shows_what_was_taken_hidden_and_refused(directory)
    working_directory_is_never_searched(directory)
    folders_of_an_experiment_are_searched(directory)
    missing_folder_is_wrong_use(directory)
describe_counts_the_models_of_the_study()
describe_shows_the_shape_of_a_size()
describe_refuses_what_it_does_not_know()
print("passed")
