"""What is wrong with a command line in the same way for every command."""
from etude_program import etude

WHOLE_NUMBERS = [
    (["sample", "run"], ["--seed", "--count", "--tokens", "--batch", "--top-k", "--repetition-window"]),
    (["prepare", "mine.toml"], ["--threads", "--analyze"]),
    (["describe", "gpt"], ["--vocab-size", "--context-length"]),
    (["tokenizer", "train", "text.txt", "--output", "tokens.json"], ["--threads"]),
    (["tokenizer", "encode", "tokens.json", "text.txt", "ids.bin"], ["--threads"]),
]


def negative_whole_numbers_are_refused():
    for command, options in WHOLE_NUMBERS:
        for option in options:
            for given in ([option, "-1"], [f"{option}=-1"], [option, "-18446744073709551615"]):
                result = etude(*command, *given, check=False)
                value = given[-1].split("=")[-1]
                assert result.returncode == 2 and f"{option} is {value}" in result.stderr, (command, given, result)


def the_largest_number_is_one():
    result = etude("sample", "run", "--seed", 2**64 - 1, check=False)
    assert "run is no run" in result.stderr, result.stderr
    result = etude("sample", "run", "--seed", 2**64, check=False)
    assert result.returncode == 2 and "--seed" in result.stderr, result.stderr


for behaviour in (negative_whole_numbers_are_refused, the_largest_number_is_one):
    behaviour()
    print("ok:", behaviour.__name__.replace("_", " "), flush=True)
