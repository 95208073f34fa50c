"""`etude sample` as its users meet it: each option, each error, and the files that a musician opens."""
import json
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import wave
import xml.etree.ElementTree
from pathlib import Path

from etude_program import ENVIRONMENT, PROGRAM, etude, experiment_head, only_run, shown_to_the_end, start_on_terminal

EXPERIMENT = """
[architecture]
{architecture}
[training]
steps = {steps}
batch_size = 8
context_length = 48
learning_rate = 3e-3
validate_every = 100
threads = 1
"""
GPT = 'plugin = "gpt"\nn_layer = 2\nn_head = 2\nn_embd = 32'
LSTM = 'plugin = "lstm"\nhidden_size = 32'


def write_tunes(file):
    """Tunes with all the fields that headers have."""
    source = random.Random(1)
    tunes = []
    for number in range(1, 61):
        bars = ["".join(source.choice("CDEFGABcdefgabz") + source.choice(["", "2", "4"]) for _ in range(4)) for _ in range(8)]
        key, meter = source.choice(["C", "D", "F", "G", "Am", "Bb"]), source.choice(["2/4", "3/4", "4/4", "6/8"])
        voices = "".join(f"V:{voice}\n" + " ".join(f"{bar}|" for bar in bars) + "\n" for voice in range(1, source.choice([2, 3])))
        tunes.append(f"X:{number}\nM:{meter}\nL:1/8\nQ:1/4={source.randint(5, 19)}7\nK:{key}\n{voices}")
    file.write_text("\n".join(tunes) + "\n")


def train(directory, name, architecture, profile="etude", steps=120):
    file = directory / f"{name}.toml"
    file.write_text(experiment_head(name, profile) + EXPERIMENT.format(architecture=architecture, steps=steps))
    etude("run", file, "--output", directory / "runs")
    return only_run(directory / "runs" / name)


def records(*arguments):
    return [json.loads(line) for line in etude("sample", *arguments, "--json").stdout.splitlines()]


def texts(*arguments):
    return [record["text"] for record in records(*arguments)]


def refused(code, *arguments, environment=None, stdin=None):
    result = subprocess.run([PROGRAM, "sample", *map(str, arguments)], env=environment or ENVIRONMENT, input=stdin, capture_output=True,
                            text=True, timeout=300)
    assert result.returncode == code, (arguments, result.returncode, result.stderr)
    return result.stderr


def equal_seeds_give_equal_texts_for_any_batch(directory):
    for run in (directory.gpt, directory.lstm):
        common = (run, "--count", 40, "--tokens", 90, "--top-p", 0.95, "--repetition-penalty", 1.1)
        whole = texts(*common)
        assert len(set(whole)) > 20
        for batch in (1, 3, 32):
            assert texts(*common, "--batch", batch) == whole, batch
        assert texts(*common, "--seed", 2) != whole
        assert texts(run, "--count", 5, *common[3:]) == whole[:5]


def rules_that_leave_one_token_are_greedy(directory):
    common = (directory.gpt, "--count", 2, "--tokens", 60, "--prompt", "X:1\\n")
    greedy = texts(*common, "--greedy")
    assert greedy[0] == greedy[1] and len(greedy[0]) > 5
    for rule in (["--temperature", 0], ["--top-k", 1], ["--top-p", 1e-9], ["--min-p", 1]):
        assert texts(*common, *rule) == greedy, rule
    free = texts(*common)
    for rule in (["--temperature", 0.3], ["--top-k", 2], ["--top-p", 0.3], ["--min-p", 0.5], ["--repetition-penalty", 3],
                 ["--repetition-penalty", 3, "--repetition-window", 2]):
        assert texts(*common, *rule) != free, rule
    off = ["--temperature", 1, "--top-k", 0, "--top-p", 1, "--min-p", 0, "--repetition-penalty", 1, "--repetition-window", 5]
    assert texts(*common, *off) == free


def prompts_come_from_the_command_line_a_file_or_standard_input(directory):
    prompt = "X:1\nM:4/4\nL:1/8\nK:D\nABc"
    expected = texts(directory.gpt, "--prompt", prompt.replace("\n", "\\n"), "--tokens", 20)
    assert expected[0].startswith(prompt) and len(expected[0]) <= len(prompt) + 20
    file = directory.path / "prompt.abc"
    file.write_text(prompt)
    assert texts(directory.gpt, "--prompt-file", file, "--tokens", 20) == expected
    piped = subprocess.run([PROGRAM, "sample", directory.gpt, "--prompt-file", "-", "--tokens", "20", "--json"], env=ENVIRONMENT,
                           input=prompt, capture_output=True, text=True, check=True)
    assert json.loads(piped.stdout)["text"] == expected[0]
    long = "X:1\nM:4/4\nL:1/8\nK:D\n" + "ABcd|" * 40  # longer than the context
    file.write_text(long)
    for run in (directory.gpt, directory.lstm):
        assert texts(run, "--prompt-file", file, "--tokens", 5)[0].startswith(long)


