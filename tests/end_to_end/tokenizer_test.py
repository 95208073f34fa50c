"""`etude tokenizer train|encode|decode` on files and pipes, and what they say about bad input."""
import json
import os
import random
import resource
import signal
import struct
import subprocess
import tempfile
from pathlib import Path

from etude_program import ENVIRONMENT, PROGRAM, etude, start, wait_until, write_tunes

END = "<|endoftext|>"


def tokenizer(*arguments, cwd, given=None, check=True, **popen):
    """Runs the command with bytes as standard input; stdout is bytes."""
    result = subprocess.run([PROGRAM, "tokenizer", *map(str, arguments)], cwd=cwd, env=ENVIRONMENT, input=given, capture_output=True,
                            timeout=300, **popen)
    assert not check or result.returncode == 0, (arguments, result.returncode, result.stderr.decode())
    return result


def refused(words, *arguments, cwd, code=None, given=None, **popen):
    """The command fails, says these words, and leaves the folder as it was."""
    before = {path: path.stat().st_mtime_ns for path in cwd.rglob("*")}
    result = tokenizer(*arguments, cwd=cwd, given=given, check=False, **popen)
    message = result.stderr.decode("utf-8", "replace")
    assert result.returncode in ((code,) if code else (1, 2)), (arguments, result.returncode, message)
    for word in words:
        assert word in message, (arguments, word, message)
    assert {path: path.stat().st_mtime_ns for path in cwd.rglob("*")} == before, (arguments, "something was left behind")


def documents(seed, count):
    draw = random.Random(seed)
    return ["".join(draw.choice(["C2 D2 |", "z/2", draw.choice("ABCDEFGabcdefg") * 2 + draw.choice("23456,"), "z/2", "é", "\r\n", "\n", "don't ", "  ", "𝄞", "\0"]) for _ in range(draw.randrange(1, 40))).rstrip("\r\n") + "\n"
            for _ in range(count)]


def text_and_ids_are_each_others_reverse(work):
    texts = documents(1, 300)
    corpus = "".join(text + END + "\n" for text in texts).encode()
    (work / "corpus.txt").write_bytes(corpus)
    said = tokenizer("train", "--set", "vocab_size=300", "--output", "tok.json", "corpus.txt", cwd=work).stdout.decode()
    assert "300 ids" in said and "MB/s" in said and "tok.json" in said, said
    report = json.loads(tokenizer("encode", "tok.json", "corpus.txt", "ids.bin", "--json", cwd=work).stdout)
    ids = (work / "ids.bin").read_bytes()
    assert report["tokens"] * 2 == len(ids) and report["ends_of_text"] == 300 and report["unknown"] == 0, report
    assert report["bytes_per_id"] == 2 and report["characters"] == sum(map(len, texts)), report
    assert abs(report["tokens_per_character"] - report["tokens"] / report["characters"]) < 1e-12, report
    assert set(report["seconds"]) == {"all", "loading", "streaming", "processor", "reading", "encoding"} and report["seconds"]["all"] > 0, report
    assert [id for (id,) in struct.iter_unpack("<H", ids)].count(1) == 300
    tokenizer("decode", "tok.json", "ids.bin", "back.txt", cwd=work)
    assert (work / "back.txt").read_bytes() == corpus

    # The same through pipes, in whatever number of threads; the report stays out of the ids.
    piped = tokenizer("encode", "tok.json", "-", "-", "--threads", "3", cwd=work, given=corpus)
    assert piped.stdout == ids and b"a character" in piped.stderr, piped.stderr
    assert tokenizer("decode", "tok.json", "-", "-", "--threads", "1", cwd=work, given=ids).stdout == corpus
    tokenizer("train", "--set", "vocab_size=300", "--output", "piped.json", "-", cwd=work, given=corpus)
    assert (work / "piped.json").read_bytes() == (work / "tok.json").read_bytes()


