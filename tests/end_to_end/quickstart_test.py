"""tools/quickstart, the README's first command, on a smaller budget: the same music, the same eight models and two budgets, the same end."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from etude_program import ENVIRONMENT, SOURCE

BUDGET = ['study.axes.budget=[{label="short",training.tokens=20_480},{label="long",training.tokens=40_960}]', "training.warmup_steps=5", "training.validation_windows=32"]


def main():
    if Path(os.environ["ETUDE_BUILD"]) != SOURCE / "build":
        print("SKIPPED: tools/quickstart builds in build/, and this build is elsewhere")
        sys.exit(77)
    if subprocess.run([SOURCE / "tools/fetch_music"], stdin=subprocess.DEVNULL).returncode != 0:
        print("SKIPPED: the music cannot be fetched here")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as output:
        command = [SOURCE / "tools/quickstart", "--output", output]
        for setting in BUDGET:
            command += ["--set", setting]
        result = subprocess.run(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1500)
        assert result.returncode == 0, result.stdout + result.stderr
        models = ("gpt-30k", "gpt-90k", "gpt-300k", "gpt-700k", "lstm-30k", "lstm-100k", "lstm-300k", "lstm-600k")
        for run in (f"{model}_{budget}" for model in models for budget in ("short", "long")):
            assert any(line.startswith(run + " ") and line.rstrip().endswith("done") for line in result.stdout.splitlines()), result.stdout
        assert "what to try next" in result.stdout, result.stdout
        assert "study.h5" in result.stdout, result.stdout
        # Sixteen runs of a minute say little about a law, and the fit says that.
        assert "chinchilla" in result.stdout, result.stdout
        report = Path(output).resolve() / "quickstart" / "report.html"
        assert f"\n  {report}\n" in result.stdout, result.stdout
        page = report.read_text()
        for section in ("losses", "comparison", "curves", "costs", "validity", "samples", "corpus", "provenance"):
            assert f'<section id="{section}"' in page, (section, page[:2000])
        print(result.stdout)


if __name__ == "__main__":
    main()
