"""Comparing what a suite by others found with the failures that are known."""

from collections.abc import Iterable
from pathlib import Path


def read(file: Path) -> set[str]:
    """Names of tests, one a line; a line may end in a reason behind ` # `."""
    lines = (line.split(" # ")[0].strip() for line in file.read_text().splitlines())
    return {line for line in lines if line and not line.startswith("#")}


def compare(
    passed: Iterable[str], failed: Iterable[str], left_out: Iterable[str], known: Path, *, is_part: bool = False
) -> int:
    """Prints the counts and every surprise; answers with the exit code.

    What only `is_part` of the suite need not show all known failures.
    """
    passed, failed, left_out, expected = set(passed), set(failed), set(left_out), read(known)
    for name in sorted(failed - expected):
        print(f"FAILED: {name}")
    for name in sorted(expected & passed):
        print(f"PASSED, take it off {known.name}: {name}")
    absent = set() if is_part else expected - passed - failed - left_out
    for name in sorted(absent):
        print(f"NOT THERE, take it off {known.name}: {name}")
    for name in sorted(left_out):
        print(f"left out: {name}")
    surprises = (failed - expected) | (expected & passed) | absent
    print(f"{len(failed & expected)} known failures, {len(left_out)} left out")
    print(f"{len(passed)} passed, {len(failed - expected)} failed")
    return 1 if surprises or not passed else 0