def lines_that_are_the_delimiter_end_a_text(work):
    def ids_of(text, *options):
        report = tokenizer("encode", "tok.json", "-", "-", *options, cwd=work, given=text)
        return [id for (id,) in struct.iter_unpack("<H", report.stdout)]

    plain = ids_of(b"abc\n")
    for line in (END, f"  {END}\t\n", f"{END}\r\n", f"\u3000{END}\u00a0\n"):
        assert ids_of(f"abc\n{line}".encode()) == plain + [1], line
    assert ids_of(f"{END}\n{END}\n".encode()) == [1, 1]
    within = ids_of(f"abc{END}abc\n".encode())  # as tokenizers does
    assert within.count(1) == 1 and within[-1] == plain[-1] and len(within) > 2, within
    marked = ids_of(b"abc\n---\nabc\n", "--delimiter", "---")
    assert marked == plain + [1] + plain
    assert ids_of(f"{END}\n".encode(), "--delimiter", "---") != [1], "another delimiter: the usual one is marked text, then a newline"
    back = tokenizer("decode", "tok.json", "-", "-", "--delimiter", "---", cwd=work, given=struct.pack(f"<{len(marked)}H", *marked))
    assert back.stdout == b"abc\n---\nabc\n"


def any_bytes_come_back(work):
    draw = random.Random(3)
    # More than one block of the reader; lines longer than a block; no newline at the end; no UTF-8.
    data = draw.randbytes(700_000) + b"\n" * 1000 + bytes(range(256)) * 10 + b"A" * 3_000_000 + b"\n\xff\xfe\r\n\0" + draw.randbytes(500_000) + b"x"
    (work / "bytes.bin").write_bytes(data)
    for plugin, saved in (("bpe", "tok.json"), ("byte", "bytes.tok")):
        if plugin == "byte":
            tokenizer("train", "--plugin", "byte", "--output", saved, "-", cwd=work, given=b"")
        for threads in (1, 3):
            tokenizer("encode", "--plugin", plugin, saved, "bytes.bin", "bytes.ids", "--threads", threads, cwd=work)
            tokenizer("decode", "--plugin", plugin, saved, "bytes.ids", "bytes.back", "--threads", threads, cwd=work)
            assert (work / "bytes.back").read_bytes() == data, (plugin, threads)
    (work / "empty").write_bytes(b"")
    report = json.loads(tokenizer("encode", "tok.json", "empty", "empty.ids", "--json", cwd=work).stdout)
    assert report["tokens"] == 0 and (work / "empty.ids").read_bytes() == b""
    tokenizer("decode", "tok.json", "empty.ids", "empty.back", cwd=work)
    assert (work / "empty.back").read_bytes() == b""


def other_tokenizers_work_the_same(work):
    tokenizer("train", "--plugin", "char", "--set", "vocab_size=20", "--output", "char.json", "corpus.txt", cwd=work)
    # The file says whose it is, and how large.
    encoded = tokenizer("encode", "char.json", "-", "-", "--json", cwd=work, given=f"Cq\n{END}\n".encode())
    ids = [id for (id,) in struct.iter_unpack("<H", encoded.stdout)]
    report = json.loads(encoded.stderr[encoded.stderr.index(b"{"):])
    assert len(ids) == 4 + len(END) and report["unknown"] == ids.count(0) >= 1 and report["ends_of_text"] == 0, (ids, report)
    assert b"cannot be decoded" in encoded.stderr, encoded.stderr
    assert tokenizer("decode", "char.json", "-", "-", cwd=work, given=encoded.stdout).stdout.decode().startswith("C\ufffd\n")
    refused(["has no end of text"], "encode", "char.json", "corpus.txt", "x.bin", "--delimiter", "---", cwd=work, code=2)


def large_vocabularies_take_four_bytes(work):
    tokenizer("train", "--plugin", "char", "--set", "vocab_size=70000", "--output", "wide.json", "corpus.txt", cwd=work)
    said = tokenizer("encode", "wide.json", "corpus.txt", "wide.bin", cwd=work).stdout.decode()
    assert "uint32" in said and "too large for uint16" in said, said
    tokenizer("decode", "wide.json", "wide.bin", "wide.txt", cwd=work)
    assert (work / "wide.txt").read_bytes() == (work / "corpus.txt").read_bytes()
    (work / "cut.bin").write_bytes((work / "wide.bin").read_bytes()[:-2])
    refused(["cut.bin ends within an id", "4 bytes an id"], "decode", "wide.json", "cut.bin", "x.txt", cwd=work)


def memory_does_not_grow_with_the_text(work):
    line = "".join(documents(9, 50)).encode()

    def peak(copies, *arguments):
        with open(work / "big.txt", "wb") as file:
            for _ in range(copies):
                file.write(line)
        process = start("tokenizer", *arguments, cwd=work, stderr=None)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, arguments
        return usage.ru_maxrss / 1024

    unit = 4_000_000 // len(line)
    for arguments in (("train", "--threads", "2", "--set", "vocab_size=500", "--output", "big.json", "big.txt"),
                      ("encode", "--threads", "2", "tok.json", "big.txt", "big.bin"), ("decode", "--threads", "2", "tok.json", "big.bin", "big.back")):
        small, large = peak(unit, *arguments), peak(16 * unit, *arguments)
        if arguments[0] == "decode":  # its input is what encode left of the larger text
            small, large = 0, large
            assert large < 400, large
        assert large < small + 40 or arguments[0] == "decode", (arguments[0], small, large)
    assert (work / "big.back").read_bytes() == (work / "big.txt").read_bytes()


