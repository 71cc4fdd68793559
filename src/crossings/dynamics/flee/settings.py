"""Settings of a run, key by key as in simsetting.yml with Flee's defaults, and its quirks.

A quirk is a behaviour of Flee 3 that differs from its documentation or looks unintended. Each is a
named switch. The default is the sound behaviour; :meth:`Quirks.flee` is all of Flee's own.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Literal

from crossings.errors import InputError

SpawnMode = Literal["constant", "poisson", "pop_ratio"]


@dataclasses.dataclass(frozen=True)
class FloodRules:
    """Keys below move_rules: flood_rules; the lists are indexed by flood level.

    ``max_flood_level`` and ``link_weights`` are read by Flee and used nowhere.
    """

    max_flood_level: int = -1
    movechances: tuple[float, ...] = ()
    loc_weights: tuple[float, ...] = ()
    link_weights: tuple[float, ...] = ()
    forecaster: bool = False
    forecaster_timescale: int = 0
    forecaster_weights: tuple[float, ...] = ()
    forecaster_end_time: int = 0
    awareness_weights: tuple[float, ...] = ()


@dataclasses.dataclass(frozen=True)
class FleeSettings:
    """Every key of simsetting.yml that bears on movement, with Flee's default.

    ``conflict_driven`` and ``flood_driven`` are None unless the block stands in the file. Speeds
    are in km a day, distances in km. ``flood_rules`` is None unless the block stands there.
    ``hasten`` is kept for showing: counts in :mod:`.records` are divided by it already.

    Raises:
        InputError: a value is out of its range.
    """

    default_conflict_intensity: float = 1.0
    # spawn_rules
    take_from_population: bool = False
    insert_day0: bool = True
    empty_camps_on_day0: bool = False
    conflict_zone_spawning_only: bool = True
    flood_zone_spawning_only: bool = False
    camps_are_sinks: bool = False
    read_from_agents_csv_file: bool = False
    sum_from_camps: bool = True
    starvation_driven_spawning: bool = False
    average_social_connectivity: float = 3.0
    conflict_spawn_decay: tuple[float, ...] = ()
    conflict_spawn_decay_interval: int = 30
    conflict_driven: SpawnMode | None = None
    displaced_per_conflict_day: float = 500.0
    flood_driven: SpawnMode | None = None
    displaced_per_flood_day: tuple[float, ...] = (0.0, 0.1, 0.2, 0.5, 0.9)
    # move_rules
    max_move_speed: float = 360.0
    max_walk_speed: float = 35.0
    max_crossing_speed: float = 20.0
    foreign_weight: float = 1.0
    camp_weight: float = 1.0
    conflict_weight: float = 1.0 / math.sqrt(10.0)
    conflict_movechance: float = 1.0
    camp_movechance: float = 0.001
    idpcamp_movechance: float = 0.1
    default_movechance: float = 0.3
    awareness_level: int = 1
    capacity_buffer: float = 0.9
    capacity_scaling: float = 1.0
    avoid_short_stints: bool = False
    start_on_foot: bool = False
    use_v1_rules: bool = False
    softening: float = 10.0
    weight_softening: float = 0.0
    weight_power: float = 1.0
    distance_power: float = 1.0
    stay_close_to_home: bool = False
    home_distance_power: float = 0.5
    use_pop_for_loc_weight: bool = False
    pop_power_for_loc_weight: float = 0.1
    movechance_pop_base: float = 10000.0
    movechance_pop_scale_factor: float = 0.0
    pruning_threshold: float = 1.0
    women_avoid_hazards: bool = False
    children_avoid_hazards: bool = False
    elderly_avoid_hazards: bool = False
    boys_take_risk: bool = False
    match_camp_religion: bool = False
    match_camp_ethnicity: bool = False
    match_town_ethnicity: bool = False
    match_conflict_ethnicity: bool = False
    avg_religion_fraction: float = 0.25
    fixed_routes: bool = False
    two_system_decision_making: bool = False
    use_economic_pull: bool = False
    harvest_months: tuple[int, ...] = ()
    flee_when_starving: bool = False
    avoid_food_deprived_locations: bool = False
    flood_rules: FloodRules | None = None
    # optimisations
    hasten: int = 1

    def __post_init__(self) -> None:
        if self.conflict_zone_spawning_only and self.flood_zone_spawning_only:
            raise InputError("spawn_rules: found both ..._zone_spawning_only true, expected one")
        if self.conflict_driven and self.flood_driven:
            raise InputError("spawn_rules: found conflict and flood driven, expected one")
        if self.flood_driven and not self.take_from_population:
            raise InputError("spawn_rules: flood driven: expected take_from_population true")
        for name in ("max_move_speed", "max_walk_speed", "movechance_pop_base"):
            self._positive(name)
        if self.softening < 0 or self.weight_softening < 0:
            raise InputError("move_rules: found a softening below 0, expected 0 or more")
        if not 0 <= self.capacity_buffer < 1:
            raise InputError(
                f"capacity_buffer: found {self.capacity_buffer}, expected from 0 to below 1"
            )
        if self.conflict_spawn_decay_interval < 1 or self.hasten < 1:
            raise InputError("decay interval and hasten: expected 1 or more")

    def _positive(self, name: str) -> None:
        value = getattr(self, name)
        if not 0 < value < math.inf:
            raise InputError(f"{name}: found {value}, expected more than 0")

    def effective(self) -> FleeSettings:
        """The settings with the overrides of use_v1_rules applied."""
        if not self.use_v1_rules:
            return self
        return dataclasses.replace(
            self,
            max_move_speed=200.0,
            start_on_foot=False,
            avoid_short_stints=False,
            camp_weight=2.0,
            conflict_weight=0.25,
        )


@dataclasses.dataclass(frozen=True)
class Quirks:
    """Switches, all off by default; what is said is what a switch turned on does."""

    full_speed_on_every_link: bool = False
    """A further link of the same day starts with a whole day's speed, not with what is left."""
    capacity_less_day0: bool = False
    """Capacities are lowered by the people of day 0, who are counted as present too."""
    double_day0: bool = False
    """The difference of day 0 adds the total to the sum of the camps."""
    intensity_kept_from_onset: bool = False
    """A conflict keeps the intensity of its first day, whatever the table says later."""
    town_after_conflict: bool = False
    """A camp that had a conflict keeps the move chance of a town."""
    link_closures_ignored: bool = False
    """Closures of kind link do nothing."""
    shutting_turns_back: bool = False
    """Who is on a link when it is shut turns back at its end, even where it is open again by then.
    Off: only where it is shut still."""
    redirection_doubles_links: bool = False
    """forced_redirection = 1 makes the pair of links twice."""
    awareness_zero_freezes: bool = False
    """Awareness 0: nobody ever moves. Off: it is refused."""
    sinks_ignored: bool = False
    """camps_are_sinks does nothing."""
    fixed_routes_ignore_capacity: bool = False
    """Fixed routes take the score twice and no account of full camps."""
    stale_route_scores: bool = False
    """Fixed routes use yesterday's score of locations that come later in the file."""
    camps_match_nobody: bool = False
    """Match rules divide by the population of the place, so that camps get about 0."""
    harvest_by_all: bool = False
    """In harvest months everybody goes home, not only farmers."""
    home_is_here: bool = False
    """stay_close_to_home measures from the current place, with x as longitude and y as latitude."""
    forecast_of_no_flood_freezes: bool = False
    """Without a flood in the forecast nobody moves; scores use the current level, some are 0."""
    flood_weighs_twice: bool = False
    """Flood zones are weighted by their flood in the base score and again for each person."""
    boys_of_any_age: bool = False
    """BoysTakeRisk holds for every male over 14."""

    @classmethod
    def flee(cls) -> Quirks:
        """All of Flee's own behaviour (``--flee-compatible``)."""
        return cls(**{field.name: True for field in dataclasses.fields(cls)})
