"""A study that nobody trained: journals written as the program writes them, so that a test knows every number in its report."""
import json
from pathlib import Path

# What would run if any text of a model or an experiment file were taken for HTML.
POISON = "\"'></script></textarea><script>window.struck = 1</script><img src=x onerror='window.struck = 2'><svg onload='window.struck = 3'>"

TUNE = "X:1\nT:{title}\nM:4/4\nL:1/8\nK:C\nCDEF GABc|cBAG FEDC|\n"
SAMPLES = [
    TUNE.format(title="A plain tune"),
    TUNE.format(title=POISON),
    # Drawing of its own, which abcm2ps would copy into the sheet.
    TUNE.format(title="A drawing").replace("K:C\n", "K:C\n%%beginsvg\n<script>window.struck = 4</script>\n%%endsvg\n"),
    POISON,
    "X:2\nM:never\nK:C\n" + POISON,
    "M:4/4\nL:1/8\nCDEF|",
]

EXPERIMENT = """name = "forged"
[architecture]
plugin = "{family}"
[training]
tokens = {tokens}
batch_size = 16
context_length = 64
learning_rate = {rate}
[training.seeds]
initialisation = 1
data = 1
dropout = 1
"""

SIZES = {"gpt": [30_000, 100_000, 300_000, 900_000], "lstm": [40_000, 120_000, 350_000, 1_000_000]}
BUDGETS = [1_000_000, 4_000_000]


def law(family, parameters, tokens):
    """The loss that a run ends with, in nats a token."""
    alpha = {"gpt": 0.34, "lstm": 0.25}[family]
    return 0.8 + (2_000 / parameters) ** alpha + (10_000 / tokens) ** 0.4


def rows(loss, tokens, steps=60):
    for step in range(1, steps + 1):
        share = step / steps
        yield {"event": "train", "step": step, "tokens": int(tokens * share), "loss": loss + 2 * (1 - share) ** 3, "learning_rate": 1e-3,
               "grad_norm": 0.5, "seconds": 20 * share, "tokens_per_second": tokens / 20, "peak_memory": 50_000_000 + tokens}


def header(study, label, family, parameters, tokens, corpus, extra):
    return {"event": "header", "format_version": 1, "label": label, "study": study,
            "experiment": EXPERIMENT.format(family=family, tokens=tokens, rate=0.001), "origins": [["training.tokens", POISON]],
            "axes": [["model", label.split("_")[0]], ["budget", str(tokens)]],
            "provenance": [["etude_version", "0.1.0"], ["cpu", "a processor"], ["device", "cpu"], ["threads", "1"],
                           ["command_line", "etude run " + POISON], ["corpus_fingerprint", corpus], ["validation_text", "v"],
                           ["test_text", "t"], [f"plugin.architecture.{family}", f"etude.{family} 1.0.0"], *extra],
            "model": {"parameters": parameters, "parameters_embedding": 2_000, "parameters_body": parameters - 2_000, "parameters_output": 0,
                      "vocab_size": 64, "context_length": 64, "forward_flops_per_token": 2 * parameters,
                      "training_flops_per_token": 6 * parameters},
            "corpus": {"train_documents": 90, "train_tokens": 9e6, "train_characters": 9e6, "train_unique_tokens": 9e6,
                       "validation_documents": 10, "validation_tokens": 1e5, "validation_characters": 1e5, "validation_leakage_share": 0.125,
                       "test_documents": 10, "test_tokens": 1e5, "test_characters": 1e5, "test_leakage_share": 0.25}}


def share(value, low, high):
    return {"value": value, "low": low, "high": high, "lower_is_better": False, "lossy": False, "is_share": True}


def metric(name, verdicts):
    samples = [{"text": text, "verdict": verdict, "file": ""} for text, verdict in zip(SAMPLES, verdicts)]
    tables = {"outcomes": [{"name": "outcome", "kind": "texts", "values": [POISON, "valid"]}, {"name": "samples", "kind": "numbers", "values": [2, 4]}]}
    return {"event": "metric", "step": 60, "id": name, "scalars": {name: share(0.5, 0.19, 0.81)}, "tables": tables, "samples": samples, "files": []}


def write_run(folder, study, label, family, parameters, tokens, corpus="", state="done", with_samples=True, provenance=()):
    loss = law(family, parameters, tokens)
    windows = {"loss": [loss - 0.1, loss + 0.1] * 5, "tokens": [64] * 10, "characters": [64] * 10, "document": list(range(10))}
    events = [header(study, label, family, parameters, tokens, corpus, provenance), {"event": "state", "step": 0, "state": "running", "reason": ""}]
    events += rows(loss, tokens)
    if state == "done":
        events.append({"event": "validation", "step": 60, "tokens": tokens, "loss": loss, "low": loss - 0.02, "high": loss + 0.02,
                       "bits_per_character": loss / 0.6931471805599453, "seconds": 0.5, "windows": windows})
        if with_samples:
            events.append(metric("abc_validity", ["valid", "valid", "valid", "invalid: " + POISON, "invalid: no meter", "invalid"]))
    events.append({"event": "state", "step": 60, "state": state, "reason": ""})
    run = Path(folder) / f"{family}-{parameters}-{tokens}"
    run.mkdir(parents=True)
    (run / "journal.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events))
    return run


def label_of(family, parameters, tokens):
    return f"{family}-{parameters // 1000}k_{tokens // 1_000_000}M"


def write_study(folder, corpus=""):
    """All combinations of families, sizes and budgets, those of the larger budget with samples. Returns label -> final loss."""
    losses = {}
    for family, sizes in SIZES.items():
        for parameters in sizes:
            for tokens in BUDGETS:
                label = label_of(family, parameters, tokens)
                write_run(folder, Path(folder).name, label, family, parameters, tokens, corpus, with_samples=tokens == max(BUDGETS))
                losses[label] = law(family, parameters, tokens)
    return losses
