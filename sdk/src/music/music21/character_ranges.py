#!/usr/bin/env python3
"""Writes character_ranges.cpp: how Python's str methods class the characters beyond ASCII.

usage: character_ranges.py [--check]    any Python; --check compares and writes nothing

music21 asks str.isalpha, isdigit, isdecimal, isnumeric, isupper and isspace; the table holds the answers of Python 3.11, whose
Unicode version (14.0) is said in the file. A range whose characters alternate between two classes (upper and lower case letters
mostly) is one entry.
"""
import pathlib, sys, textwrap, unicodedata

FILE = pathlib.Path(__file__).with_name("character_ranges.cpp")
TRAITS = ("isalpha", "isdigit", "isdecimal", "isnumeric", "isupper", "isspace")


def traits(point):
    return sum(getattr(chr(point), name)() << bit for bit, name in enumerate(TRAITS))


def ranges():
    found = []  # [first, last, traits of the first, traits of the second]
    for point in range(0x80, 0x110000):
        mine = traits(point)
        if found and found[-1][1] == point - 1:
            last = found[-1]
            if last[0] == last[1] and (mine or last[2]) and not (mine | last[2]) & 4:  # two decide how a range alternates
                last[1], last[3] = point, mine
                continue
            if mine == last[2 + (point - last[0]) % 2]:
                last[1] = point
                continue
        found.append([point, point, mine, mine])
    return [entry for entry in found if entry[2] or entry[3]]


def source(found):
    entries = ", ".join(f"{{0x{a:X},0x{b:X},{c},{d}}}" for a, b, c, d in found)
    body = textwrap.fill(entries, 126, initial_indent="    ", subsequent_indent="    ")
    return (f"// Written by character_ranges.py from Unicode {unicodedata.unidata_version}: do not edit.\n#include \"characters.hpp\"\n\n"
            "namespace etude::music {\n\n// clang-format off\nstatic constexpr CharacterRange table[] = {\n" + body +
            "};\n// clang-format on\n\nstd::span<const CharacterRange> character_ranges() { return table; }\n\n}  // namespace etude::music\n")


if __name__ == "__main__":
    text = source(ranges())
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(text)
    elif FILE.read_text() != text:
        sys.exit(f"{FILE} is not what this Python says: run {sys.argv[0]} without --check")
