"""Generated files of everything that could be cleaned in another way: odd encodings, line ends, spaces, sizes, rests."""
import random

TUNE = "X:1\nT:Föhn\nM:4/4\nL:1/8\nK:G\n%%MIDI program 1\n% a comment\n|:GABc d2ef|g2fe dcBA|\\\nz8| \\\n...\nG4 z4:|\n"
PIECES = [b"X:1", b"M:4/4", b"L:1/8", b"K:G", b"V:1", b"P:A", b"T:title", b"Q:120", b"|:abc", b"%%MIDI", b"%", b"% c", b"abc def", b"z4|", b"Z|[1", b":", b"z:4",
          b"...", b"....", b"..", "é:x".encode(), "éa:x".encode(), "♭".encode(), "𝄞:".encode(), b"\xef\xbb\xbfX:1", b"A" * 20, b"b" * 49, b"c" * 50, b"\\", b"d \\",
          b"e\\\\", b"...\\", b"T:\\", b"%\\", b"\x00", b"z\x008", b"(z2<z)-|", b"z8 z/2|:", "z8\u2003|".encode()]
ENDS = [b"\n", b"\r", b"\r\n", b"\n\n", b"\n\r", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f", "\u0085".encode(), "\u2028".encode(), "\u2029".encode()]
SPACES = [b"", b"", b" ", b"\t", b"\x1f", "\u00a0".encode(), "\u1680".encode(), "\u2003".encode(), "\u200b".encode(), "\u202f".encode(), "\u205f".encode(),
          "\u3000".encode(), "\ufeff".encode(), "\u180e".encode()]
BROKEN = [b"", b"", b"", b"\xff", b"\xc0\x80", b"\xc2", b"\xe2\x82", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xf0\x9d\x84", b"\xf0\x8f\x80", b"\xf4\x90\x80\x80",
          b"\xf1\x80\x80", b"\x80", b"\xbf\x80", b"\xf8\x88\x80\x80\x80", b"\xfe"]


def mixture(draw):
    content = b""
    for _ in range(draw.randrange(1, 12)):
        content += draw.choice(SPACES) + draw.choice(BROKEN) + draw.choice(PIECES) + draw.choice(BROKEN) + draw.choice(SPACES)
        content += draw.choice(ENDS)
    if draw.random() < 0.5:
        content = content.rstrip(b"\n\r") + draw.choice(PIECES)
    return content


def broken_utf8(draw):
    """Real UTF-8 of every length, with bytes changed, lost and cut."""
    content = bytearray("".join(chr(draw.choice([0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x10FFFF, 10])) for _ in range(200)).encode())
    for _ in range(draw.randrange(60)):
        at = draw.randrange(len(content))
        if draw.random() < 0.5:
            content[at] = draw.randrange(256)
        else:
            del content[at]
    return bytes(content)


def rests(draw, count):
    forms = ["z8|", "z4 z4|", "Z|", "|: z/2 z15/2 :|", "[1 z8|", "(z4<z4)-|", "z8|\\", " \tz8\u00a0|", "z8|z8|z8|"]
    return "".join(draw.choice(forms) + draw.choice(["\n", "\r\n", "\n\n% between\n", "\nT:between\n"]) for _ in range(count))


def named():
    """name: bytes"""
    crlf = TUNE.replace("\n", "\r\n")
    long = "GABc d2ef|g2fe dcBA|\n" * 300_000
    exact = long[: 5_000_000 - len("X:1\n")]
    return {
        "empty": b"", "newline": b"\n", "white": " \t\n\r\n\u3000\u2028 \x1f\x0b\n".encode(), "nul": b"\x00", "nuls": b"\x00\n" * 60, "comment": b"% nothing else\n",
        "latin1": TUNE.encode("latin-1"), "utf16": TUNE.encode("utf-16"), "utf16be": b"\xfe\xff" + TUNE.encode("utf-16-be"), "utf16le": TUNE.encode("utf-16-le"),
        "utf32": TUNE.encode("utf-32"), "cp1252": (TUNE + "T:\u201cquoted\u201d").encode("cp1252"), "bom": TUNE.encode("utf-8-sig"), "boms": TUNE.replace("\n", "\n\ufeff").encode(),
        "crlf": crlf.encode(), "cr": TUNE.replace("\n", "\r").encode(), "lfcr": TUNE.replace("\n", "\n\r").encode(), "crcrlf": TUNE.replace("\n", "\r\r\n").encode(),
        "unended": TUNE.rstrip("\n").encode(), "unended-cr": TUNE.replace("\n", "\r").rstrip("\r").encode(), "half-character": TUNE.encode() + b"\xe2\x99",
        "separators": "".join(f"abc{end}X:1{end}  T:x{end}z8|{end}...{end}" for end in "\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029").encode() + b"\n" + b"c" * 60,
        "nul-inside": TUNE.replace("A", "\x00").encode(), "dots": b"...\n ... \n....\n...\\\n. . .\n" + TUNE.encode(), "backslashes": b"\\\n\\\\\n \\ \nabc\\\\\nabc \\ \n\\\\\\\n" + TUNE.encode(),
        "directives": b"%%\n%%MIDI program 1\n%%%\n% %\n %% x\\\n" + TUNE.encode(), "one-line": b"G" * 200_000, "49": ("é" * 49).encode(), "50": ("é" * 50).encode(),
        "rest-field": b"z8|\nz:8|\n" + TUNE.encode(), "rest-field-2": b"Z:4\nz8|\n" + TUNE.encode(), "rest-space": "z\u20038|\nz :4\n".encode() + TUNE.encode(),
        "5000000": ("X:1\n" + exact).encode(), "5000001": ("X:1\n" + exact + "G").encode(), "six-megabytes": ("X:1\n" + long).encode(),
    }


def write(folder, count=400):
    """All of them, as files of `folder`; returned in the order of their names."""
    draw = random.Random(20)
    files = {f"named-{name}": content for name, content in named().items()}
    for number in range(count):
        files[f"mixture-{number:04}"] = mixture(draw)
    for number in range(count // 4):
        files[f"broken-{number:04}"] = broken_utf8(draw)
    for number in [1, 2, 31, 32, 33, 34, 40, 70]:
        files[f"rests-{number:02}"] = rests(draw, number).encode()
        files[f"rests-{number:02}-tune"] = (rests(draw, number) + TUNE).encode()
        files[f"rests-{number:02}-music"] = (rests(draw, number) + "GABc|" * 12 + "\n" + rests(draw, 3)).encode()
        files[f"rests-{number:02}-header"] = (TUNE + rests(draw, number)).encode()
    files["random"] = draw.randbytes(100_000)
    files["random-text"] = bytes(draw.choice(b"zZ|:/0123456789ABCabc%\\.T \n\r\xc2\x85") for _ in range(100_000))
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.abc").write_bytes(content)
    return sorted(folder.glob("*.abc"))
