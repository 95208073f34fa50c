"""Checks a run's run.h5 against its journal.jsonl with plain h5py: every group, every row, every text.

Usage: records_check.py RUN_DIR [--behind]
  --behind  the run is going on or was just killed: run.h5 may lack the journal's last events, but what it has must agree
Exits 1 naming the first difference. Shares no code with Etude.
"""
import argparse
import json
import math
import sys
from pathlib import Path

import h5py

TRAIN = ["step", "tokens", "loss", "learning_rate", "grad_norm", "seconds", "tokens_per_second", "peak_memory"]
VALIDATION = ["step", "tokens", "loss", "low", "high", "bits_per_character", "seconds"]
INTEGERS = {"step", "tokens", "peak_memory", "characters", "document"}
GROUPS = ["config", "provenance", "model", "corpus", "train", "validation", "validation/windows", "metrics", "tables", "samples", "resumes"]


def number(value):
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}[value] if isinstance(value, str) else value


def same(a, b):
    if isinstance(a, float) and math.isnan(a):
        return isinstance(b, float) and math.isnan(b)
    return a == b and (not isinstance(a, float) or math.copysign(1, a) == math.copysign(1, b))


def require(condition, message):
    if not condition:
        sys.exit(f"records differ: {message}")


def require_same(actual, expected, where):
    require(len(actual) == len(expected), f"{where} has {len(actual)} entries, the journal {len(expected)}")
    for row, (a, e) in enumerate(zip(actual, expected)):
        require(same(a, e), f"{where}[{row}] is {a!r}, the journal says {e!r}")


def read_journal(path, limit=None):
    """Events of the whole lines; with a limit in bytes, of the lines up to there."""
    content = path.read_bytes()
    content = content[: content.rfind(b"\n") + 1]
    if limit is not None:
        require(limit <= len(content) and content[limit - 1 : limit] == b"\n", f"run.h5 stands for {limit} bytes, the journal has {len(content)}")
        content = content[:limit]
    return [json.loads(line) for line in content.decode("utf-8").split("\n")[:-1]]


def column(group, name):
    data = group[name]
    require(data.ndim == 1, f"{data.name} has {data.ndim} dimensions")
    require(data.dtype.kind == ("i" if name in INTEGERS else "f"), f"{data.name} has type {data.dtype}")
    return data[...].tolist()


def texts(data):
    require(h5py.check_string_dtype(data.dtype) == ("utf-8", None), f"{data.name} is no variable-length UTF-8 text")
    value = data.asstr()[()]
    return [value] if data.shape == () else value.tolist()


def stored_text(text):
    """HDF5 ends texts at a NUL: run.h5 has its symbol instead."""
    return text.replace("\0", "\u2400")


def link_name(name):
    return "%2E" if name == "." else name.replace("%", "%25").replace("/", "%2F")


def check_rows(file, group, names, events):
    for name in names:
        require_same(column(file[group], name), [number(event[name]) for event in events], f"/{group}/{name}")


def check_windows(file, events):
    expected = {"loss": [], "tokens": [], "characters": [], "document": []}
    for event in events:
        for name, values in event["windows"].items():
            expected[name] = [number(value) for value in values]
    for name, values in expected.items():
        require_same(column(file["validation/windows"], name), values, f"/validation/windows/{name}")


def check_numbers(group, expected):
    require(sorted(group) == sorted(map(link_name, expected)), f"{group.name} has {sorted(group)}, the journal {sorted(expected)}")
    for name, value in expected.items():
        require_same([float(group[link_name(name)][()])], [float(number(value))], f"{group.name}/{name}")


def check_pairs(group, first, second, pairs):
    require_same(texts(group[first]), [stored_text(pair[0]) for pair in pairs], f"{group.name}/{first}")
    require_same(texts(group[second]), [stored_text(pair[1]) for pair in pairs], f"{group.name}/{second}")


def check_header(file, header, branches):
    require(file.attrs["format_version"] == header["format_version"] == 1, f"format_version is {file.attrs['format_version']}")
    for name in ("label", "study"):
        require(file.attrs[name] == stored_text(header[name]), f"attribute {name} is {file.attrs[name]!r}")
    require_same(texts(file["config/toml"]), [stored_text(header["experiment"])], "/config/toml")
    check_pairs(file["config/origins"], "key", "origin", header["origins"])
    check_pairs(file["config/axes"], "axis", "label", header["axes"])
    provenance = header["provenance"] + [["parent", f"{event['parent']} step {event['step']}"] for event in branches]
    for name, value in provenance:
        require_same(texts(file["provenance"][link_name(name)]), [stored_text(value)], f"/provenance/{name}")
    require(len(file["provenance"]) == len(provenance), "/provenance has other members than the journal")
    check_numbers(file["model"], header["model"])
    check_numbers(file["corpus"], header["corpus"])