def five_headers_begin_tunes(directory):
    names = ["reel", "jig", "waltz", "march", "air"]
    shown = etude("sample", "--header", "list").stdout
    made = records(directory.gpt, "--header", "all", "--tokens", 30, "--count", 2)
    assert [record["header"] for record in made] == [name for name in names for _ in range(2)]
    assert [record["name"] for record in made] == [f"{name}-{number}" for name in names for number in (1, 2)]
    for record in made:
        header = shown.split(record["header"] + "\n")[1].split("\n\n")[0]
        assert record["text"].startswith(header)
        lines = header.splitlines()
        assert [line[:2] for line in lines[:-1]] == ["X:", "M:", "L:", "Q:", "K:", "V:"] and lines[-1].count("|") == 1
    assert texts(directory.gpt, "--header", "jig", "--tokens", 30, "--count", 2) == [record["text"] for record in made[2:4]]
    assert "reel" in refused(2, directory.gpt, "--header", "polka")


def headers_go_without_fields_that_the_model_has_never_seen(directory):
    run = train(directory.path, "phase1", LSTM, "phase1", 5)  # which drops Q: lines
    result = etude("sample", run, "--header", "reel", "--tokens", 3, "--json")
    assert "without Q:" in result.stderr, result.stderr
    assert json.loads(result.stdout)["text"].startswith("X:1\nM:4/4\nL:1/8\nK:D\nV:1\nd2fd Adfd|")
    assert "'Q'" in refused(2, run, "--prompt", "Q:1/4=90\\n")


def files_are_what_a_musician_opens(directory):
    to = directory.path / "music"
    arguments = [directory.gpt, "--header", "all", "--tokens", 1, "--to", to]
    sheet, sound = shutil.which("abcm2ps"), shutil.which("fluidsynth")
    fonts = Path("/usr/share/sounds/sf2")
    sound = sound and fonts.is_dir() and any(fonts.glob("*.sf2"))
    if sheet:
        arguments.append("--sheet")
    if sound:
        arguments.append("--sound")
    result = etude("sample", *arguments)
    lines = result.stdout.splitlines()
    assert len(lines) == 5 and all("voice" in line for line in lines), lines
    assert "5 parse" in result.stderr or "of 5 parse" in result.stderr, result.stderr
    midis = sorted(to.glob("*.mid"))
    assert len(list(to.glob("*.abc"))) == 5 and len(midis) >= 3, sorted(to.iterdir())
    for midi in midis:
        etude("abc", "midi", midi.with_suffix(".abc"), directory.path / "again.mid")
        assert midi.read_bytes() == (directory.path / "again.mid").read_bytes()
        if sheet:
            assert xml.etree.ElementTree.parse(midi.with_suffix(".svg")).getroot().tag.endswith("svg")
        if sound:
            with wave.open(str(midi.with_suffix(".wav"))) as played:
                assert played.getframerate() == 44100 and played.getnframes() > 44100
    assert not [path for path in to.iterdir() if path.name.startswith(".")]
    print("  sheet music:", "tested" if sheet else "no abcm2ps", "· sound:", "tested" if sound else "no fluidsynth or sound font")


def json_says_what_became_of_each_text(directory):
    to = directory.path / "json"
    prompt = "X:1\\nM:4/4\\nL:1/8\\nK:C\\nV:1\\nCDEF|\\nV:2\\nC4|\\n"
    for record in records(directory.gpt, "--prompt", prompt, "--count", 3, "--tokens", 1, "--to", to):
        assert record["voices"] == 2, record
        assert record["parses"] == ("parse_error" not in record)
        assert record["exports"] == any(file.endswith(".mid") for file in record["files"])
        assert all(Path(file).is_file() for file in record["files"]) and len(record["files"]) >= 1
        assert not record["parses"] or record["notes"] >= 5
    # Without L: and M: music21 does not know how long the first note is.
    broken = records(directory.gpt, "--prompt", "X:1\\nK:C\\nV:1\\nabc\\nV:2\\nabc", "--tokens", 1, "--greedy", "--to", to)[0]
    assert not broken["parses"] and broken["parse_error"] and not broken["exports"] and broken["voices"] == 2, broken
    assert [Path(file).suffix for file in broken["files"]] == [".abc"]


def files_of_another_text_go(directory):
    to = directory.path / "again"
    to.mkdir()
    for name in ("sample-1.mid", "sample-1.svg", "sample-1.wav", "sample-1-page-1.svg", "sample-1-page-2.svg", "sample-2.mid", "mine.mid"):
        (to / name).write_bytes(b"of another text")
    etude("sample", directory.gpt, "--prompt", "X:1\\nK:C\\nabc", "--tokens", 1, "--greedy", "--to", to)
    assert sorted(path.name for path in to.iterdir()) == ["mine.mid", "sample-1.abc", "sample-2.mid"], sorted(to.iterdir())