def bad_input_is_named(work):
    hugging_face_words = {"version": "1.0", "model": {"type": "WordPiece", "vocab": {"a": 0}}}
    (work / "words.json").write_text(json.dumps(hugging_face_words))
    (work / "broken.json").write_text((work / "tok.json").read_text()[:200])
    (work / "folder").mkdir()
    (work / "nothing.txt").write_bytes(b"")
    (work / "odd.bin").write_bytes(b"\1\0\2")
    (work / "far.bin").write_bytes(struct.pack("<3H", 1, 2, 6000))

    refused(["no files to learn from"], "train", "--output", "x.json", cwd=work, code=2)
    refused(["'--output' is required"], "train", "corpus.txt", cwd=work, code=2)
    refused(["cannot read nowhere.txt", "No such file"], "train", "--output", "x.json", "corpus.txt", "nowhere.txt", cwd=work)
    refused(["cannot read folder", "Is a directory"], "train", "--output", "x.json", "folder", cwd=work)
    refused(["nothing to learn from", "nothing.txt is empty"], "train", "--output", "x.json", "nothing.txt", cwd=work)
    refused(["nothing to learn from", "standard input is empty"], "train", "--output", "x.json", "-", cwd=work, given=b"")
    refused(["only once"], "train", "--output", "x.json", "-", "-", cwd=work, given=b"abc", code=2)
    refused(["corpus.txt is read and would be overwritten"], "train", "--output", "corpus.txt", "corpus.txt", cwd=work, code=2)
    refused(["cannot write nowhere/x.json", "No such file"], "train", "--output", "nowhere/x.json", "corpus.txt", cwd=work)
    refused(["cannot write folder", "Is a directory"], "train", "--output", "folder", "corpus.txt", cwd=work)
    refused(["unknown tokenizer bqe", "known: "], "train", "--plugin", "bqe", "--output", "x.json", "corpus.txt", cwd=work, code=2)
    refused(["unknown option vocab of bpe", "vocab_size"], "train", "--set", "vocab=3", "--output", "x.json", "corpus.txt", cwd=work, code=2)
    refused(["vocab_size", "--set vocab_size=many"], "train", "--set", "vocab_size=many", "--output", "x.json", "corpus.txt", cwd=work, code=2)
    refused(["--threads is -1"], "train", "--threads", "-1", "--output", "x.json", "corpus.txt", cwd=work, code=2)
    refused(["nowhere", "--plugin-dir"], "train", "--plugin-dir", "nowhere", "--output", "x.json", "corpus.txt", cwd=work, code=2)

    for command in ("encode", "decode"):
        refused(["too few arguments", "usage: etude tokenizer " + command], command, "tok.json", "corpus.txt", cwd=work, code=2)
        refused(["too many arguments"], command, "tok.json", "a", "b", "c", cwd=work, code=2)
        refused(["cannot read nowhere.json", "No such file"], command, "nowhere.json", "odd.bin", "x", cwd=work)
        refused(["cannot read nowhere.txt", "No such file"], command, "tok.json", "nowhere.txt", "x", cwd=work)
        refused(["words.json", "WordPiece"], command, "words.json", "odd.bin", "x", cwd=work)
        refused(["broken.json"], command, "broken.json", "odd.bin", "x", cwd=work)
        refused(["corpus.txt"], command, "corpus.txt", "odd.bin", "x", cwd=work)
        refused(["char.json"], command, "--plugin", "bpe", "char.json", "odd.bin", "x", cwd=work)
        refused(["tok.json"], command, "--plugin", "char", "tok.json", "odd.bin", "x", cwd=work)
        refused(["--set file is given", "tok.json"], command, "tok.json", "odd.bin", "x", "--set", "file=words.json", cwd=work, code=2)
        refused(["--delimiter is no line"], command, "tok.json", "odd.bin", "x", "--delimiter", "", cwd=work, code=2)
        refused(["would be overwritten"], command, "tok.json", "odd.bin", "odd.bin", cwd=work, code=2)
        refused(["would be overwritten"], command, "tok.json", "odd.bin", "tok.json", cwd=work, code=2)
        refused(["cannot write nowhere/x", "No such file"], command, "tok.json", "odd.bin", "nowhere/x", cwd=work)
        refused(["cannot read folder", "Is a directory"], command, "tok.json", "folder", "x", cwd=work)
    refused(["odd.bin ends within an id", "2 bytes an id", "cut short"], "decode", "tok.json", "odd.bin", "x.txt", cwd=work)
    refused(["far.bin: token 2 is the id 6000", "vocabulary of 300", "another tokenizer"], "decode", "tok.json", "far.bin", "x.txt", cwd=work)
    refused(["unknown command trian", "did you mean train?"], "trian", cwd=work, code=2)
    for name in ("nothing.txt", "odd.bin", "far.bin", "words.json", "broken.json"):
        (work / name).unlink()
    (work / "folder").rmdir()


