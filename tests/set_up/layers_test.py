"""The check of the layers finds each kind of violation, and nothing in a tree without one."""

import pathlib
import tempfile

import layers


def tree(files):
    root = pathlib.Path(tempfile.mkdtemp())
    everything = {"sdk/include/etude/error.hpp": "", "framework/base/log.hpp": "", "framework/host/catalogue.hpp": "",
                  "framework/train/step.hpp": "", "plugins/a/a.hpp": "", "plugins/b/b.hpp": "", "tests/catch.hpp": ""} | files
    for name, text in everything.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def reasons(files):
    return layers.violations(tree(files))


assert reasons({"framework/train/x.cpp": "#include <base/log.hpp>\n#include <vector>\n#include <torch/torch.h>\n"}) == []
assert reasons({"plugins/a/x.cpp": '#include <etude/error.hpp>\n#include "a.hpp"\n'}) == []

bad = {
    "comes before": {"framework/base/x.cpp": "\n#include <host/catalogue.hpp>\n"},
    "knows no plugin": {"framework/train/x.cpp": "#include <a/a.hpp>\n"},
    "only <etude/...>": {"plugins/a/x.cpp": "#include <base/log.hpp>\n"},
    "a plugin includes only": {"plugins/a/x.cpp": '#include "../b/b.hpp"\n'},
    "only itself": {"sdk/src/x.cpp": "#  include <base/log.hpp>\n"},
    "nothing includes tests": {"framework/base/x.cpp": "#include <catch.hpp>\n"},
    "unknown folder": {"framework/surprise/x.cpp": "#include <base/log.hpp>\n"},
}
for reason, files in bad.items():
    found = reasons(files)
    assert len(found) == 1 and reason in found[0], (reason, found)
assert reasons(bad["comes before"])[0].startswith("framework/base/x.cpp:2: ")
print("passed")
