"""What README.md shows works: its experiment, every command on it, and the plugin, word by word."""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from etude_program import ENVIRONMENT, SOURCE, write_tunes

BUILD = Path(os.environ["ETUDE_BUILD"])


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", (SOURCE / "README.md").read_text(), re.DOTALL)


def commands(block):
    """The command lines of a shell block, without their comments."""
    lines = [line.split("  #")[0].strip() for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def run(command, directory, prefix):
    """Runs one line as a reader would, with the placeholders filled in."""
    runs = sorted(path for path in (directory / "runs" / "mine").glob("*/") if path.is_dir()) if (directory / "runs").exists() else []
    command = command.replace("<prefix>", str(prefix)).replace("<run>", runs[0].name if runs else "")
    environment = {**ENVIRONMENT, "PATH": f"{prefix}/bin:{os.environ['PATH']}"}
    result = subprocess.run(command, shell=True, cwd=directory, env=environment, capture_output=True, text=True, timeout=900)
    if result.returncode != 0:
        sys.exit(f"README.md says: {command}\nit exited {result.returncode}:\n{result.stdout}\n{result.stderr}")
    print(f"ok: {command}")
    return result.stdout


def main():
    experiment = next(block for block in blocks("toml") if 'name = "mine"' in block)
    on_experiment = next(block for block in blocks("sh") if "etude check mine.toml" in block)
    on_tokenizers = next(block for block in blocks("sh") if "etude tokenizer train" in block)
    on_abc = next(block for block in blocks("sh") if "etude abc check" in block)
    on_plugin = next(block for block in blocks("sh") if "my_gru" in block)
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        prefix = directory / "prefix"
        subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True, stdout=subprocess.DEVNULL)
        write_tunes(directory / "tunes.abc", 60)
        (directory / "mine.toml").write_text(experiment)
        for command in commands(on_experiment):
            output = run(command, directory, prefix)
            if command == "etude run mine.toml":
                assert "gpt_seed-1" in output and "lstm_seed-2" in output, f"the table lacks a run:\n{output}"
        for command in commands(on_tokenizers):
            run(command, directory, prefix)
        reel = (SOURCE / "tests/fixtures/abc/harbour_reel.abc").read_text()
        (directory / "reel.abc").write_text(reel)
        (directory / "texts.jsonl").write_text(json.dumps({"id": 1, "text": reel}) + "\n")
        said = [run(command, directory, prefix) for command in commands(on_abc)]
        assert f'"{said[0].strip()}"' in on_abc and json.loads(said[-1])["midi"], said
        model = re.search(r"`(\{ label = \"gru\".*?\},)`", (SOURCE / "README.md").read_text()).group(1)
        (directory / "mine.toml").write_text(experiment.replace("axes.model = [", "axes.model = [\n  " + model))
        for command in commands(on_plugin):
            output = run(command, directory, prefix)
        assert "gru_seed-2" in output, f"the table lacks the new architecture:\n{output}"


if __name__ == "__main__":
    main()
