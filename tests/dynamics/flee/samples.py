"""Two samples of histories: how likely it is that they come from one law."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from crossings.dynamics.flee.records import FleeRun

F8 = npt.NDArray[np.float64]


def features(run: FleeRun, arrivals: bool = True) -> F8:
    """What is compared of each member: people by place, on links and arrived, in the middle and at
    the end, (member, feature)."""
    columns = []
    for t in (run.travelling.shape[1] // 2, -1):
        columns += [run.present[:, t], *([run.arrived[:, t]] if arrivals else [])]
        columns += [run.travelling[:, t, None], run.people[:, t, None]]
    return np.concatenate(columns, axis=1).astype(float)


def same_law(a: F8, b: F8, seed: int, permutations: int = 1999) -> float:
    """The p-value of the energy test of two samples (Székely and Rizzo 2004, InterStat 5).

    Features are scaled by their spread in both samples together, then whitened, so that sums that
    hold in every member do not weigh more than once; p by permutation.
    """
    pooled = np.concatenate([a, b])
    pooled = pooled - pooled.mean(axis=0)
    u, s, _ = np.linalg.svd(pooled, full_matrices=False)
    pooled = u[:, s > 1e-9 * max(1.0, s.max(initial=0.0))] * np.sqrt(len(pooled))
    distance = np.sqrt(np.maximum(0.0, ((pooled[:, None] - pooled[None]) ** 2).sum(axis=2)))
    n, m = len(a), len(b)
    rng = np.random.default_rng(seed)
    first = np.zeros((permutations + 1, n + m))
    first[0, :n] = 1.0
    for row in first[1:]:
        row[rng.permutation(n + m)[:n]] = 1.0
    second = 1.0 - first
    between = np.einsum("ij,ij->i", first @ distance, second) / (n * m)
    within = np.einsum("ij,ij->i", first @ distance, first) / n**2
    within += np.einsum("ij,ij->i", second @ distance, second) / m**2
    energy = 2.0 * between - within
    return float((energy >= energy[0] - 1e-12).mean())
