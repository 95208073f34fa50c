"""What the study's two profiles make of a file's bytes: stated here once more, as plainly as Python can, as the tests' oracle."""
import gzip
import re
import string


def phase1(raw):
    """The text with its separator, or None. Lines end where splitlines() says; bytes that are no UTF-8 vanish first."""
    lines = [line.strip() for line in raw.decode("utf-8", "ignore").splitlines()]

    def stays(line):
        if line[1:2] == ":":
            return line[0] in "XMLKVP"
        return line != "" and line[0] != "%"

    text = "\n".join(filter(stays, lines))
    return text + "\n\n" if len(text) >= 50 else None


def phase2(raw):
    """The text with its separator, or None; then the bytes without white space, and those of their gzip file."""
    if len(raw) > 5_000_000:
        return None, 0, 0
    lines = []
    for line in re.split("\r\n|\r|\n", raw.decode("utf-8", "replace")):
        line = line.strip()
        if line == "..." or line[:2] == "T:" or (line[:1] == "%" and line[:2] != "%%"):
            continue
        if line[-1:] == "\\":
            line = line[:-1].strip()
        if line:
            lines.append(line)
    dense = "".join("".join(line.split()) + "\n" for line in lines).encode("utf-8")
    sizes = (len(dense), len(gzip.compress(dense, 9, mtime=0)) if dense else 0)
    # Up to 32 of the lines of rests that the file begins with go; the 33rd and those after it stay.
    begin = 0
    while begin < min(len(lines), 32) and rests_only(lines[begin]):
        begin += 1
    if begin == len(lines):
        return None, *sizes
    return "".join(line + "\n" for line in [*lines[begin:], "", "<|endoftext|>"]), *sizes


def rests_only(line):
    if line[:1] in string.ascii_letters and line[1:2] == ":":
        return False
    line = "".join(line.split())
    return ("z" in line or "Z" in line) and set(line) <= set("zZ0123456789/|:[]()<>-")