def a_full_disk_loses_nothing(work):
    if Path("/dev/full").exists():
        for arguments in (("encode", "tok.json", "corpus.txt", "/dev/full"), ("decode", "tok.json", "ids.bin", "/dev/full"),
                          ("train", "--output", "/dev/full", "corpus.txt")):
            refused(["/dev/full", "No space left on device"] if arguments[0] != "train" else ["/dev/full"], *arguments, cwd=work, code=1)

    def small_files_only():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    (work / "old.bin").write_bytes(b"old")
    (work / "old.json").write_bytes(b"old")
    for arguments in (("encode", "tok.json", "corpus.txt", "old.bin"), ("decode", "tok.json", "ids.bin", "old.bin"),
                      ("train", "--set", "vocab_size=300", "--output", "old.json", "corpus.txt")):
        refused(["cannot write", "old."], *arguments, cwd=work, code=1, preexec_fn=small_files_only)
    assert (work / "old.bin").read_bytes() == (work / "old.json").read_bytes() == b"old"


def a_link_stays_a_link(work):
    (work / "target.bin").write_bytes(b"old")
    (work / "link.bin").symlink_to("target.bin")
    tokenizer("encode", "tok.json", "corpus.txt", "link.bin", cwd=work)
    assert (work / "link.bin").is_symlink() and (work / "target.bin").read_bytes() == (work / "ids.bin").read_bytes()


def interrupted_leaves_nothing(work):
    reader, writer = os.pipe()
    process = start("tokenizer", "encode", "tok.json", "-", "slow.bin", cwd=work, stdin=reader, stderr=subprocess.PIPE)
    os.close(reader)
    os.write(writer, b"abc\n" * 1000)
    wait_until(lambda: any(work.glob(".slow.bin.*")), process)  # the half-written file is there as soon as it reads
    process.send_signal(signal.SIGINT)
    with os.fdopen(writer, "wb") as out:
        try:
            out.write(b"abc\n" * 2_000_000)
        except BrokenPipeError:
            pass
    message = process.communicate()[1].decode()
    assert process.returncode == 130 and "interrupted" in message, (process.returncode, message)
    assert not list(work.glob("*slow.bin*")) and not list(work.glob(".*partial")), list(work.iterdir())


def help_is_there_for_each(work):
    assert tokenizer(cwd=work, check=False).returncode == 2
    for arguments, words in (((), ("train", "encode", "decode")), (("train",), ("--output", "vocab_size=4096", "--threads")),
                             (("encode",), ("TOKENIZER TEXT IDS", "--delimiter")), (("decode",), ("TOKENIZER IDS TEXT", "--json"))):
        said = tokenizer(*arguments, "--help", cwd=work).stdout.decode()
        assert all(word in said for word in words), (arguments, said)
    assert "tokenizer" in etude("--help").stdout


with tempfile.TemporaryDirectory() as temporary:
    directory = Path(temporary).resolve()
    write_tunes(directory / "tunes.abc", 50)
    text_and_ids_are_each_others_reverse(directory)
    lines_that_are_the_delimiter_end_a_text(directory)
    any_bytes_come_back(directory)
    other_tokenizers_work_the_same(directory)
    large_vocabularies_take_four_bytes(directory)
    bad_input_is_named(directory)
    a_full_disk_loses_nothing(directory)
    a_link_stays_a_link(directory)
    interrupted_leaves_nothing(directory)
    memory_does_not_grow_with_the_text(directory)
    help_is_there_for_each(directory)
print("passed")
