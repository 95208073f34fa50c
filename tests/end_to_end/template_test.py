"""A newcomer's first plugin: Etude is installed and the tree moved, the template is built against it alone, with the function that the
SDK's README adds to it, loaded, asked for by size, and trained."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

build = pathlib.Path(os.environ["ETUDE_BUILD"])
source = pathlib.Path(os.environ["ETUDE_SOURCE"])
work = pathlib.Path(tempfile.mkdtemp())

EXPERIMENT = """
name = "template"
[dataset]
plugin = "text"
path = "songs.txt"
delimiter = "%%"
[split]
train = 0.8
validation = 0.1
test = 0.1
method = "shuffle"
[tokenizer]
plugin = "byte"
[architecture]
plugin = "gru"
hidden_size = 16
[training]
steps = 12
batch_size = 4
context_length = 32
learning_rate = 1e-2
[[metric]]
plugin = "perplexity"
"""


def run(*command, expect=0, **options):
    # Nothing of the build may be needed: neither its working directory nor its environment.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ETUDE_") and name != "LD_LIBRARY_PATH"}
    done = subprocess.run([str(part) for part in command], cwd=work, env=environment, text=True, capture_output=True, **options)
    assert done.returncode == expect, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def add_sizes(page):
    """What sdk/README.md shows for studies that ask for sizes, at the place where the template mentions it."""
    shown = re.search(r"```cpp\n(static Options sized.*?)```", (source / "sdk/README.md").read_text(), re.DOTALL).group(1)
    mention = re.search(r"  // With a static Options sized.*\n", page.read_text()).group(0)
    page.write_text(page.read_text().replace(mention, shown))


def try_template():
    run("cmake", "--install", build, "--prefix", work / "first")
    prefix = (work / "first").rename(work / "moved")
    etude = prefix / "bin/etude"
    for needed in ("lib/libetude_sdk.so", "lib/cmake/Etude/EtudeConfig.cmake", "include/etude/plugin.hpp", "share/etude/experiments"):
        assert (prefix / needed).exists(), needed
    assert list((prefix / "lib/etude/plugins").glob("*.so")), "no plugin was installed"
    assert str(build) not in run("readelf", "-d", etude, prefix / "lib/libetude_program.so", prefix / "lib/libetude_sdk.so",
                                 *(prefix / "lib/etude/plugins").glob("*.so")), "an installed file looks into the build tree"

    said = run(etude, "plugin", "new", "gru", "--output", "my_gru")
    assert f"-DCMAKE_PREFIX_PATH={prefix} " in said, said
    add_sizes(work / "my_gru/gru.cpp")
    run("cmake", "-S", "my_gru", "-B", "my_gru/build", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
    run("cmake", "--build", "my_gru/build")

    tried = run(etude, "plugin", "check", "my_gru/build/libgru.so")
    assert "architecture gru: keeps its promises" in tried, tried
    listing = run(etude, "list", "--plugin-dir", "my_gru/build")
    assert "my_lab.gru" in listing and "tokenizer" in listing, listing
    assert "hidden_size" in run(etude, "describe", "gru", "--plugin-dir", "my_gru/build")

    (work / "songs.txt").write_text("\n%%\n".join(f"X:{number}\nK:C\nCDEF GABc|cBAG FEDC|" * 4 for number in range(60)))
    (work / "experiment.toml").write_text(EXPERIMENT)
    (work / "sizes.toml").write_text(EXPERIMENT.replace("hidden_size = 16\n", ""))
    sizes = 'study.axes.model=[{family="gru",parameters=[2e4,1e5]}]'
    checked = json.loads(run(etude, "check", "sizes.toml", "--plugin-dir", "my_gru/build", "--no-probe", "--json", "--set", sizes))
    assert [one["label"] for one in checked["runs"]] == ["gru-20k", "gru-100k"], checked["runs"]
    for one in checked["runs"]:
        assert abs(one["model"]["parameters"] / one["sized"]["parameters"] - 1) <= 0.1, one["model"]
    run(etude, "run", "experiment.toml", "--plugin-dir", "my_gru/build")
    journals = list((work / "runs").glob("template/*/journal.jsonl"))
    assert len(journals) == 1, journals
    rows = [json.loads(line) for line in journals[0].read_text().splitlines()]
    losses = [row["loss"] for row in rows if "grad_norm" in row]
    assert len(losses) == 12 and losses[-1] < 0.9 * losses[0], losses


try:
    try_template()
finally:
    shutil.rmtree(work)
print("passed")
