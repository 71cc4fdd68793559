"""What the ranks of a calibration study say: uniform or not, and how often ranges hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

I8 = npt.NDArray[np.int64]

BINS = 20
BARS = " ▁▂▃▄▅▆▇█"
ALPHA = 0.01


def summarise(runs: list[dict[str, Any]], ranks: int) -> dict[str, Any]:
    """Per quantity: histogram, tests of uniformity (p and Holm's adjusted p), coverage.

    ``ranks`` is the number of possible ranks, a multiple of 20.
    """
    names = list(runs[0]["ranks"])
    found = {n: _quantity(np.array([r["ranks"][n] for r in runs]), ranks) for n in names}
    for test in ("chi_square", "kolmogorov_smirnov"):
        adjusted = holm([found[n][f"{test}_p"] for n in names])
        for name, p in zip(names, adjusted, strict=True):
            found[name][f"{test}_p_holm"] = p
    shapes = sorted({r["shape"] for r in runs})
    by_shape = {
        shape: {
            n: _coverage(np.array([r["ranks"][n] for r in runs if r["shape"] == shape]), ranks, 0.9)
            for n in names
        }
        for shape in shapes
    }
    return {"runs": len(runs), "quantities": found, "coverage_90_by_shape": by_shape}


def holm(p: list[float]) -> list[float]:
    """Adjusted p-values (Holm 1979), in the order given."""
    order = np.argsort(p, kind="stable")
    adjusted, highest = [0.0] * len(p), 0.0
    for place, j in enumerate(order):
        highest = max(highest, min(1.0, p[j] * (len(p) - place)))
        adjusted[j] = highest
    return adjusted


def _quantity(rank: I8, ranks: int) -> dict[str, Any]:
    counts = np.bincount(rank * BINS // ranks, minlength=BINS)
    return {
        "histogram": counts.tolist(),
        "chi_square_p": float(stats.chisquare(counts).pvalue),
        "kolmogorov_smirnov_p": float(stats.kstest((rank + 0.5) / ranks, "uniform").pvalue),
        "mean": float(np.mean((rank + 0.5) / ranks)),
        "coverage_50": _coverage(rank, ranks, 0.5),
        "coverage_90": _coverage(rank, ranks, 0.9),
    }


def _coverage(rank: I8, ranks: int, level: float) -> dict[str, float]:
    """How often the central range holds, with Wilson's 95 % interval."""
    outside = round((1 - level) / 2 * ranks)
    inside = int(((rank >= outside) & (rank < ranks - outside)).sum())
    interval = stats.binomtest(inside, rank.size).proportion_ci(0.95, "wilson")
    return {
        "inside": inside,
        "of": int(rank.size),
        "share": inside / rank.size,
        "low": float(interval.low),
        "high": float(interval.high),
    }


def markdown(content: dict[str, Any]) -> str:
    """The summary as a page."""
    settings, machine, summary = content["settings"], content["machine"], content["summary"]
    quantities = summary["quantities"]
    seconds = [r["seconds"] for r in content["runs"]]
    alone = f" --shape {settings['shape']}" if "shape" in settings else ""
    lines = [
        "# Simulation-based calibration of the mechanistic component",
        "",
        f"{summary['runs']} runs, {settings['particles']} particles, "
        f"{settings['last_rounds']} last rounds, the truth ranked among {settings['kept']} "
        f"posterior draws; {np.median(seconds):.1f} s a run (median) on one thread. "
        f"Machine: {machine['cores']} cores, {machine['processor']}, Python {machine['python']}.",
        "",
        f"Made by `python -m benchmarks.calibration{alone}`. Uniform ranks mean exact ranges; more "
        "at both ends: too narrow; more in the middle: too wide; more on the right: the truth is "
        "higher than the forecast. p-values are of chi-square (20 bins) and Kolmogorov-Smirnov, "
        "Holm-adjusted over the quantities.",
        "",
        "| quantity | ranks | mean | chi-square p | KS p | 50 % holds | 90 % holds |",
        "|---|---|---|---|---|---|---|",
        *(_line(name, q) for name, q in quantities.items()),
        "",
        _verdict(quantities),
        "",
        "## 90 % ranges by shape of situation",
        "",
        "| quantity | " + " | ".join(summary["coverage_90_by_shape"]) + " |",
        "|---|" + "---|" * len(summary["coverage_90_by_shape"]),
    ]
    for name in quantities:
        cells = [
            f"{shape[name]['inside']} of {shape[name]['of']}"
            for shape in summary["coverage_90_by_shape"].values()
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _line(name: str, q: dict[str, Any]) -> str:
    half, most = q["coverage_50"], q["coverage_90"]
    return (
        f"| {name} | `{_bars(q['histogram'])}` | {q['mean']:.2f} "
        f"| {q['chi_square_p']:.3f} ({q['chi_square_p_holm']:.2f}) "
        f"| {q['kolmogorov_smirnov_p']:.3f} ({q['kolmogorov_smirnov_p_holm']:.2f}) "
        f"| {half['share']:.2f} ({half['low']:.2f} to {half['high']:.2f}) "
        f"| {most['share']:.2f} ({most['low']:.2f} to {most['high']:.2f}) |"
    )


def _bars(counts: list[int]) -> str:
    """One block a bin; the highest block is twice the expected count or more."""
    expected = sum(counts) / len(counts)
    top = len(BARS) - 1
    return "".join(BARS[min(top, round(c / (2 * expected) * top))] for c in counts)


def _verdict(quantities: dict[str, Any]) -> str:
    tests = ("chi_square", "kolmogorov_smirnov")
    off = [n for n, q in quantities.items() if min(q[f"{t}_p_holm"] for t in tests) <= ALPHA]
    if off:
        return f"Not uniform at {ALPHA:.0%} after Holm's correction: " + ", ".join(off) + "."
    return f"No quantity departs from uniform at {ALPHA:.0%} after Holm's correction."
