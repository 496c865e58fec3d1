"""Many small least-squares problems at once: damped Gauss-Newton steps and profiles over a whole batch.

A growth curve has three or four parameters and a dozen values, so that solving one at a time spends its time on calls.
Here every start of every series takes its step in the same arrays.

Sources: Moré (1978), The Levenberg-Marquardt algorithm: implementation and theory (scaling by the largest slopes met);
Nielsen (1999), Damping parameter in Marquardt's method (how the damping moves).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

__all__ = ["Profile", "Residuals", "profile", "solve"]

# Residuals of problem `which[i]` at the parameters `free[i]`: (n x parameters, n) -> n x residuals.
Residuals = Callable[[np.ndarray, np.ndarray], np.ndarray]
FIRST_STEP, LONGER = 0.02, 1.6  # of the walk outwards along a profile, in units of the first parameter
ENOUGH = 1e-6  # width, in the same units, to which an end is narrowed down


@dataclass(frozen=True)
class Profile:
    """Ends of a profile by problem (values of the first parameter, infinite where not met) and the best fit met."""

    low: np.ndarray
    high: np.ndarray
    best: np.ndarray
    cost: np.ndarray


def solve(
    residuals: Residuals,
    starts: np.ndarray,
    which: np.ndarray,
    widths: np.ndarray,
    *,
    held: bool = False,
    rounds: int = 300,
    tolerance: float = 1e-9,
) -> tuple[np.ndarray, np.ndarray]:
    """Parameters with the least sum of squares near each start, and that sum.

    `which`: the problem of each start. `widths`: by parameter, half the difference that gives the slopes. `held` keeps
    the first parameter where it is. What has not settled after `rounds` steps is returned as it stands.
    """
    with np.errstate(all="ignore"):  # a trial step may leave the range of numbers; it is then not taken
        search = _Search(residuals, starts, which, widths, held)
        for _ in range(rounds):
            if not len(search.live):
                break
            search.step(tolerance)
    return search.free, search.cost


class _Search:
    """Where each start has got to, how heavily its steps are damped, and which starts are still on their way."""

    def __init__(self, residuals: Residuals, starts: np.ndarray, which, widths, held: bool) -> None:
        self._residuals, self._which, self._widths = residuals, which, widths
        self.free = np.array(starts, dtype=float)
        count, parameters = self.free.shape
        self._moving = np.arange(1 if held else 0, parameters)
        self._rest = residuals(self.free, which)
        self.cost, self.live = _squares(self._rest), np.arange(count)
        self._damping, self._harder = np.full(count, 1e-3), np.full(count, 2.0)
        self._scale = np.full((count, len(self._moving)), 1e-12)

    def step(self, tolerance: float) -> None:
        """One step of every start that is on its way; it is taken where it brings the fit nearer."""
        live, damping, old = self.live, self._damping[self.live], self.cost[self.live]
        slopes = self._slopes(live)
        self._scale[live] = np.maximum(self._scale[live], np.sqrt(np.einsum("anp,anp->ap", slopes, slopes)))
        slopes /= self._scale[live][:, None, :]
        pull = np.einsum("anp,an->ap", slopes, self._rest[live])
        step = _damped_step(slopes, pull, damping)
        trial = self.free[live]
        trial[:, self._moving] += step / self._scale[live]
        there = self._residuals(trial, self._which[live])
        new = _squares(there)
        taken = new < old
        self._damp(live, taken, (old - new) / np.einsum("ap,ap->a", step, damping[:, None] * step - pull))
        moved = live[taken]
        self.free[moved], self._rest[moved], self.cost[moved] = trial[taken], there[taken], new[taken]
        small = tolerance * np.sqrt(old) + 1e-15
        settled = (np.abs(step).max(axis=1) <= small) | (np.abs(pull).max(axis=1) <= small)
        self.live = live[~(settled | (self._damping[live] > 1e15))]

    def _damp(self, live: np.ndarray, taken: np.ndarray, quality: np.ndarray) -> None:
        """Lighter after a step that did what was promised, ever heavier after steps that were not taken."""
        eased = np.maximum(1 / 3, 1 - (2 * np.clip(quality, 0.0, 2.0) - 1) ** 3)
        self._damping[live] = np.maximum(self._damping[live] * np.where(taken, eased, self._harder[live]), 1e-12)
        self._harder[live] = np.where(taken, 2.0, 2 * self._harder[live])

    def _slopes(self, live: np.ndarray) -> np.ndarray:
        """Central differences of the residuals in the moving parameters: starts x residuals x parameters."""
        count, parameters = len(self._moving), self.free.shape[1]
        moves, place = np.zeros((2 * count, parameters)), np.arange(count)
        widths = self._widths[self._moving]
        moves[place, self._moving], moves[count + place, self._moving] = widths, -widths
        around = (self.free[live][:, None, :] + moves).reshape(-1, parameters)
        there = self._residuals(around, np.repeat(self._which[live], 2 * count)).reshape(len(live), 2 * count, -1)
        return np.moveaxis((there[:, :count] - there[:, count:]) / (2 * widths)[:, None], 1, 2)


def _squares(rest: np.ndarray) -> np.ndarray:
    total = np.einsum("an,an->a", rest, rest)
    return np.where(np.isfinite(total), total, np.inf)


def _damped_step(slopes: np.ndarray, pull: np.ndarray, damping: np.ndarray) -> np.ndarray:
    normal = np.einsum("anp,anq->apq", slopes, slopes)
    place = np.arange(normal.shape[1])
    normal[:, place, place] += damping[:, None]
    return -np.linalg.solve(normal, pull[:, :, None])[:, :, 0]


def profile(
    residuals: Residuals, best: np.ndarray, cost: np.ndarray, limit: np.ndarray, widths: np.ndarray, *, reach: float
) -> Profile:
    """Where the best fit with the first parameter held stays within `limit` (sum of squares), for every problem.

    Walks outwards from `best` (sum of squares `cost`) until the limit is passed, at most `reach`, and narrows down.
    """
    walk = _Walk(residuals, best, cost, limit, widths)
    shift = FIRST_STEP
    while shift < reach and np.isnan(walk.outside).any():
        walk.look(np.flatnonzero(np.isnan(walk.outside)), shift)
        shift *= LONGER
    for _ in range(60):
        wide = np.flatnonzero(walk.outside - walk.inside > ENOUGH)
        if not len(wide):
            break
        walk.look(wide, walk.guess(wide))
    low, high = np.where(np.isnan(walk.outside), np.inf, walk.inside).reshape(-1, 2).T
    return Profile(best[:, 0] - low, best[:, 0] + high, walk.best, walk.cost)


class _Walk:
    """Two sides a problem: how far out the fit is known to be within the limit, and how far out beyond it."""

    def __init__(self, residuals: Residuals, best: np.ndarray, cost: np.ndarray, limit: np.ndarray, widths) -> None:
        self._residuals, self._widths = residuals, widths
        self._owner = np.repeat(np.arange(len(best)), 2)
        self._sign = np.tile([-1.0, 1.0], len(best))
        self._centre, self._limit = best[self._owner, 0], limit[self._owner]
        self.inside, self.outside = np.zeros(len(self._owner)), np.full(len(self._owner), np.nan)
        self._near, self._far = best[self._owner].copy(), best[self._owner].copy()
        self._below, self._above = cost[self._owner] - self._limit, np.full(len(self._owner), np.nan)
        self._kept = np.zeros(len(self._owner), dtype=int)
        self.best, self.cost = best.copy(), cost.copy()

    def look(self, sides: np.ndarray, shift: np.ndarray | float) -> None:
        """Fit with the first parameter `shift` out on these sides, starting from the nearest fit known."""
        shift = np.broadcast_to(shift, len(sides))
        nearer = shift - self.inside[sides] <= np.nan_to_num(self.outside[sides], nan=np.inf) - shift
        start = np.where(nearer[:, None], self._near[sides], self._far[sides])
        start[:, 0] = self._centre[sides] + self._sign[sides] * shift
        found, cost = solve(self._residuals, start, self._owner[sides], self._widths, held=True)
        self._remember(sides, found, cost)
        excess = cost - self._limit[sides]
        out = excess >= 0
        self._kept[sides] = np.where(out, np.maximum(self._kept[sides], 0) + 1, np.minimum(self._kept[sides], 0) - 1)
        past, within = sides[out], sides[~out]
        self.outside[past], self._far[past], self._above[past] = shift[out], found[out], excess[out]
        self.inside[within], self._near[within], self._below[within] = shift[~out], found[~out], excess[~out]

    def guess(self, sides: np.ndarray) -> np.ndarray:
        """Where a straight excess meets the limit; an end that stays put counts half (Illinois)."""
        below = self._below[sides] * np.where(self._kept[sides] >= 2, 0.5, 1.0)
        above = self._above[sides] * np.where(self._kept[sides] <= -2, 0.5, 1.0)
        share = np.clip(below / (below - above), 0.02, 0.98)
        return self.inside[sides] + share * (self.outside[sides] - self.inside[sides])

    def _remember(self, sides: np.ndarray, found: np.ndarray, cost: np.ndarray) -> None:
        for side, free, total in zip(sides, found, cost, strict=True):
            owner = self._owner[side]
            if total < self.cost[owner]:
                self.best[owner], self.cost[owner] = free, total