def interrupted_sampling_keeps_what_is_finished(directory):
    to, answers = directory.path / "interrupted", directory.path / "interrupted.jsonl"
    count, tokens, batch = 1_000_000, 40, 4
    common = (directory.lstm, "--tokens", tokens, "--batch", batch, "--json")
    # A terminal sees every tenth of a second how far it is.
    with answers.open("wb") as file:
        process, terminal = start_on_terminal("sample", *common, "--count", count, "--to", to, stdout=file)
    said = b""
    while max(map(int, re.findall(rb"token (\d+) of", said)), default=0) <= batch * tokens:
        said += os.read(terminal, 4096)  # fails if the program ends
    process.send_signal(signal.SIGINT)
    said = (said + shown_to_the_end(terminal)).decode()
    assert process.wait(60) == 130, said
    written = int(re.search(rf"interrupted: (\d+) of {count} texts are finished and written", said)[1])
    made = [json.loads(line) for line in answers.read_bytes().splitlines()]
    assert batch <= len(made) == written == len(list(to.glob("*.abc"))), (written, len(made), sorted(to.iterdir()))
    numbers = [int(record["name"].removeprefix("sample-")) for record in made]
    whole = texts(*common[:-1], "--count", numbers[-1])
    assert numbers == sorted(numbers) and numbers[:batch] == list(range(1, batch + 1)), numbers
    for number, record in zip(numbers, made):
        assert record["text"] == whole[number - 1] and (to / f"sample-{number}.abc").read_text().rstrip("\n") == record["text"].rstrip("\n")


def what_is_wrong_is_named(directory):
    run = directory.gpt
    for option, value, name in (("--count", 0, "number of texts"), ("--tokens", 0, "number of new tokens"),
                                ("--temperature", -1, "temperature"), ("--temperature", "nan", "temperature"), ("--top-k", -1, "top-k"),
                                ("--top-p", 0, "top-p"), ("--top-p", 1.5, "top-p"), ("--min-p", 2, "min-p"),
                                ("--repetition-penalty", 0, "repetition penalty"), ("--repetition-window", 0, "repetition window"),
                                ("--batch", 0, "batch"), ("--batch", 33, "batch"), ("--top-k", "many", "top-k"), ("--to", "", "--to")):
        assert name in refused(2, run, option, value), (option, value)
    assert "'Ω'" in refused(2, run, "--prompt", "X:1\\nΩ")
    (directory.path / "bytes.abc").write_bytes(b"X:1\xe9\x1b[2J\xc3\xa9")
    message = refused(2, run, "--prompt-file", directory.path / "bytes.abc")
    assert "byte 0xE9, U+001B" in message and "'é'" in message and "\x1b" not in message, message
    assert "1 more" in refused(2, run, "--prompt", "".join(map(chr, range(0x3B1, 0x3C6)))), "21 unknown characters"
    assert "give one of them" in refused(2, run, "--greedy", "--temperature", 0.5)
    assert "usage: etude sample RUN" in refused(2) and "--run" not in refused(2)
    message = refused(1, run, "--to", directory.path / "tunes.abc" / "x")
    assert "cannot write to the folder" in message and "--to" in message and "token" not in message, message
    assert "give one of them" in refused(2, run, "--prompt", "X", "--header", "reel")
    assert "--to" in refused(2, run, "--sheet") and "--to" in refused(2, run, "--sound")
    assert "--sound" in refused(2, run, "--sound-font", "font.sf2", "--to", directory.path / "x")
    assert "No such file" in refused(1, run, "--prompt-file", directory.path / "nothing.abc")
    assert "directory" in refused(1, run, "--prompt-file", directory.path)
    assert "empty" in refused(2, run, "--prompt-file", "-", stdin="")
    assert "1 MiB" in refused(2, run, "--prompt-file", "-", stdin="A" * (2 << 20))
    bare = {**ENVIRONMENT, "PATH": "/nonexistent"}
    for option, program in (("--sheet", "abcm2ps"), ("--sound", "fluidsynth")):
        message = refused(1, run, option, "--to", directory.path / "x", environment=bare)
        assert f"{program} not found" in message and f"apt-get install {program}" in message, message
    if shutil.which("fluidsynth"):
        assert "there is no sound font" in refused(1, run, "--sound", "--sound-font", "nothing.sf2", "--to", directory.path / "x")
        tunes = directory.path / "tunes.abc"
        assert "is no sound font" in refused(1, run, "--sound", "--sound-font", tunes, "--to", directory.path / "x")
    assert not (directory.path / "x").exists()


class Workshop:
    def __init__(self, path):
        self.path = path
        write_tunes(path / "tunes.abc")
        self.gpt = train(path, "gpt", GPT)
        self.lstm = train(path, "lstm", LSTM)


def main():
    with tempfile.TemporaryDirectory() as temporary:
        directory = Workshop(Path(temporary))
        for behaviour in (equal_seeds_give_equal_texts_for_any_batch, rules_that_leave_one_token_are_greedy,
                          prompts_come_from_the_command_line_a_file_or_standard_input, five_headers_begin_tunes,
                          headers_go_without_fields_that_the_model_has_never_seen,
                          files_are_what_a_musician_opens, files_of_another_text_go, json_says_what_became_of_each_text,
                          interrupted_sampling_keeps_what_is_finished, what_is_wrong_is_named):
            behaviour(directory)
            print("ok:", behaviour.__name__.replace("_", " "), flush=True)


if __name__ == "__main__":
    main()
