"""The notes of MIDI files, read without Etude."""
from fractions import Fraction


def midi_notes(data):
    """Of each track (start and end in quarter notes, pitch, program), in order of time; tracks without notes left out."""

    def number(at):
        value = 0
        while True:
            value, at = value << 7 | data[at] & 127, at + 1
            if data[at - 1] < 128:
                return value, at

    division, tracks, at = int.from_bytes(data[12:14], "big"), [], 14
    while at < len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "big")
        at, time, status, notes, sounding, program = at + 8, 0, 0, [], {}, {}
        while at < end:
            delta, at = number(at)
            time += delta
            if data[at] >= 128:
                status, at = data[at], at + 1
            if status >= 0xF0:
                size, at = number(at + (status == 0xFF))
                at += size
                continue
            kind, channel, first = status >> 4, status & 15, data[at]
            at += 1 if kind in (0xC, 0xD) else 2
            if kind == 0xC:
                program[channel] = first
            elif kind == 9 and data[at - 1] > 0:
                sounding.setdefault((channel, first), []).append(time)
            elif kind in (8, 9) and sounding.get((channel, first)):
                start = sounding[channel, first].pop(0)
                notes.append((Fraction(start, division), Fraction(time, division), first, program.get(channel)))
        if notes:
            tracks.append(sorted(notes))
    return tracks
