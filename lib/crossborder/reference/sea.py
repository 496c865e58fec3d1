"""Sea distances: shortest paths over a network of shipping lanes, with passages that can be closed.

The network (9,708 points, 31,940 arcs) and the ports are those packed into `searoute` (Apache-2.0; network from
Eurostat and Oak Ridge National Laboratory). Only its data are used: its router goes through the Arctic when
restrictions are given, and gives an impossible route the length zero. Here it is infinite.
"""

import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.reference.airports import great_circle_km
from crossborder.reference.files import read

__all__ = ["Place", "SeaNetwork"]

KM_PER_NAUTICAL_MILE = 1.852
FARTHEST_PORT_KM = 300.0  # a place farther from every lane is not at the sea

Place = str | tuple[float, float]  # UN/LOCODE of a port, or (longitude, latitude)


@dataclass(frozen=True, eq=False)
class SeaNetwork:
    """Points of the shipping lanes (longitude, latitude), arcs between them in nautical miles, and the ports."""

    longitude: np.ndarray
    latitude: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    length_nm: np.ndarray
    blocked_by: dict[str, np.ndarray]
    port_table: pd.DataFrame

    @classmethod
    def load(cls) -> "SeaNetwork":
        """The network of the installed searoute; read once, then shared."""
        return _load()

    def passages(self) -> tuple[str, ...]:
        """The passages that can be closed."""
        return tuple(sorted(self.blocked_by))

    def ports(self) -> pd.DataFrame:
        """The ports: locode, name, country, lon, lat."""
        return self.port_table.copy()

    def distances(
        self,
        origins: Sequence[Place],
        destinations: Sequence[Place],
        closed: Iterable[str] = (),
        ship: str = "neo_panamax",
        opened: Iterable[str] = (),
    ) -> pd.DataFrame:
        """Shortest sea distances in nautical miles, origins by destinations; infinite where no way is left.

        `closed` adds passages to those that are closed by default (the Northwest Passage; open it with
        `opened=("northwest",)`) and to those that the ship class is too large for: feeder, panamax, neo_panamax,
        ultra_large, vlcc. Distances run from lane to lane: the way from the pier to the nearest lane is left out.
        """
        from scipy.sparse.csgraph import dijkstra

        graph = self._graph(self._shut(closed, ship, opened))
        start, start_of = np.unique(self._nodes(origins), return_inverse=True)
        to = self._nodes(destinations)
        found = dijkstra(graph, directed=True, indices=start)[np.ix_(start_of, to)]
        labels = [list(map(str, places)) for places in (_places(origins), _places(destinations))]
        frame = pd.DataFrame(found, index=pd.Index(labels[0], name="origin"), columns=labels[1])
        frame.columns.name = "destination"
        return frame

    def path(
        self,
        origin: Place,
        destination: Place,
        closed: Iterable[str] = (),
        ship: str = "neo_panamax",
        opened: Iterable[str] = (),
    ) -> pd.DataFrame:
        """The shortest way as points for a map: lon, lat, nm from the origin.

        Raises Refusal where no way is left. Longitudes are within -180 and 180: cut the line where it jumps.
        """
        from scipy.sparse.csgraph import dijkstra

        graph = self._graph(self._shut(closed, ship, opened))
        start, end = self._nodes([origin, destination])
        found, before = dijkstra(graph, directed=True, indices=start, return_predecessors=True)
        if np.isinf(found[end]):
            raise Refusal.because(
                f"no way by sea from {origin} to {destination}",
                f"closed for a {ship}: {', '.join(self._shut(closed, ship, opened))}",
                "open a passage, choose a smaller ship, or plan another mode",
            )
        steps = [end]
        while steps[-1] != start:
            steps.append(before[steps[-1]])
        nodes = np.array(steps[::-1])
        longitude = (self.longitude[nodes] + 180.0) % 360.0 - 180.0
        return pd.DataFrame({"lon": longitude, "lat": self.latitude[nodes], "nm": found[nodes]})

    def closed_for(self, ship: str) -> tuple[str, ...]:
        """The passages that a ship class cannot use, those closed by default included."""
        return self._shut((), ship, ())

    def network_lines(self) -> list[np.ndarray]:
        """Every lane as an array of (longitude, latitude) pairs for a map; none crosses the date line."""
        once = self.tail < self.head
        points = np.stack(
            [
                np.column_stack([self.longitude[self.tail[once]], self.latitude[self.tail[once]]]),
                np.column_stack([self.longitude[self.head[once]], self.latitude[self.head[once]]]),
            ],
            axis=1,
        )
        points[:, :, 0] = (points[:, :, 0] + 180.0) % 360.0 - 180.0
        return list(points[np.abs(np.diff(points[:, :, 0], axis=1)[:, 0]) < 180.0])

    def _shut(self, closed: Iterable[str], ship: str, opened: Iterable[str]) -> tuple[str, ...]:
        return self._shut_for(_tuple(closed), ship, _tuple(opened))

    @lru_cache(maxsize=64)  # noqa: B019 - one network a process, so nothing is kept alive for nothing
    def _shut_for(self, closed: tuple[str, ...], ship: str, opened: tuple[str, ...]) -> tuple[str, ...]:
        table = read("sea_passages.csv").set_index("passage")
        ships = read("ships.csv").set_index("ship")
        if ship not in ships.index:
            raise InputError.unknown("ship", ship, ships.index)
        limits = table[["max_length_m", "max_beam_m", "max_draft_m"]].fillna(np.inf).to_numpy()
        small = (ships.loc[ship, ["length_m", "beam_m", "draft_m"]].to_numpy(float) <= limits).all(axis=1)
        shut = set(table.index[table["closed_by_default"] | ~small]) | {self._passage(name) for name in closed}
        return tuple(sorted(shut - {self._passage(name) for name in opened}))

    def _passage(self, name: str) -> str:
        table = read("sea_passages.csv").set_index("passage")["also_called"].dropna().str.split("|")
        known = {alias: passage for passage, aliases in table.items() for alias in aliases}
        known |= {passage: passage for passage in self.blocked_by}
        if name not in known:
            raise InputError.unknown("passage", name, self.blocked_by)
        return known[name]

    @lru_cache(maxsize=16)  # noqa: B019 - one network a process, so nothing is kept alive for nothing
    def _graph(self, shut: tuple[str, ...]):
        from scipy.sparse import csr_array

        free = np.ones(len(self.tail), dtype=bool)
        for name in shut:
            free &= ~self.blocked_by[name]
        size = len(self.longitude)
        return csr_array((self.length_nm[free], (self.tail[free], self.head[free])), shape=(size, size))

    def _nodes(self, places: Sequence[Place]) -> np.ndarray:
        """The nearest point of the network to each place."""
        ports = _by_code()
        spots = np.array([_spot(place, ports) for place in _places(places)], dtype=float).reshape(-1, 2)
        _, nodes = _tree().query(_unit(spots[:, 0], spots[:, 1]))
        off = great_circle_km(spots[:, 0], spots[:, 1], self.longitude[nodes], self.latitude[nodes])
        if (off > FARTHEST_PORT_KM).any():
            worst = int(np.argmax(off))
            raise Refusal.because(
                f"{_places(places)[worst]} is not at the sea",
                f"the nearest shipping lane is {off[worst]:.0f} km away, {FARTHEST_PORT_KM:.0f} km allowed",
                "give the port of loading, as UN/LOCODE or as (longitude, latitude)",
            )
        return nodes


