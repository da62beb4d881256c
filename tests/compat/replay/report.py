"""The result: a table by feature area for each measure, and a line for each miss."""

from collections import defaultdict

from replay.compare import shown
from replay.steps import Result


def table(title: str, results: list[Result]) -> str:
    """Cases, equal ones and their rate by area."""
    areas = defaultdict(list)
    for result in results:
        areas[result.case.area].append(result)
    rows = [_row(area, areas[area]) for area in sorted(areas)]
    head = f"{'area':<32}{'cases':>7}{'equal':>7}{'rate':>9}"
    lines = ["", title, head, "-" * len(head), *rows, "-" * len(head), _row("all", results)]
    return "\n".join(lines)


def _row(name: str, results: list[Result]) -> str:
    equal = sum(result.equal for result in results)
    rate = f"{100 * equal / len(results):.1f} %" if results else "-"
    return f"{name:<32}{len(results):>7}{equal:>7}{rate:>9}"


def misses(results: list[Result]) -> str:
    """A line for each case that left its recording."""
    return "\n".join(f"{r.case.id}\n    {reason(r)}" for r in results if not r.equal)


def reason(result: Result) -> str:
    outside = f"  [not here: {', '.join(result.outside)}]" if result.outside else ""
    unsure = "" if result.case.validated else "  [not recorded from AWS]"
    return f"{result.difference}{outside}{unsure}"


def data(result: Result) -> dict:
    """A result for programs."""
    found = {
        "id": result.case.id,
        "area": result.case.area,
        "equal": result.equal,
        "seconds": round(result.seconds, 2),
        "outside": list(result.outside),
    }
    if result.difference:
        found["path"] = result.difference.path
        found["expected"] = shown(result.difference.expected, 4000)
        found["got"] = shown(result.difference.got, 4000)
    return found
