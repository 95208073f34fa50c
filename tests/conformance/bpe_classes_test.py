#!/usr/bin/env python3
"""tokenizer_bpe's table of letters, numbers and white space is what its generator reads off `tokenizers` now, at every code point."""
import subprocess
import sys
from pathlib import Path

PLUGIN = Path(__file__).parents[2] / "plugins" / "tokenizer_bpe"

if __name__ == "__main__":
    sys.exit(subprocess.run([sys.executable, PLUGIN / "unicode_ranges.py", "--check"]).returncode)
