"""Judges ABC texts with music21, one JSON line in, one out: what `etude abc check --jsonl --notes` should say of them.

usage: music21_worker.py [SECONDS A TEXT]    (90, of processor time; what takes longer is {"id": ..., "timeout": true})
"""
import hashlib
import json
import os
import signal
import sys
import tempfile
import warnings
from pathlib import Path

TEMPO = -1


class TooLong(BaseException):
    """No Exception: music21 catches those in places."""


def too_long(*_):
    raise TooLong


class Track:
    """The events of one track of a MIDI file, as notes and tempo changes."""

    def __init__(self, data):
        self.data, self.at, self.status = data, 0, 0
        self.found, self.sounding = [], {}
        self.read()

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def number(self):
        """A variable-length quantity."""
        value = 0
        while True:
            byte = self.byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    def read(self):
        now = 0
        while self.at < len(self.data):
            now += self.number()
            first = self.byte()
            if first == 0xFF:
                kind, length = self.byte(), self.number()
                body = self.data[self.at:self.at + length]
                self.at += length
                if kind == 0x51:
                    self.found.append([now, TEMPO, int.from_bytes(body, "big")])
                elif kind == 0x2F:
                    return
            elif first in (0xF0, 0xF7):
                self.at += self.number()
            else:
                self.channel_event(now, first)

    def channel_event(self, now, first):
        if first >= 0x80:
            self.status, one = first, self.byte()
        else:
            one = first
        kind, channel = self.status >> 4, self.status & 15
        two = 0 if kind in (0xC, 0xD) else self.byte()
        if kind == 9 and two > 0:
            self.sounding.setdefault((channel, one), []).append(now)
        elif kind in (8, 9):
            begun = self.sounding.get((channel, one))
            if begun:
                onset = begun.pop(0)
                self.found.append([onset, one, now - onset])


def notes_of(midi):
    """The sorted [onset, pitch, duration] of all tracks of a MIDI file; a tempo has the pitch -1 and microseconds as duration."""
    assert midi[:4] == b"MThd", midi[:4]
    at, found = 8 + int.from_bytes(midi[4:8], "big"), []
    while at < len(midi):
        assert midi[at:at + 4] == b"MTrk", midi[at:at + 4]
        length = int.from_bytes(midi[at + 4:at + 8], "big")
        found += Track(midi[at + 8:at + 8 + length]).found
        at += 8 + length
    return sorted(found)


def message(error):
    return f"{type(error).__name__}: {error}"[:200]


def verdict(text, converter, folder):
    try:
        score = converter.parse(text, format="abc")
    except Exception as error:
        return {"parse": False, "parse_error": message(error), "midi": False}
    try:
        written = score.write("midi", fp=str(folder / "score.mid"))
    except Exception as error:
        return {"parse": True, "midi": False, "midi_error": message(error)}
    if written is None:  # a collection without a score
        return {"parse": True, "midi": False, "midi_error": "nothing was written"}
    midi = Path(written).read_bytes()
    notes = notes_of(midi)
    return {"parse": True, "midi": True, "notes": notes, "n_notes": sum(note[1] != TEMPO for note in notes), "midi_sha256": hashlib.sha256(midi).hexdigest()}


def main():
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 90
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what music21 prints is no answer
    from music21 import converter, environment
    environment.UserSettings  # noqa: B018  (it is there before the first text, not within its time)
    signal.signal(signal.SIGPROF, too_long)
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin.buffer:
            asked = json.loads(line)
            signal.setitimer(signal.ITIMER_PROF, limit)
            try:
                answer = verdict(asked["text"], converter, Path(folder))
            except TooLong:
                answer = {"timeout": True}
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
            answers.write(json.dumps({"id": asked["id"], **answer}) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
