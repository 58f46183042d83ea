"""Reading the reports of suites that write them in the form of JUnit."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass
class Report:
    """Names of tests by outcome."""

    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)


def read(file: Path) -> Report:
    """Reads a report; a test that failed as pytest had been told to expect has failed."""
    report = Report()
    for case in ElementTree.parse(file).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        skipped = case.find("skipped")
        has_failed = case.find("failure") is not None or case.find("error") is not None
        if has_failed or (skipped is not None and skipped.get("type") == "pytest.xfail"):
            report.failed.add(name)
        elif skipped is not None:
            report.left_out.add(name)
        else:
            report.passed.add(name)
    report.passed -= report.failed
    return report
