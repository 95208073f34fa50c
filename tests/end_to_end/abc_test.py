"""`etude abc check` and `etude abc midi` as a user meets them: verdicts, pipes, files, and what they say about bad input."""
import json
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from etude_program import ENVIRONMENT, PROGRAM, start

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))
from music21_worker import notes_of  # noqa: E402

HEADER = "X:1\nM:4/4\nL:1/8\nK:C\n"
GOOD = HEADER + "CDEF GABc|c8|]\n"      # nine notes
UNPARSED = HEADER + "CDEF GABc|\n[CEG\n"
OVERFULL = HEADER + "C4 D4|C4 D4 E4 F4 G4|C8|\n"  # parses; no MIDI, since music21 finds a meter twice
KEYS = ["id", "parse", "parse_error", "midi", "midi_error", "n_notes"]


def abc(*arguments, cwd=None, given=b"", **popen):
    return subprocess.run([PROGRAM, "abc", *map(str, arguments)], cwd=cwd, env=ENVIRONMENT, input=given, capture_output=True, timeout=300, **popen)


def says(result, code, *words):
    """The exit code is this one, and these words are on either stream."""
    said = (result.stdout + result.stderr).decode("utf-8", "replace")
    assert result.returncode == code, (result.args, result.returncode, said[-2000:])
    for word in words:
        assert word in said, (result.args, word, said[-2000:])
    return result


