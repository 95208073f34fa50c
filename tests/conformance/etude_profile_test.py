"""Music that the profile `etude` has cleaned sounds as before, but for the silence that it begins with: abc2midi is the judge.

Generated tunes, whose bars of common rest are known, and every eighth MIDI file of ../shared/data where it is there.
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from midi_tracks import midi_notes

PROBE = Path(os.environ["ETUDE_BUILD"]) / "bin/clean_probe"
MUSIC = Path(os.environ["ETUDE_SHARED"]) / "data/midi"


def notes_of(folder, abc):
    (folder / "tune.abc").write_text(abc)
    (folder / "tune.mid").unlink(missing_ok=True)
    subprocess.run(["abc2midi", "tune.abc", "-o", "tune.mid", "-silent"], cwd=folder, capture_output=True)
    return midi_notes((folder / "tune.mid").read_bytes())


def cleaned(files):
    result = subprocess.run([PROBE, "etude"], input="".join(f"{file}\n" for file in files).encode(), check=True, capture_output=True)
    return [json.loads(line)["text"] for line in result.stdout.split(b"\n") if line]


def silence_taken(folder, what, before, after):
    """By how many quarter notes all is earlier; ends the test where anything else differs."""
    old, new = notes_of(folder, before), notes_of(folder, after)
    if not old:
        sys.exit(f"{what}: abc2midi finds no note:\n{before}")
    shift = min(track[0][0] for track in old) - min((track[0][0] for track in new), default=0)
    moved = [[(start - shift, end - shift, *rest) for start, end, *rest in track] for track in old]
    if moved != new:
        sys.exit(f"{what} sounds otherwise:\n{before[:1500]}\nbecame\n{after[:1500]}")
    return shift


def generated(draw):
    """A tune of several voices, and how many quarter notes of common rest whole bars at its start hold."""
    beats = draw.choice([2, 3, 4])
    rests = {2: ["z4", "z2z2", "z/2z7/2", "zz/z/z2"], 3: ["z6", "z3z3", "z4 z2", "x6"], 4: ["z8", "z4 z4", "z2x4z2", "z7/2z9/2", "z6z//z//z3/2"]}[beats]
    voices = draw.randrange(1, 5)
    opening = [draw.randrange(0, 7) for _ in range(voices)]
    silent = [voices > 1 and draw.random() < 0.2 for _ in range(voices)]
    if all(silent):
        silent[0] = False
    lines = ["X:1", "T: from input.mid", f"M:{beats}/4", "L:1/8", "Q:1/4=100", "K:C % 0 sharps"]
    for voice in range(voices):
        lines += [f"V:{voice + 1}", f"%%MIDI program {draw.randrange(128)}"]
        line = ""
        for bar in range(opening[voice] + draw.randrange(1, 5)):
            sounds = bar >= opening[voice] and not silent[voice]
            music = "".join(draw.choice(["C2", "E2", "^F2", "zG", "[CE]2", "c/2c3/2"]) for _ in range(beats))
            line += draw.choice(["", " "]) + (music if sounds else draw.choice(rests)) + "|"
            if draw.random() < 0.6:
                lines.append(line + draw.choice(["", " \\", "\\"]))
                line = ""
                if draw.random() < 0.3:
                    lines.append(draw.choice(["% comment", f"%%MIDI program {draw.randrange(128)}", "K:G", "%%clef bass"]))
        if line:
            lines.append(line)
    bars = min(count for count, quiet in zip(opening, silent) if not quiet)
    return "\n".join(lines) + "\n", bars * beats


def main():
    for program in ("abc2midi", "midi2abc"):
        if not shutil.which(program):
            print(f"{program} is not installed")
            sys.exit(77)
    draw = random.Random(4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tunes = [generated(draw) for _ in range(300)]
        files = [folder / f"{number:03}.abc" for number in range(len(tunes))]
        for file, (text, _) in zip(files, tunes):
            file.write_text(text)
        for file, (text, silence), after in zip(files, tunes, cleaned(files), strict=True):
            taken = silence_taken(folder, file.name, text, after)
            if taken != silence:
                sys.exit(f"{file.name}: {taken} quarter notes taken where {silence} should be:\n{text}\nbecame\n{after}")
        print(f"{len(tunes)} generated tunes sound as before, {sum(silence > 0 for _, silence in tunes)} of them earlier")

        if not MUSIC.exists():
            print(f"no music in {MUSIC}")
            return
        files = []
        for number, midi in enumerate(sorted(MUSIC.rglob("*.mid"))[::8]):
            shutil.copy(midi, folder / "input.mid")
            abc = folder / f"midi{number}.abc"
            if subprocess.run(["midi2abc", "input.mid", "-o", abc.name], cwd=folder, capture_output=True).returncode == 0:
                files.append(abc)
        earlier = count = 0
        for file, after in zip(files, cleaned(files), strict=True):
            if after is not None:
                earlier += silence_taken(folder, file.name, file.read_text(encoding="latin-1"), after) > 0
                count += 1
        print(f"{count} MIDI files sound as before, {earlier} of them earlier")


main()
