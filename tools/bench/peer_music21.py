"""What judging and exporting costs with music21, as the study does it: for tools/bench/music.

usage: peer_music21.py FOLDER < lines {"id", "text"}    the MIDI files are written to FOLDER; prints {"texts", "seconds", "processor", ...}
"""
import io
import json
import sys
import time
from contextlib import redirect_stderr
from pathlib import Path

from music21 import converter


def judged(text, file):
    """(parses, exports)"""
    try:
        score = converter.parse(text, format="abc")
    except Exception:
        return False, False
    try:
        score.write("midi", fp=file)
    except Exception:
        return True, False
    return True, True


def main():
    texts = [json.loads(line) for line in sys.stdin]
    file = str(Path(sys.argv[1]) / "score.mid")
    with redirect_stderr(io.StringIO()):
        judged("X:1\nM:4/4\nL:1/8\nK:C\nCDEF|\n", file)  # what is loaded at first use
        begin, processor = time.perf_counter(), time.process_time()
        verdicts = [judged(text["text"], file) for text in texts]
        seconds, busy = time.perf_counter() - begin, time.process_time() - processor
    print(json.dumps({"texts": len(texts), "seconds": seconds, "processor": busy, "verdicts": verdicts}))


main()