def check_metrics(file, events):
    expected = {event["id"]: event for event in events}
    require(sorted(file["metrics"]) == sorted(map(link_name, expected)), f"/metrics has {sorted(file['metrics'])}, the journal {sorted(expected)}")
    for metric, event in expected.items():
        group = file["metrics"][link_name(metric)]
        require(json.loads(group.attrs["files"]) == event["files"], f"{group.name}: other files")
        require(sorted(group) == sorted(map(link_name, event["scalars"])), f"{group.name} has other scalars than the journal")
        for name, scalar in event["scalars"].items():
            stored = group[link_name(name)]
            for part in ("value", "low", "high"):
                require_same([float(stored[part][()])], [float(number(scalar.get(part, "NaN")))], f"{stored.name}/{part}")
            for part in ("lossy", "lower_is_better", "is_share"):
                require(bool(stored.attrs[part]) == scalar[part], f"{stored.name}: attribute {part}")


def check_tables(file, events):
    expected = {event["id"]: event.get("tables", {}) for event in events}
    expected = {metric: tables for metric, tables in expected.items() if tables}
    require(sorted(file["tables"]) == sorted(map(link_name, expected)), f"/tables has {sorted(file['tables'])}, the journal {sorted(expected)}")
    for metric, tables in expected.items():
        group = file["tables"][link_name(metric)]
        require(sorted(group) == sorted(map(link_name, tables)), f"{group.name} has other tables than the journal")
        for name, columns in tables.items():
            stored = group[link_name(name)]
            require(json.loads(stored.attrs["columns"]) == [given["name"] for given in columns], f"{stored.name}: other columns")
            for given in columns:
                data = stored[link_name(given["name"])]
                if given["kind"] == "texts":
                    require_same(texts(data), [stored_text(text) for text in given["values"]], data.name)
                else:
                    require_same(data[...].tolist(), [float(number(value)) for value in given["values"]], data.name)


def samples_of(events):
    """What the journal says: samples drawn while training, and those of the last measurement of each metric."""
    samples = []
    for event in events:
        if event["event"] == "sample":
            samples.append({"file": "", **event})
        elif event["event"] == "metric":
            samples = [sample for sample in samples if sample["source"] != event["id"]]
            samples += [{"step": event["step"], "source": event["id"], **sample} for sample in event.get("samples", [])]
    return samples


def check_samples(file, samples):
    require_same(column(file["samples"], "step"), [sample["step"] for sample in samples], "/samples/step")
    for name in ("source", "text", "verdict", "file"):
        require_same(texts(file["samples"][name]), [stored_text(sample[name]) for sample in samples], f"/samples/{name}")


def check_state(file, events):
    state, stored = events[-1]["state"], file.attrs["state"]
    # A reader that finds a run neither going nor ended writes down that it was interrupted.
    require(stored == state or (state == "running" and stored == "interrupted"), f"state is {stored}, the journal says {state}")


def check_run(directory, behind=False):
    with h5py.File(directory / "run.h5", "r") as file:
        for name in GROUPS:
            require(isinstance(file.get(name), h5py.Group), f"group /{name} is missing")
        bytes_covered = int(file.attrs["journal_bytes"])
        events = read_journal(directory / "journal.jsonl", bytes_covered if behind else None)
        of_kind = lambda kind: [event for event in events if event["event"] == kind]
        require(events[0]["event"] == "header" and len(of_kind("header")) == 1, "the journal's first line is not its header")
        check_header(file, events[0], of_kind("branch"))
        check_rows(file, "train", TRAIN, of_kind("train"))
        check_rows(file, "validation", VALIDATION, of_kind("validation"))
        check_windows(file, of_kind("validation"))
        check_metrics(file, of_kind("metric"))
        check_tables(file, of_kind("metric"))
        check_samples(file, samples_of(events))
        check_state(file, of_kind("state"))
        require_same(column(file["resumes"], "step"), [event["step"] for event in of_kind("resume")], "/resumes/step")
        provenance = [json.loads(text) for text in texts(file["resumes/provenance"])]
        require(provenance == [event["provenance"] for event in of_kind("resume")], "/resumes/provenance differs")
        return f"{directory}: {len(file['train/step'])} training and {len(file['validation/step'])} validation rows agree"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--behind", action="store_true")
    arguments = parser.parse_args()
    print(check_run(arguments.run, arguments.behind))


if __name__ == "__main__":
    main()
