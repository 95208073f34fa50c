"""Checks that includes respect the layers: plugins -> sdk <- framework, and framework's folders in their order.

usage: layers.py SOURCE_DIRECTORY
"""

import pathlib
import re
import sys

# Each folder of the framework may use those before it.
FRAMEWORK = "base host config record corpus evaluate generate train study analysis report cli".split()
INCLUDE = re.compile(r'^\s*#\s*include\s*(<([^>]+)>|"([^"]+)")')


def owner_of_include(root, file, target):
    """The layer that an include names: "sdk", "framework/<folder>", "plugins/<name>", "tests", or None for what is outside."""
    candidates = [file.parent / target, root / "framework" / target, root / "sdk/include" / target, root / "plugins" / target,
                  root / "tests" / target, root / target, root / "sdk/src" / target]
    for candidate in candidates:
        if candidate.is_file():
            parts = candidate.resolve().relative_to(root).parts
            return "/".join(parts[:2]) if parts[0] in ("framework", "plugins") else parts[0]
    return None


def objection(source, target):
    """Why `source` (a layer) may not include `target`, or None."""
    if source == target or target == "sdk":
        return None
    if target == "tests":
        return "nothing includes tests"
    if source == "sdk":
        return "the sdk includes only itself"
    if source.startswith("plugins/"):
        return "a plugin includes only <etude/...>"
    if source.startswith("framework/"):
        if target.startswith("plugins/"):
            return "the framework knows no plugin's header"
        own, other = source.split("/")[1], target.split("/")[1]
        if own not in FRAMEWORK or other not in FRAMEWORK:
            return f"unknown folder {own if own not in FRAMEWORK else other}: add it to the order in tests/set_up/layers.py"
        if FRAMEWORK.index(other) > FRAMEWORK.index(own):
            return f"{own} comes before {other}: " + " ".join(FRAMEWORK)
    return None


def violations(root):
    root = pathlib.Path(root).resolve()
    found = []
    for top in ("sdk", "framework", "plugins", "tools"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".cpp", ".hpp", ".h") or not file.is_file():
                continue
            parts = file.relative_to(root).parts
            layer = "/".join(parts[:2]) if top in ("framework", "plugins") else top
            if parts[:2] == ("sdk", "template"):
                layer = "plugins/template"
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                target = match and owner_of_include(root, file, match[2] or match[3])
                reason = objection(layer, target) if target and layer != "tools" else None
                if layer == "tools" and target == "tests":
                    reason = "nothing includes tests"
                if reason:
                    found.append(f"{file.relative_to(root)}:{number}: {line.strip()}  ({reason})")
    return found


if __name__ == "__main__":
    lines = violations(sys.argv[1])
    print("\n".join(lines) if lines else "every include respects the layers")
    sys.exit(1 if lines else 0)
