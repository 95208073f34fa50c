"""Fresh ABC texts of the kinds that abc_cases.md describes, from a seed: none of them stands in a file."""
import random
import string
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures/abc"

# ---- as midi2abc writes

SCALE = [note + "," * octave for octave in (2, 1) for note in "CDEFGAB"] + list("CDEFGABcdefgab") + [note + "'" for note in "cdefg"]
METERS = {"4/4": 4, "3/4": 3, "2/4": 2, "6/8": 3, "1/4": 1, "5/4": 5, "12/8": 6, "2/2": 4, "7/8": 3.5}
KEYS = ["C % 0 sharps", "G % 1 sharps", "D % 2 sharps", "E % 4 sharps", "B % 5 sharps", "F % 1 flats", "Bb % 2 flats", "Ab % 4 flats", "Am", "F#"]


def length_text(halves):
    """A length in halves of the unit."""
    if halves % 2 == 0:
        return "" if halves == 2 else str(halves // 2)
    return "/2" if halves == 1 else f"{halves}/2"


class Transcriber:
    """Writes bars as midi2abc does: a walk over the scale, chords, ties and rests, lengths in halves of the unit."""

    def __init__(self, draw, halves_a_bar):
        self.draw, self.bar_length, self.at = draw, halves_a_bar, draw.randrange(8, 24)

    def pitch(self):
        self.at = min(max(self.at + self.draw.choice([-4, -2, -1, -1, 0, 1, 1, 2, 4]), 0), len(SCALE) - 1)
        return self.draw.choice([""] * 8 + ["^", "_", "="]) + SCALE[self.at]

    def sound(self, halves, tied):
        tie = "-" if tied else ""
        if self.draw.random() < 0.15:
            notes = sorted({self.at, *(self.draw.randrange(len(SCALE)) for _ in range(self.draw.randrange(1, 4)))})
            return "[" + "".join(SCALE[note] + (tie if self.draw.random() < 0.7 else "") for note in notes) + "]" + length_text(halves)
        return self.pitch() + length_text(halves) + tie

    def bar(self):
        left, text = self.bar_length, ""
        if self.draw.random() < 0.02:
            left += self.draw.choice([-1, 1, 2])
        while left > 0:
            if left >= 4 and self.draw.random() < 0.05:
                text += "(3" + "".join(self.pitch() + length_text(2) for _ in range(3))
                left -= 4
                continue
            halves = min(left, self.draw.choice([1, 1, 2, 2, 2, 3, 4, 4, 6, 8, 12]))
            left -= halves
            text += "z" + length_text(halves) if self.draw.random() < 0.3 else self.sound(halves, left == 0 and self.draw.random() < 0.3)
            text += " " if self.draw.random() < 0.3 and left else ""
        return text + "|"


def transcription(draw):
    """A whole file as midi2abc writes it."""
    meter, unit = draw.choice(list(METERS)), draw.choice([8, 8, 16, 16, 4, 32])
    voices = draw.choice([1, 1, 1, 2, 3])
    head = f"X: {draw.randrange(1, 3)}\n" + draw.choice(["", "", "T: from here\n"]) + f"M: {meter}\nL: 1/{unit}\nQ:1/4={draw.randrange(40, 240)}\n"
    text = head + f"K:{draw.choice(KEYS)}\n"
    for voice in range(1, voices + 1):
        text += f"V:{voice}\n" + draw.choice(["", "%%MIDI program " + str(draw.randrange(128)) + "\n", "%%MIDI channel 10\n"])
        transcriber = Transcriber(draw, max(int(METERS[meter] * unit / 4 * 2), 2))
        silent = draw.choice([0, 0, 0, 2, 12])
        rest = "z" + length_text(transcriber.bar_length) + "|\n"
        text += rest * silent + "".join(transcriber.bar() + draw.choice(["", "\n", "\n"]) for _ in range(draw.randrange(8, 40))) + "\n"
    return text


def window(draw):
    text = transcription(draw)
    return text[:draw.randrange(250, 1400)]


# ---- as people write

ORNAMENTS = ["~", ".", "T", "u", "v", "H", "{g}", "{ag}", "{/a}", "!trill!", "!p!", "!accent!", "+fermata+", "J", "!>!", "!tenuto!", "!f!", "P", "M", "!<(!", "!<)!"]
SYMBOLS = ["G", "Am7", "D/F#", "Bbmaj7", "Cdim", "F#m7b5", "E7sus4", "^slow", "_low", "<left", "@1,2 text", "N.C.", "Gm(add9)", "fine", "4", "H7", "Csus2/E"]
MODES = ["G", "D", "Am", "Edor", "Amix", "Bb", "F#m", "C", "Ddorian", "E Minor", "A Lyd", "HP", "Gphr", "none", "Ebmaj", "C#loc", "D exp ^f _e", "Gm clef=bass"]
METERS_WRITTEN = ["4/4", "C", "C|", "6/8", "3/4", "2/4", "9/8", "12/8", "2/2", "5/8", "none", "3/2", "(2+3)/8", "7/8"]
REPEATS = ["|", "|", "|", "|", "|", "|", "|", "||", ":|", "|:", "::", "|1", ":|2", "[1", "[2", "|]", "[|", ":|]", ".|", "|||", ":||:", "|[1", ":|[2", "|2"]
INLINE = ["[M:3/4]", "[K:D]", "[L:1/16]", "[Q:1/4=100]", "[V:2]", "[P:B]", "[r:remark]", "[I:x]", "[K:Am clef=bass]", "[M:C]", "[V:1]"]


def group(draw):
    notes = "".join(draw.choice(["", "", "", "^", "_", "="]) + draw.choice("ABCDEFGabcdefg") + draw.choice(["", "", "", "", ",", "'"]) +
                    draw.choice([""] * 5 + ["2", "3", "/", "/2", "3/2", "//", "4"]) + draw.choice([""] * 12 + ["-"]) for _ in range(draw.randrange(1, 5)))
    return draw.choice([""] * 8 + ["(3", "(2", "(5", "(3:2:2"]) + notes


def phrase(draw):
    kind = draw.randrange(24)
    if kind < 11:
        return group(draw)
    if kind < 13:
        return draw.choice("abcdefgAB") + draw.choice([">", "<", ">>", "<<"]) + draw.choice("abcdefgAB")
    if kind < 15:
        return "(" + group(draw) + " " + group(draw) + ")"
    if kind == 15:
        return draw.choice(ORNAMENTS) + group(draw)
    if kind == 16:
        return '"' + draw.choice(SYMBOLS) + '"' + group(draw)
    if kind == 17:
        return "[" + "".join(draw.choice("CEGceg") for _ in range(draw.randrange(1, 4))) + "]" + draw.choice(["", "2", "4", "/", "-"])
    if kind == 18:
        return draw.choice(["z", "z2", "z4", "x", "Z", "z/", "Z2", "y"])
    if kind == 19 and draw.random() < 0.3:
        return draw.choice(INLINE)
    if kind == 20 and draw.random() < 0.3:
        return draw.choice(["&", "\\", "`", "$", "*", "% remark", "...", "w: la la"])
    return group(draw)


def header(draw, meter, unit):
    head = [f"X:{draw.randrange(1, 2000)}", f"T:{draw.choice(['The', 'A', 'My'])} {draw.choice(['Lamp', 'Harbour, The', 'Föhn', 'Boat'])}",
            *draw.sample(["R:reel", "C:Trad.", "N:a remark", "B:Book 3", "Z:x@y.z", "S:source", "O:here", "Q:1/4=100", "Q:120", 'Q:"Allegro" 3/8=90',
                          "I: :: ||", "P:ABA", "% remark", "%%staves 1", "H:history", "A:area", "G:group", "Q:1/2=90 \"Slow\""], draw.randrange(0, 5))]
    head += [f"M:{meter}"] * (draw.random() < 0.95) + [f"L:{unit}"] * (draw.random() < 0.95) + ["K:" + draw.choice(MODES)]
    if draw.random() < 0.05:
        draw.shuffle(head)
    return "\n".join(head) + "\n"


def loose_tune(draw):
    """Bars of any length, bar lines of any kind."""
    lines = [header(draw, draw.choice(METERS_WRITTEN), draw.choice(["1/8", "1/8", "1/8", "1/16", "1/16", "1/4", "1/8 "])).rstrip("\n")]
    for _ in range(draw.randrange(1, 5)):
        bars = [" ".join(phrase(draw) for _ in range(draw.randrange(1, 5))) + " " + draw.choice(REPEATS) for _ in range(draw.randrange(1, 6))]
        lines.append(" ".join(bars) + draw.choice(["", "", "", "\\", " "]))
        if draw.random() < 0.08:
            lines.append(draw.choice(["K:" + draw.choice(MODES), "M:" + draw.choice(METERS_WRITTEN), "L:1/16", "V:2", "P:B", "w: la- la", "T:again", "V:1 name=a", "Q:1/8=200"]))
    return "\n".join(lines) + draw.choice(["", "\n"])


def full_bar(draw, eighths):
    """Groups that fill a bar of this many eighths, with signs on some."""
    text = ""
    while eighths > 0:
        note, other, third = (draw.choice("GABcdefg") for _ in range(3))
        choices = [(1, note), (1, note), (2, note + other), (2, note + "2"), (2, f"{note}>{other}"), (2, f"{note}<{other}"), (2, f"({note}{other})"), (2, f"(3{note}{other}{third}"),
                   (1, f"{note}/{other}/"), (3, f"{note}2{other}"), (3, f"({note}{other}{third})"), (2, "z2"), (4, f"{note}4"), (2, f"[{note}{other}]2"), (2, f"{note}-{note}"),
                   (3, f"{note}3"), (1, f"{draw.choice(ORNAMENTS)}{note}"), (2, f'"{draw.choice(SYMBOLS)}"{note}{other}'), (1, draw.choice("^_=") + note)]
        length, words = draw.choice([choice for choice in choices if choice[0] <= eighths])
        eighths -= length
        text += words + draw.choice(["", " "])
    return text


def regular_tune(draw):
    """Full bars, upbeats, repeats and endings as they should be."""
    meter, eighths = draw.choice([("4/4", 8), ("C|", 8), ("6/8", 6), ("3/4", 6), ("2/4", 4), ("9/8", 9), ("C", 8), ("12/8", 12)])
    text = header(draw, meter, "1/8")
    for _ in range(draw.randrange(1, 4)):
        bars = [full_bar(draw, eighths) for _ in range(draw.choice([2, 4, 4, 8]))]
        upbeat = draw.choice(["", "", full_bar(draw, 1)])
        form = draw.randrange(4)
        if form == 0:
            text += upbeat + "|" * bool(upbeat) + "|".join(bars) + draw.choice(["|", "||", "|]"]) + "\n"
        elif form == 1:
            text += "|:" + upbeat + "|" * bool(upbeat) + "|".join(bars) + ":|\n"
        elif form == 2:
            text += "|:" + "|".join(bars) + "|1" + full_bar(draw, eighths) + ":|2" + full_bar(draw, eighths) + draw.choice(["||", "|]", "|"]) + "\n"
        else:
            text += "|".join(bars) + ":|" + draw.choice(["", "|:" + full_bar(draw, eighths) + ":|"]) + "\n"
    return text


def tune(draw):
    return draw.choice([loose_tune, regular_tune, regular_tune])(draw)


# ---- changed, mixed and broken

ALPHABET = string.ascii_letters + string.digits + string.punctuation + "  \n\n|||[](){}:'\"-<>/,^_=" * 3


def mutated(draw, text):
    """1 to 6 edits: characters and stretches lost, put in, changed, doubled, moved."""
    for _ in range(draw.randrange(1, 7)):
        at = draw.randrange(len(text) + 1)
        to = min(len(text), at + draw.choice([1, 1, 1, 2, 5, 20]))
        text = draw.choice([
            lambda: text[:at] + draw.choice(ALPHABET) + text[at:],
            lambda: text[:at] + text[to:],
            lambda: text[:at] + draw.choice(ALPHABET) + text[at + 1:],
            lambda: text[:to] + text[at:],
            lambda: text[:at] + text[to:] + text[at:to],
        ])()
    return text


def ngram(draw, texts, order=8, length=900):
    """Another text of the 8-grams of these."""
    source = "\n".join(texts)
    follow = {}
    for at in range(len(source) - order):
        follow.setdefault(source[at:at + order], []).append(source[at + order])
    text = draw.choice(texts)[:order]
    for _ in range(draw.randrange(200, length)):
        choices = follow.get(text[-order:])
        if not choices:
            break
        text += draw.choice(choices)
    return text


def noise(draw):
    letters = "ABCDEFGabcdefgz|[]():/0123456789 ,'^_=-<>{}\n\n\"!.~%#XMLKQVm\\" + draw.choice(["", "é日\u00a0٣½²", "\x00\t\r\x0b"])
    return "".join(draw.choice(letters) for _ in range(draw.randrange(20, 300)))


HEADS = ["X:1\nM:4/4\nL:1/8\nK:C\n", "X:1\nL:1/8\nK:C\n", "X:1\nM:4/4\nK:C\n", "X:1\nM:3/4\nL:1/4\nK:Gm\n", "M:4/4\nL:1/8\n", "X:1\nM:4/4\nL:1/8\nK:C\nV:1\n", "", "K:C\n",
         "X:1\nM:2/4\nL:1/16\nQ:1/4=90\nK:D\n", "X:1\nM:C|\nL:1/8\nK:F#\n"]
PIECES = ["C", "D2", "E/", "F//", "G3/2", "A0", "B/0", "c'", "d,", "e'',", "^f", "__g", "^^a", "=b", "^/c", "z", "Z", "Z4", "x2", "y", "|", "||", ":|", "|:", "::", "|]", "[|", "[1",
          "[2", "|1", ":|2", "[CEG]", "[C2E2]", "[CE", "]", "[C-E]2", "[]", "[^CE]/", "(3CDE", "(3:2:4CDEF", "(3::CDE", "(10C", "(0C", "(1C", "(9CDEFGABcd", "(CD)", "((CD)E)", ")", "C-C", "-C", "C>D",
          "C<<D", "C>>>D", ">C", "C>", "{c}D", "{/c}D", "{cde}", "{c", "}", '"Am"C', '"H7"C', '"', '""C', '"^x"C', '"C/', "!trill!C", "!p!", "!", "+p+C", "!D.C.!|", ".C", "~C", "TC", "uC", "HC",
          "[M:3/4]", "[M:0/4]", "[M:]", "[L:1/4]", "[L:0]", "[L:]", "[K:G]", "[K:]", "[K:none]", "[Q:120]", "[Q:1/4=0]", "[Q:]", "[V:2]", "[V:]", "[P:A]", "[X:2]", "[I:]", "& C", "\\", "`", "$", "*", "w:la",
          "\nM:3/4\n", "\nK:Dm\n", "\nL:1/16\n", "\nV:2\n", "\nV:1\n", "\nQ:1/8=90\n", "\nP:B\n", "\nT:t\n", "\nX:2\n", "\n\n", "%%MIDI program 5\n", "\n%%MIDI channel 10\n", "%c\n", "\nw:la la\n",
          "C5", "C7/4", "C1/3", "C2/3", "C16", "C32", "C/16", "z8", "[CEG]8", "C8|C8|", "CDEFGABc|", "é", "1", "12", "C 2", "C/ 2", "C2/", "C//2", "C/2/2", "^", "_", "=", ",", "'", "/", "2"]


def probe(draw):
    return draw.choice(HEADS) + "".join(draw.choice(PIECES) + draw.choice(["", "", " "]) for _ in range(draw.randrange(1, 9)))


def written_tunes():
    return [file.read_text(encoding="utf-8") for file in sorted(FIXTURES.glob("*.abc"))]


def collected_tunes(source_folder):
    """The quickstart's folk tunes, where they were fetched."""
    folder = Path(source_folder) / ".cache/quickstart/music/abc"
    texts = [file.read_bytes().decode("utf-8", "replace") for file in sorted(folder.rglob("*.abc"))]
    return ["X:" + part.strip() + "\n" for text in texts for part in ("\n" + text).split("\nX:")[1:]]


def fresh_texts(seed, count, shared_texts=(), collected=()):
    """`count` texts, as {"id", "kind", "text"}; kinds in turn. Shared and collected texts join the source of mutations and n-grams."""
    draw = random.Random(seed)
    folk_source = written_tunes() + [tune(draw) for _ in range(60)] + draw.sample(list(collected), min(len(collected), 60))
    midi_source = [transcription(draw) for _ in range(40)] + draw.sample(list(shared_texts), min(len(shared_texts), 60))
    makers = {
        "window": lambda: window(draw),
        "window_mutated": lambda: mutated(draw, draw.choice(midi_source)[:draw.randrange(250, 1400)]),
        "ngram": lambda: ngram(draw, draw.sample(midi_source, 20)),
        "ngram_folk": lambda: ngram(draw, draw.sample(folk_source, 20), length=500),
        "folk": lambda: draw.choice([tune(draw), draw.choice(folk_source)]),
        "folk_mutated": lambda: mutated(draw, draw.choice([tune(draw), draw.choice(folk_source)])),
        "probe": lambda: probe(draw),
        "noise": lambda: noise(draw),
    }
    # A probe takes music21 a hundredth of a second, noise is nearly always refused.
    turns = ["window", "window_mutated", "folk_mutated", "probe", "ngram", "folk", "probe", "ngram_folk", "probe", "window_mutated", "folk_mutated", "probe", "noise"]
    return [{"id": f"{seed}-{number}", "kind": turns[number % len(turns)], "text": makers[turns[number % len(turns)]]()} for number in range(count)]
