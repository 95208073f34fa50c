"""`etude plugin new` and `etude plugin check`: what they write and say. That a new plugin builds and trains is template_test.py's."""
import json
import os
import tempfile
from pathlib import Path

from etude_program import etude

BUILD = Path(os.environ["ETUDE_BUILD"])


def built(name):
    return BUILD / f"lib/etude/plugins/lib{name}.so"


def bad(fault):
    return BUILD / f"tests/fixtures/bad_plugins/{fault}/lib{fault}.so"


def new_writes_a_folder_once(work):
    said = etude("plugin", "new", "my_rnn", cwd=work).stdout
    assert sorted(file.name for file in (work / "my_rnn").iterdir()) == ["CMakeLists.txt", "my_rnn.cpp"]
    assert "cmake -S my_rnn -B my_rnn/build" in said and "etude plugin check my_rnn/build/libmy_rnn.so" in said, said
    (work / "my_rnn/my_rnn.cpp").write_text("mine now\n")
    again = etude("plugin", "new", "my_rnn", cwd=work, check=False)
    assert again.returncode == 2 and "my_rnn is there already" in again.stderr, again.stderr
    assert (work / "my_rnn/my_rnn.cpp").read_text() == "mine now\n"
    etude("plugin", "new", "my_rnn", "--output", "deep/elsewhere", cwd=work)
    assert (work / "deep/elsewhere/my_rnn.cpp").exists()
    refused = etude("plugin", "new", "My-RNN", cwd=work, check=False)
    assert refused.returncode == 2 and "lower case letters" in refused.stderr, refused.stderr
    (work / "file").write_text("")
    unwritable = etude("plugin", "new", "my_rnn", "--output", "file/x", cwd=work, check=False)
    assert unwritable.returncode == 1 and "cannot make the folder file/x" in unwritable.stderr, unwritable.stderr


def good_plugins_keep_their_promises(work):
    for name in ("tokenizer_byte", "tokenizer_char", "tokenizer_bpe", "architecture_lstm", "architecture_gpt"):
        said = etude("plugin", "check", built(name)).stdout
        assert ": keeps its promises\n" in said and "broken" not in said and "not tried" not in said, said
    said = etude("plugin", "check", built("metric_perplexity")).stdout
    assert "not tried: evaluate(), which takes a trained model" in said, said


def options_are_given_by_part(work):
    needs_path = etude("plugin", "check", built("dataset_text")).stdout
    assert "not tried: option path must be given: --set text.path=..." in needs_path, needs_path
    (work / "songs").mkdir()
    for number in range(3):
        (work / "songs" / f"{number}.txt").write_text(f"X:{number}\n")
    tried = json.loads(etude("plugin", "check", built("dataset_text"), "--set", "text.path=songs", "--json", cwd=work).stdout)
    assert tried["parts"] == [{"kind": "dataset", "id": "text", "broken": [], "not_tried": []}], tried
    for given, complaint in (("txt.path=songs", "did you mean text?"), ("text.pth=songs", "did you mean path?"), ("path=songs", "no part path")):
        wrong = etude("plugin", "check", built("dataset_text"), "--set", given, cwd=work, check=False)
        assert wrong.returncode == 2 and complaint in wrong.stderr, wrong.stderr


def bad_plugins_are_named_with_what_is_wrong(work):
    broken = etude("plugin", "check", bad("throws_when_called"), check=False)
    assert broken.returncode == 1, broken.stdout
    assert "architecture throws_standard_exception: breaks" in broken.stdout and "no such bar" in broken.stdout, broken.stdout
    assert "something that is not a std::exception" in broken.stdout and "a metric can be made" in broken.stdout, broken.stdout
    assert "frame #0" not in broken.stdout, broken.stdout
    foreign = etude("plugin", "check", bad("other_libtorch"), check=False)
    assert foreign.returncode == 1 and "cannot load plugin" in foreign.stderr and "built with LibTorch 1.13.1" in foreign.stderr, foreign.stderr
    (work / "libtext.so").write_text("a tune, not a library\n")
    no_library = etude("plugin", "check", "libtext.so", cwd=work, check=False)
    assert no_library.returncode == 1 and "no ELF header" in no_library.stderr, no_library.stderr
    missing = etude("plugin", "check", "none.so", cwd=work, check=False)
    assert missing.returncode != 0 and "none.so" in missing.stderr, missing.stderr


def main():
    for case in (new_writes_a_folder_once, good_plugins_keep_their_promises, options_are_given_by_part, bad_plugins_are_named_with_what_is_wrong):
        with tempfile.TemporaryDirectory() as temporary:
            case(Path(temporary))


if __name__ == "__main__":
    main()
