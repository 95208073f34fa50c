"""How far Etude and music21 agree on ABC texts, by kind of text; and the ratchet that holds what was reached."""
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

BUILD = Path(os.environ["ETUDE_BUILD"])
sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))
from etude_program import ENVIRONMENT, PROGRAM  # noqa: E402

MEASURES = ("parse", "export", "notes", "bytes", "class")

# What an error is about: a name, music21's words, and Etude's. Errors that are in none of these are of the class of Python's exception,
# which Etude's parse errors name.
CLASSES = [
    ("no unit length", "no active default note length", "a note before any L: or M:"),
    ("chord not closed", "Bad chord indicator", "ABCHandlerException: (a chord that nothing closes|a chord within a chord)"),
    ("tuplet", "cannot handle tuplet", "a tuplet has"),
    ("tuplet cut short", "bad index value", "the text ends within a tuplet"),
    ("no music", "must process tokens before|Is a directory", "no music"),  # an empty text is a name of a folder to music21
    ("tempo of zero", "ZeroDivisionError: division by zero", "^tempo of zero"),
    ("meter twice", r"TimeSignature .* is already found in this Stream", "^meter object found twice"),
    ("no measures", "process repeats on Stream that does not contain measures", "^no measures to repeat"),
    ("repeats", "badly formed repeats", "^badly formed repeats"),
]


def judged(texts, *options):
    """What `etude abc check --jsonl --notes` says of {"id", "text"}s, in order; and the SHA-256 of the MIDI files' bytes."""
    asked = "".join(json.dumps({"id": text["id"], "text": text["text"]}) + "\n" for text in texts)
    done = subprocess.run([PROGRAM, "abc", "check", "--jsonl", "--notes", *options], input=asked.encode(), env=ENVIRONMENT, capture_output=True, timeout=900)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or [answer["id"] for answer in answers] != [text["id"] for text in texts]:
        sys.exit(f"etude abc check exited {done.returncode} after {len(answers)} of {len(texts)} texts: {done.stderr.decode()}")
    return with_digests(asked, answers)


def with_digests(asked, answers):
    """The answers to the lines `asked`, with the SHA-256 of the bytes of their MIDI files."""
    done = subprocess.run([BUILD / "bin/midi_probe"], input=asked.encode(), capture_output=True, timeout=900, check=True)
    digests = done.stdout.decode().splitlines()
    assert len(digests) == len(answers), (len(digests), len(answers))
    return [{**answer, "midi_sha256": digest} for answer, digest in zip(answers, digests)]


def digest(notes):
    return hashlib.sha256(json.dumps(notes).encode()).hexdigest()


def error_of(verdict):
    return verdict.get("parse_error") or verdict.get("midi_error") or ""


def class_of(error, column):
    """@param column  of CLASSES: 1 for music21's errors, 2 for Etude's"""
    for row in CLASSES:
        if re.search(row[column], error):
            return row[0]
    exception = re.search(r"\b(\w+(?:Exception|Error)): ", error)
    return exception[1] if exception else f"not classed: {error}"


def same_notes(ours, theirs):
    """All of them: of an answer of cases only the first 400 stand there, and a digest of the whole."""
    if ours["n_notes"] != theirs["n_notes"]:
        return False
    if "notes_sha256" in theirs:
        return ours["notes"][:400] == theirs["notes"] and digest(ours["notes"]) == theirs["notes_sha256"]
    return ours["notes"] == theirs["notes"]


class Agreement:
    """Counts of texts by kind, and those on which the two differ."""

    def __init__(self):
        self.asked = defaultdict(Counter)   # kind -> measure -> texts to which it applies
        self.agreed = defaultdict(Counter)
        self.differences = []               # (measure, text, ours, theirs)

    def count(self, measure, text, ours, theirs, agree):
        for kind in (text["kind"], "all"):
            self.asked[kind][measure] += 1
            self.agreed[kind][measure] += agree
        if not agree:
            self.differences.append((measure, text, ours, theirs))

    def add(self, text, ours, theirs):
        self.count("parse", text, ours, theirs, ours["parse"] == theirs["parse"])
        self.count("export", text, ours, theirs, ours["midi"] == theirs["midi"])
        if theirs["midi"]:
            self.count("notes", text, ours, theirs, ours["midi"] and same_notes(ours, theirs))
            self.count("bytes", text, ours, theirs, ours["midi_sha256"] == theirs["midi_sha256"])
        elif ours["parse"] == theirs["parse"] and not ours["midi"]:
            self.count("class", text, ours, theirs, class_of(error_of(theirs), 1) == class_of(error_of(ours), 2))

    def kinds(self):
        return sorted(kind for kind in self.asked if kind != "all") + ["all"]

    def share(self, kind, measure):
        asked = self.asked[kind][measure]
        return self.agreed[kind][measure] / asked if asked else 1.0

    def table(self):
        lines = [f"{'kind':<15}" + "".join(f"{measure:>21}" for measure in MEASURES)]
        for kind in self.kinds():
            cells = (f"{self.agreed[kind][measure]}/{self.asked[kind][measure]} {100 * self.share(kind, measure):7.2f} %" for measure in MEASURES)
            lines.append(f"{kind:<15}" + "".join(f"{cell:>21}" for cell in cells))
        return "\n".join(lines)

    def show_differences(self, limit):
        for measure, text, ours, theirs in self.differences[:limit]:
            print(f"\n{measure} differs on {text['id']} ({text['kind']}): {text['text'][:1500]!r}")
            for name, verdict in (("etude", ours), ("music21", theirs)):
                said = error_of(verdict) or f"{verdict['n_notes']} notes"
                print(f"  {name:<8} parse {verdict['parse']}, midi {verdict['midi']}: {said}")
            if measure == "notes" and ours["midi"]:
                at = next((i for i, (a, b) in enumerate(zip(ours["notes"], theirs["notes"])) if a != b), min(len(ours["notes"]), len(theirs["notes"])))
                print(f"  from note {at} on: etude {ours['notes'][at:at + 4]}, music21 {theirs['notes'][at:at + 4]}")


def hold(agreement, file, applies):
    """The ratchet: `file` has the agreed texts by kind and measure that were once reached; fewer is a failure, more asks for a new file.
    @param applies  what was measured must be what the file is about"""
    reached = {kind: {measure: agreement.agreed[kind][measure] for measure in MEASURES} for kind in agreement.kinds()}
    new = json.dumps({"texts": applies, "agreed": reached}, indent=1) + "\n"
    held = json.loads(file.read_text()) if file.exists() else {"texts": None}
    if held["texts"] != applies:
        sys.exit(f"{file} is about {held['texts']} texts, these are {applies}; if that is meant, it should be:\n{new}")
    changes = [(kind, measure, before, now) for kind, row in reached.items() for measure, now in row.items()
               if now != (before := held["agreed"].get(kind, {}).get(measure, 0))]
    for kind, measure, before, now in changes:
        print(f"{kind}, {measure}: {now} agree, {before} did")
    if any(now < before for _, _, before, now in changes):
        sys.exit("fewer texts agree than before")
    if changes:
        sys.exit(f"more texts agree than before: hold that by writing this to {file}:\n{new}")
