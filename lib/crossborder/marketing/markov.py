"""Exact Markov attribution of order 1 to 3 by linear algebra, with delta-method intervals.

A journey walks from a start through states (the last `order` channels) to a conversion or to nothing.
The removal effect of a channel is the share of conversions lost when every visit to it ends the journey.
Source: Anderl, Becker, von Wangenheim and Schumann (2016), International Journal of Research in Marketing 33(3).
"""

from dataclasses import dataclass

import numpy as np

from crossborder.errors import InputError, Refusal
from crossborder.marketing.journeys import Journeys

__all__ = ["MarkovChain", "chain", "journey_weights", "removal_effects", "removal_influence"]


@dataclass(frozen=True)
class MarkovChain:
    """Counts of moves between states; state 0 is the start, `states[i]` ends with channel `last_channel[i]`.

    `moves` are rows (from, to, count); `converted` and `nulls` count the ends in each state.
    `worth` is the mean amount of a conversion that ends in each state (1 for conversions).
    `source` gives for every touch the row of `moves` by which it was reached, and `final` the last state a journey.
    """

    channels: tuple[str, ...]
    order: int
    last_channel: np.ndarray
    moves: np.ndarray
    counts: np.ndarray
    converted: np.ndarray
    nulls: np.ndarray
    source: np.ndarray
    final: np.ndarray

    @property
    def states(self) -> int:
        """Number of states, the start included."""
        return len(self.last_channel)

    @property
    def visits(self) -> np.ndarray:
        """How often each state was left."""
        return np.bincount(self.moves[:, 0], self.counts, self.states) + self.converted + self.nulls

    def transition(self) -> np.ndarray:
        """Probabilities from each state (row) to each state, then to conversion, then to nothing."""
        matrix = np.zeros((self.states, self.states + 2))
        matrix[self.moves[:, 0], self.moves[:, 1]] = self.counts
        matrix[:, -2], matrix[:, -1] = self.converted, self.nulls
        return matrix / self.visits[:, None]


def chain(journeys: Journeys, order: int = 1) -> MarkovChain:
    """The chain of `order` 1, 2 or 3 that the journeys walk; repeated channels are kept as they are."""
    if order not in (1, 2, 3):
        raise InputError.out_of_range("order", order, "1, 2 or 3", "use Shapley for longer memory")
    if journeys.conversions.sum() <= 0:
        journeys.converting()
    base = len(journeys.channels) + 1
    size = base**order
    if size > 20_000_000:
        raise InputError.out_of_range("number of channels", base - 1, "at most 270 at order 3", "merge small channels")
    window = _windows(journeys, order, base)
    seen = np.zeros(size, dtype=bool)
    seen[window] = True
    seen[0] = True
    index = np.cumsum(seen) - 1
    state = index[window].astype(np.int32)
    total = int(seen.sum())
    before = np.empty_like(state)
    before[1:] = state[:-1]
    before[journeys.starts[:-1]] = 0
    weight = journeys.conversions + journeys.nulls
    moves, counts, source = _moves(before, state, np.repeat(weight, journeys.lengths), total)
    final = state[journeys.starts[1:] - 1]
    return MarkovChain(
        journeys.channels,
        order,
        np.flatnonzero(seen) % base - 1,
        moves,
        counts,
        np.bincount(final, journeys.conversions, total),
        np.bincount(final, journeys.nulls, total),
        source,
        final,
    )


def _windows(journeys: Journeys, order: int, base: int) -> np.ndarray:
    """The last `order` channels at each touch as one number; 0 stands for before the start."""
    codes = journeys.codes.astype(np.int32) + 1
    window = codes.copy()
    shifted = codes
    for back in range(1, order):
        earlier = np.zeros_like(codes)
        earlier[1:] = shifted[:-1]
        earlier[journeys.starts[:-1]] = 0
        window += earlier * base**back
        shifted = earlier
    return window