def answers(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def lines(*objects):
    return "".join(json.dumps(one) + "\n" for one in objects).encode()


def files_are_judged_one_by_one(work):
    for name, text in (("good", GOOD), ("unparsed", UNPARSED), ("overfull", OVERFULL)):
        (work / f"{name}.abc").write_text(text)
    assert says(abc("check", "good.abc", cwd=work), 0).stdout == b"good.abc: ok, 9 notes\n"
    said = says(abc("check", "overfull.abc", "unparsed.abc", "good.abc", cwd=work), 1).stdout.decode().splitlines()
    assert len(said) == 3, said
    assert said[0].startswith("overfull.abc: does not export: "), said
    assert said[1].startswith("unparsed.abc:6:1: does not parse: "), said
    assert said[2] == "good.abc: ok, 9 notes", said
    says(abc("check", "-", cwd=work, given=GOOD.encode()), 0, "standard input: ok, 9 notes")
    says(abc("check", "-", cwd=work, given=UNPARSED.encode()), 1, "standard input:6:1: does not parse: ")
    # CRLF is a line's end as well.
    says(abc("check", "-", cwd=work, given=GOOD.replace("\n", "\r\n").encode()), 0, "ok, 9 notes")


def files_that_cannot_be_read_do_not_stop_the_others(work):
    result = says(abc("check", "missing.abc", ".", "good.abc", cwd=work), 1, "cannot read missing.abc: No such file", "cannot read .: Is a directory")
    assert result.stdout == b"good.abc: ok, 9 notes\n", result.stdout
    result = says(abc("check", "--jsonl", "missing.jsonl", "-", cwd=work, given=lines({"id": 1, "text": GOOD})), 1, "cannot read missing.jsonl")
    assert [row["id"] for row in answers(result)] == [1]


def odd_bytes_are_told(work):
    (work / "latin1.abc").write_bytes(GOOD.replace("M:", "T:Föhn\nM:").encode("latin-1"))
    result = says(abc("check", "latin1.abc", cwd=work), 0, "latin1.abc:2:4: not UTF-8", "U+FFFD")
    assert result.stdout == b"latin1.abc: ok, 9 notes\n", result.stdout
    (work / "empty.abc").write_bytes(b"")
    assert len(abc("check", "empty.abc", cwd=work).stdout.splitlines()) == 1
    draw = random.Random(1)
    for size in (1, 10, 1000, 100_000):
        result = abc("check", "-", given=draw.randbytes(size))
        assert result.returncode in (0, 1) and result.stdout, (size, result)


def lines_are_answered_in_order(work):
    texts = [{"id": "a", "text": GOOD}, {"id": 2, "text": UNPARSED}, {"id": None, "text": OVERFULL}, {"id": "Ä\n", "text": ""}, {"id": 1.5, "text": GOOD, "kind": "more"}, {"text": GOOD}]
    result = says(abc("check", "--jsonl", given=lines(*texts)), 0)
    rows = answers(result)
    assert [row["id"] for row in rows] == ["a", 2, None, "Ä\n", 1.5, None], rows
    assert all(list(row) == KEYS for row in rows), rows
    assert rows[0] == {"id": "a", "parse": True, "parse_error": None, "midi": True, "midi_error": None, "n_notes": 9}, rows[0]
    assert rows[1]["parse"] is False and rows[1]["parse_error"] and rows[1]["midi"] is False and rows[1]["midi_error"] is None and rows[1]["n_notes"] is None, rows[1]
    assert rows[2]["parse"] is True and rows[2]["parse_error"] is None and rows[2]["midi"] is False and rows[2]["midi_error"] and rows[2]["n_notes"] is None, rows[2]
    # The same from a file, from several, with other line ends, empty lines, and none at the end.
    (work / "texts.jsonl").write_bytes(lines(*texts))
    assert abc("check", "--jsonl", "texts.jsonl", cwd=work).stdout == result.stdout
    assert abc("check", "--jsonl", "texts.jsonl", "-", cwd=work, given=lines(*texts)).stdout == 2 * result.stdout
    spaced = b"\n \t\n" + lines(*texts).replace(b"\n", b"\r\n\r\n").rstrip()
    assert says(abc("check", "--jsonl", "-", given=spaced), 0).stdout == result.stdout
    assert says(abc("check", "--jsonl", given=b""), 0).stdout == b""


def ids_come_back_as_they_were_written():
    words = json.dumps(GOOD)
    ids = ["18446744073709551615", "-9223372036854775808", "123456789012345678901234567890", "-9223372036854775809", "1.50", "0.1000000000000000055511151231257827", "1E5",
           '"123456789012345678901234567890"']
    # What is nested or of another name, before it or behind, is no id; of several the last counts.
    spellings = ['{{"id": {0}, "text": {1}}}', '{{"more": {{"id": 3.25}}, "ids": 4.5, "text": {1}, "id":{0} , "list": [5.5, {{"id": 6.5}}], "last": 7.5}}', '{{"id": 8.5, "text": {1}, "id": {0}}}']
    asked = [(one, spelling.format(one, words)) for one in ids for spelling in spellings]
    rows = says(abc("check", "--jsonl", given="".join(line + "\n" for _, line in asked).encode()), 0).stdout.decode().splitlines()
    assert len(rows) == len(asked), rows
    for (one, line), row in zip(asked, rows):
        assert row.startswith(f'{{"id":{one},"parse":true,'), (line, row)
    says(abc("check", "--jsonl", given=b'{"id": 1e999, "text": ""}\n'), 1, "no JSON", "1e999")


def notes_are_what_stands_in_the_file(work):
    text = HEADER.replace("K:", "Q:1/4=120\nK:") + "C2 [EG]2 z4|c8|]\n"
    row = answers(says(abc("check", "--jsonl", "--notes", given=lines({"id": 1, "text": text}, {"id": 2, "text": UNPARSED})), 0))
    assert list(row[0]) == [*KEYS, "notes"] and row[0]["n_notes"] == 4, row
    quarter = 10080
    assert row[0]["notes"] == [[0, -1, 500_000], [0, 60, quarter], [quarter, 64, quarter], [quarter, 67, quarter], [4 * quarter, 72, 4 * quarter]], row
    assert row[1]["notes"] is None, row
    (work / "in.abc").write_text(text)
    assert says(abc("midi", "in.abc", "out.mid", cwd=work), 0).stdout.startswith(b"out.mid: 4 notes, ")
    assert notes_of((work / "out.mid").read_bytes()) == row[0]["notes"]
    piped = says(abc("midi", "-", "-", given=text.encode()), 0, "4 notes")
    assert piped.stdout == (work / "out.mid").read_bytes()


def of_a_book_the_last_tune_is_written(work):
    book = GOOD + "\n" + HEADER.replace("X:1", "X:2") + "c4 d4|]\n"
    said = says(abc("midi", "-", "book.mid", cwd=work, given=book.encode()), 0, "standard input holds 2 tunes: book.mid has the last")
    assert said.stdout.startswith(b"book.mid: 2 notes"), said.stdout


def readings_differ(work):
    words = HEADER + "hello world"
    assert says(abc("check", "-", given=words.encode()), 0, "ok, 2 notes")
    says(abc("check", "--reading", "strict", "-", given=words.encode()), 1, "does not parse")
    says(abc("check", "--reading", "strict", "-", given=GOOD.encode()), 0, "ok, 9 notes")
    rows = [answers(abc("check", "--jsonl", "--reading", name, given=lines({"id": 1, "text": words})))[0]["parse"] for name in ("music21", "strict")]
    assert rows == [True, False], rows
    says(abc("midi", "--reading", "strict", "-", "x.mid", cwd=work, given=words.encode()), 1, "standard input:5:")
    assert not (work / "x.mid").exists()


def lines_that_hold_no_text_lose_nothing(work):
    good = lines({"id": 0, "text": GOOD}).strip()
    bad = [(b"no json", "no JSON"), (b'{"id": 1, "text": "cut', "no JSON"), (b"[1, 2]", "no JSON object"), (b'"text"', "no JSON object"), (b'{"id": 2}', '"text" is missing'),
           (b'{"id": 3, "text": null}', '"text" is null'), (b'{"id": 4, "text": 5}', '"text" is number'), (b'{"id": [1], "text": ""}', "neither a text nor a number"),
           (b'{"id": 5, "text": "\xff\xfe"}', "UTF-8"), (b'{"id": 6, "text": "\\ud800"}', "surrogate"), (b"\x00", "no JSON"), (b"[" * 100_000, "no JSON"),
           (b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b', "text": ""}', "neither a text nor a number")]
    given = b"".join(line + b"\n" + good + b"\n" for line, _ in bad)
    result = abc("check", "--jsonl", given=given)
    assert result.returncode == 1, result
    rows = answers(result)
    assert len(rows) == 2 * len(bad), len(rows)
    told = result.stderr.decode("utf-8", "replace")
    for number, ((line, words), row, after) in enumerate(zip(bad, rows[::2], rows[1::2])):
        place = f"standard input:{2 * number + 1}: "
        assert row["parse"] is False and row["parse_error"].startswith(place) and words in row["parse_error"], (line[:50], row)
        assert list(row) == KEYS and row["midi"] is False and row["midi_error"] is None and row["n_notes"] is None, row
        assert place in told, (place, told)
        assert after["id"] == 0 and after["n_notes"] == 9, after
    assert [row["id"] for row in rows[::2]] == [None, None, None, None, 2, 3, 4, None, None, None, None, None, None], rows


def answers_come_before_the_next_question():
    process = start("abc", "check", "--jsonl", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None)
    for number in range(5):
        process.stdin.write(lines({"id": number, "text": GOOD}))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == number
    # In pieces that are no lines.
    whole = lines({"id": 5, "text": GOOD}, {"id": 6, "text": GOOD})
    for at in range(0, len(whole), 7):
        process.stdin.write(whole[at:at + 7])
        process.stdin.flush()
    assert [json.loads(process.stdout.readline())["id"] for _ in range(2)] == [5, 6]
    process.stdin.close()
    assert process.wait(60) == 0 and process.stdout.read() == b""
    process.stdout.close()


def peak_of(given):
    """MiB that the command needs at most for these lines."""
    script = ("import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
              "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)")
    done = subprocess.run([sys.executable, "-c", script, PROGRAM, "abc", "check", "--jsonl", "--notes"], env=ENVIRONMENT, input=given, capture_output=True, timeout=300)
    code, peak = map(int, done.stdout.split())
    assert code == 0, done
    return peak


def memory_does_not_grow_with_the_number_of_lines():
    line = lines({"id": 1, "text": GOOD * 3})
    few, many = peak_of(line * 100), peak_of(line * 100_000)  # 17 MB
    assert many < few + 12, (few, many)


def length_and_depth_are_no_danger():
    """With a small stack, so that whatever recursed would show."""
    def small_stack():
        resource.setrlimit(resource.RLIMIT_STACK, (1 << 20, 1 << 20))

    signs = ["(", "[", "{", '"', "|:", ":|", "(3", "-", ">", "!", "&", "C-|", "[V:1]", "(C", "{c}C", "|1", "[1C:|", "w:a\n", "[M:3/4]C|", "V:1\nC|"]
    texts = [{"id": sign, "text": HEADER + sign * 100_000} for sign in signs]
    texts.append({"id": "10 MB", "text": HEADER + "C2 [EG]2 c2-c2|" * 667_000})
    rows = answers(says(abc("check", "--jsonl", given=lines(*texts), preexec_fn=small_stack), 0))
    assert [row["id"] for row in rows] == [text["id"] for text in texts], rows
    assert rows[-1]["midi"] and rows[-1]["n_notes"] == 5 * 667_000 - 667_000, rows[-1]
    too_large = abc("check", "-", "good.abc", given=b"a" * ((64 << 20) + 1))
    says(too_large, 1, "standard input is larger than 64 MiB", "cannot read good.abc")


def output_that_cannot_be_written_is_told(work):
    (work / "folder").mkdir()
    (work / "old.mid").write_bytes(b"old")
    says(abc("midi", "good.abc", "folder", cwd=work), 1, "cannot write folder: Is a directory")
    says(abc("midi", "good.abc", "nowhere/x.mid", cwd=work), 1, "cannot write nowhere/x.mid")
    says(abc("midi", "good.abc", "/dev/full", cwd=work), 1, "cannot write /dev/full: No space left")
    says(abc("midi", "good.abc", "good.abc", cwd=work), 2, "good.abc is read and would be overwritten")
    says(abc("midi", "missing.abc", "x.mid", cwd=work), 1, "cannot read missing.abc")
    says(abc("midi", "unparsed.abc", "old.mid", cwd=work), 1, "unparsed.abc:6:1: does not parse: ")
    says(abc("midi", "overfull.abc", "old.mid", cwd=work), 1, "overfull.abc: does not export: ")
    assert (work / "old.mid").read_bytes() == b"old" and not (work / "x.mid").exists()
    says(abc("midi", "good.abc", "old.mid", cwd=work), 0)
    assert (work / "old.mid").read_bytes().startswith(b"MThd")
    for arguments, given in ((["check", "--jsonl"], lines({"id": 1, "text": GOOD})), (["check", "-"], GOOD.encode()), (["midi", "-", "-"], GOOD.encode())):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([PROGRAM, "abc", *arguments], env=ENVIRONMENT, input=given, stdout=full, stderr=subprocess.PIPE, timeout=60)
        assert result.returncode == 1 and b"cannot write" in result.stderr and b"standard output" in result.stderr, result


def wrong_use_is_told(work):
    says(abc(), 2, "check", "midi", "usage: etude abc <command>")
    says(abc("--help"), 0, "check", "midi")
    says(abc("check", "--help"), 0, "--reading", "--jsonl", "--notes", "usage: etude abc check")
    says(abc("midi", "--help"), 0, "usage: etude abc midi IN.abc OUT.mid")
    says(abc("chek"), 2, "unknown command chek", "did you mean check?")
    says(abc("check"), 2, "no files to check")
    says(abc("check", "--reading", "loose", "good.abc", cwd=work), 2, "unknown reading loose", "music21 and strict")
    says(abc("check", "--notes", "good.abc", cwd=work), 2, "--notes is for --jsonl")
    says(abc("check", "--note", "good.abc", "--jsnl", cwd=work), 2, "--jsnl")
    says(abc("check", "-", "-"), 2, "only once")
    says(abc("midi", "good.abc", cwd=work), 2, "too few arguments", "usage: etude abc midi")
    says(abc("midi", "a", "b", "c"), 2, "too many arguments")
    says(abc("midi", "--reading", "", "good.abc", "x.mid", cwd=work), 2, "unknown reading")


def main():
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        files_are_judged_one_by_one(work)
        files_that_cannot_be_read_do_not_stop_the_others(work)
        odd_bytes_are_told(work)
        lines_are_answered_in_order(work)
        ids_come_back_as_they_were_written()
        notes_are_what_stands_in_the_file(work)
        of_a_book_the_last_tune_is_written(work)
        readings_differ(work)
        lines_that_hold_no_text_lose_nothing(work)
        answers_come_before_the_next_question()
        memory_does_not_grow_with_the_number_of_lines()
        length_and_depth_are_no_danger()
        output_that_cannot_be_written_is_told(work)
        wrong_use_is_told(work)


if __name__ == "__main__":
    main()
