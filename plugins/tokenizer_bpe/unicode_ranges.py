#!/usr/bin/env python3
"""Writes unicode_ranges.cpp: which code points Hugging Face `tokenizers` takes for letters, numbers and white space.

usage: unicode_ranges.py [--check]    run in any folder, with a Python that has `tokenizers`; --check compares and writes nothing

The classes are read off the behaviour of its ByteLevel pre-tokenizer, whose pattern knows \\p{L}, \\p{N} and \\s, and not off a
Unicode database: the versions of the two need not be the same.
"""
import pathlib, sys, textwrap

from tokenizers.pre_tokenizers import ByteLevel

FILE = pathlib.Path(__file__).with_name("unicode_ranges.cpp")


def class_of(point, split=ByteLevel(add_prefix_space=False).pre_tokenize_str):
    """A character stays in one piece with a letter, a number or a punctuation mark before it, if it is of their class."""
    for name, sample in (("letters", "a"), ("numbers", "1"), ("others", "!")):
        if len(split(sample + chr(point))) == 1:
            return name
    return "white_space"


def ranges():
    found = {"letters": [], "numbers": [], "white_space": [], "others": []}
    for point in range(0x110000):
        if 0xD800 <= point < 0xE000:  # surrogates are no characters
            continue
        of_class = found[class_of(point)]
        if of_class and of_class[-1][1] == point - 1:
            of_class[-1][1] = point
        else:
            of_class.append([point, point])
    return found


def source(found):
    out = "// Written by unicode_ranges.py from the behaviour of `tokenizers`: do not edit.\n#include \"unicode_classes.hpp\"\n\n"
    out += "namespace etude::bpe {\n\n// clang-format off\n"
    for name in ("letters", "numbers", "white_space"):
        pairs = ", ".join(f"{{0x{first:X}, 0x{last:X}}}" for first, last in found[name])
        body = "\n".join(textwrap.wrap(pairs.replace(", 0x", ",\0x"), 124, initial_indent="    ", subsequent_indent="    "))
        body = body.replace(",\0x", ", 0x")
        out += f"static constexpr CodePointRange {name}_table[] = {{\n{body}}};\n"
    out += "// clang-format on\n\n"
    for name in ("letters", "numbers", "white_space"):
        out += f"std::span<const CodePointRange> {name}() {{ return {name}_table; }}\n"
    return out + "\n}  // namespace etude::bpe\n"


if __name__ == "__main__":
    text = source(ranges())
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(text)
    elif FILE.read_text() != text:
        sys.exit(f"{FILE} is not what `tokenizers` does now: run {sys.argv[0]} without --check")