def _moves(before: np.ndarray, state: np.ndarray, weight: np.ndarray, total: int) -> tuple:
    pair = before.astype(np.int64) * total + state
    if total * total <= 4_000_000:
        counts = np.bincount(pair, weight, total * total)
        used = np.flatnonzero(counts > 0)
        place = np.zeros(total * total, dtype=np.int32)
        place[used] = np.arange(len(used))
        source = place[pair]
    else:
        used, source = np.unique(pair, return_inverse=True)
        counts = np.bincount(source, weight)
        return np.column_stack([used // total, used % total]), counts, source
    return np.column_stack([used // total, used % total]), counts[used], source


def removal_effects(model: MarkovChain, worth: np.ndarray | None = None) -> tuple[float, np.ndarray]:
    """Probability of conversion from the start (or expected amount with `worth` a state), and the removal effects.

    An effect is a fraction of the conversions from 0 to 1; the effects do not add to 1.

    >>> from crossborder.marketing.journeys import from_paths
    >>> paths = from_paths(["C1 > C2 > C3", "C1", "C2 > C3"], [1, 0, 0], [0, 1, 1])
    >>> probability, effects = removal_effects(chain(paths))
    >>> round(probability, 4), effects.round(2).tolist()
    (0.3333, [0.5, 1.0, 1.0])
    """
    full = _hitting(model, worth, None)[0]
    start = float(full[0])
    if start <= 0:
        raise Refusal.because("removal effects are not defined", "no journey converts", "lengthen the look-back")
    lost = [_hitting(model, worth, channel)[0][0] for channel in range(len(model.channels))]
    return start, np.clip(1.0 - np.array(lost) / start, 0.0, 1.0)


def removal_influence(
    model: MarkovChain, journeys: Journeys, worth: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Removal effects and how much each journey moved them (journeys x channels), for the delta method.

    The influence of a move i -> j on the expected amount is v_i (h_j - h_i) / n_i, where v are expected visits,
    h the expected amount from a state and n the observed visits (adjoint of (I - Q) h = R).
    """
    value, visit = _hitting(model, worth, None, adjoint=True)
    start = value[0]
    base = _journey_influence(model, journeys, value, visit, worth, None)
    effects = np.empty(len(model.channels))
    influence = np.empty((journeys.count, len(model.channels)))
    for channel in range(len(model.channels)):
        without, visit_without = _hitting(model, worth, channel, adjoint=True)
        effects[channel] = 1.0 - without[0] / start
        moved = _journey_influence(model, journeys, without, visit_without, worth, channel)
        influence[:, channel] = -moved / start + without[0] / start**2 * base
    return np.clip(effects, 0.0, 1.0), influence


def journey_weights(journeys: Journeys, effects: np.ndarray) -> np.ndarray:
    """Weight a touch when removal effects are shared out again inside each journey (the other definition).

    Global shares and this re-split can differ by more than half for a channel; name the one used.
    """
    raw = effects[journeys.codes]
    total = np.add.reduceat(raw, journeys.starts[:-1])
    even = np.repeat(total <= 0, journeys.lengths)
    return np.where(even, 1.0, raw) / np.repeat(np.where(total <= 0, journeys.lengths, total), journeys.lengths)


def _hitting(
    model: MarkovChain, worth: np.ndarray | None, removed: int | None, *, adjoint: bool = False
) -> tuple[np.ndarray, np.ndarray | None]:
    """Expected amount from each state, and expected visits, when states that end with `removed` lead to nothing."""
    kept = np.ones(model.states, dtype=bool) if removed is None else model.last_channel != removed
    kept[0] = True
    place = np.cumsum(kept) - 1
    size = int(kept.sum())
    visits = model.visits
    end = model.converted * (1.0 if worth is None else worth) / visits
    inside = kept[model.moves[:, 0]] & kept[model.moves[:, 1]]
    rows, columns = place[model.moves[inside, 0]], place[model.moves[inside, 1]]
    entries = -model.counts[inside] / visits[model.moves[inside, 0]]
    solve, transposed = _solver(rows, columns, entries, size)
    value = np.zeros(model.states)
    value[kept] = solve(end[kept])
    if not adjoint:
        return value, None
    begin = np.zeros(size)
    begin[0] = 1.0
    visit = np.zeros(model.states)
    visit[kept] = transposed(begin)
    return value, visit


def _solver(rows: np.ndarray, columns: np.ndarray, entries: np.ndarray, size: int) -> tuple:
    """Solvers of (I - Q) x = b and of its transpose, dense when small."""
    if size <= 300:
        matrix = np.eye(size)
        np.add.at(matrix, (rows, columns), entries)
        return (lambda b: np.linalg.solve(matrix, b)), (lambda b: np.linalg.solve(matrix.T, b))
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import splu

    factor = splu(csc_array(eye_array(size) + csc_array((entries, (rows, columns)), shape=(size, size))))
    return factor.solve, (lambda b: factor.solve(b, trans="T"))


def _journey_influence(
    model: MarkovChain,
    journeys: Journeys,
    value: np.ndarray,
    visit: np.ndarray,
    worth: np.ndarray | None,
    removed: int | None,
) -> np.ndarray:
    """How a journey moves the expected amount: the sum over its moves and its end."""
    gain = visit / np.maximum(model.visits, 1e-300)
    origin, target = model.moves[:, 0], model.moves[:, 1]
    reached = value[target] if removed is None else np.where(model.last_channel[target] == removed, 0.0, value[target])
    by_move = gain[origin] * (reached - value[origin])
    amount = np.ones(model.states) if worth is None else worth
    by_end_won = gain * (amount - value)
    by_end_lost = -gain * value
    weight = journeys.conversions + journeys.nulls
    walked = np.add.reduceat(by_move[model.source], journeys.starts[:-1]) * weight
    return walked + by_end_won[model.final] * journeys.conversions + by_end_lost[model.final] * journeys.nulls