def _places(places: Place | Sequence[Place]) -> list[Place]:
    """One place or several as a list; a pair of numbers is one place."""
    if isinstance(places, str):
        return [places]
    listed = list(places)
    single = len(listed) == 2 and all(np.isscalar(x) and not isinstance(x, str) for x in listed)
    return [tuple(listed)] if single else listed


def _spot(place: Place, ports: pd.DataFrame) -> tuple[float, float]:
    if isinstance(place, str):
        if place not in ports.index:
            near = ports.index[ports.index.str.startswith(place[:2])]
            raise InputError.unknown("port", place, near if len(near) else ["a UN/LOCODE such as CNSHA"])
        return tuple(ports.loc[place])
    longitude, latitude = (float(number) for number in place)
    if not (-360 <= longitude <= 360 and -90 <= latitude <= 90):
        raise InputError.out_of_range("place", place, "(longitude, latitude) in degrees", "check their order")
    return longitude, latitude


def _tuple(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _unit(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Points on the unit sphere: nearest in space is nearest on the globe, the date line included."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


@cache
def _by_code() -> pd.DataFrame:
    """Longitude and latitude of the ports by code; only read, never handed out."""
    return _load().port_table.set_index("locode")[["lon", "lat"]]


@cache
def _tree():
    from scipy.spatial import cKDTree

    network = _load()
    return cKDTree(_unit(network.longitude, network.latitude))


@cache
def _load() -> SeaNetwork:
    edges = _packaged("marnet_dict").edge_list
    number = {point: row for row, point in enumerate(edges)}
    arcs = [(number[a], number[b], data.get("passage", "")) for a, ends in edges.items() for b, data in ends.items()]
    tail, head, label = map(np.array, zip(*arcs, strict=True))
    longitude, latitude = np.array(list(number), dtype=float).T
    ends = longitude[tail], latitude[tail], longitude[head], latitude[head]
    blocked = {}
    for row in read("sea_passages.csv").itertuples():
        bars = label == row.network_label if isinstance(row.network_label, str) else np.zeros(len(tail), dtype=bool)
        if not np.isnan(row.barrier_lon_1):
            barrier = (row.barrier_lon_1, row.barrier_lat_1, row.barrier_lon_2, row.barrier_lat_2)
            bars = bars | _crosses(*ends, *barrier)
        blocked[row.passage] = bars
    nautical = great_circle_km(*ends) / KM_PER_NAUTICAL_MILE
    nautical = np.maximum(nautical, 1e-6)  # two points on one spot: an arc of length zero would be no arc
    return SeaNetwork(longitude, latitude, tail, head, nautical, blocked, _ports())


def _ports() -> pd.DataFrame:
    rows = _packaged("ports_dict").node_list.values()
    table = pd.DataFrame(rows).rename(columns={"port": "locode", "cty": "country", "x": "lon", "y": "lat"})
    return table[["locode", "name", "country", "lon", "lat"]].drop_duplicates("locode").reset_index(drop=True)


def _crosses(lon_a, lat_a, lon_b, lat_b, lon_c: float, lat_c: float, lon_d: float, lat_d: float) -> np.ndarray:
    """Whether each arc AB crosses the barrier CD, on the flat map; arcs over the date line never do."""

    def side(x1, y1, x2, y2, x, y):
        return np.sign((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1))

    apart = side(lon_c, lat_c, lon_d, lat_d, lon_a, lat_a) * side(lon_c, lat_c, lon_d, lat_d, lon_b, lat_b) <= 0
    over = side(lon_a, lat_a, lon_b, lat_b, lon_c, lat_c) * side(lon_a, lat_a, lon_b, lat_b, lon_d, lat_d) <= 0
    return apart & over & (np.abs(lon_a - lon_b) < 180.0)


def _packaged(name: str):
    """A data module of searoute, without importing the package (which would load a graph library)."""
    folder = Path(importlib.util.find_spec("searoute").origin).parent
    spec = importlib.util.spec_from_file_location(f"_searoute_{name}", folder / "data" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
