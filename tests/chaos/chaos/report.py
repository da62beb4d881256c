"""The report of a run, as Markdown."""

from collections import Counter

from chaos.books import Books
from chaos.load import Load
from chaos.recovery import Recovery, percentile

SHOWN = 30


def report(title: str, facts: dict[str, object], faults: Counter, load: Load, recovery: Recovery):
    """Lines of Markdown: what was done, what was counted, and every finding."""
    books = load.books
    rows = {
        **facts,
        "executions ended": f"{sum(books.ended.values()):,} ({_counts(books.ended)})",
        "acknowledged reports of tasks": f"{len(books.proofs):,}",
        "calls made again, outcome unknown": f"{load.api.retries:,}",
        "faults": f"{sum(faults.values())} ({_counts(faults)})",
        "recovery after a death": _times(recovery.seconds, f"{recovery.deaths} deaths"),
        "lateness of waits": _times(load.lateness, f"{len(load.lateness):,} waits"),
        "acknowledgements lost": _counts(books.lost) or "0",
        "findings": len(books.findings),
    }
    lines = [f"## {title}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in rows.items()]
    lines += ["", *_findings(books)]
    return "\n".join(lines) + "\n"


def _counts(counts: Counter) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _times(seconds: list[float], of: str) -> str:
    if not seconds:
        return f"none measured, {of}"
    shares = {"p50": 0.5, "p99": 0.99}
    shown = [f"{name} {percentile(seconds, share):.2f} s" for name, share in shares.items()]
    return f"{', '.join(shown)}, largest {max(seconds):.2f} s, {of}"


def _findings(books: Books) -> list[str]:
    lines = [f"- {text[:3000]}" for text in books.findings[:SHOWN]]
    more = len(books.findings) - len(lines)
    return lines + ([f"- and {more} more"] if more > 0 else [])
