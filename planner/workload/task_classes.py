"""What people ask for: task classes with tokens, rates, hours, SLOs, privacy, quality floors, growth and repeats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from planner.documents import Frozen
from planner.ranges import MOST_DEVICES, MOST_REQUESTS_PER_DAY, PeakFactor, Share, Tokens, Usd
from planner.workload.week import HOURS_PER_WEEK, Week

FORMAT = "edgewise.workload"
VERSION = 3


class Slo(Frozen):
    """Bounds at the 95th percentile; None: no bound."""

    ttft_p95_s: float | None = Field(default=None, gt=0, le=1e9)
    e2e_p95_s: float | None = Field(default=None, gt=0, le=1e9)


class QualityFloor(Frozen):
    """The least published (or own) figure on a named scale that this class accepts."""

    scale: str  # a scale of the quality catalogue: "mmlu", "ifeval", "grace2", …
    minimum: float = Field(ge=0, le=1e6)  # in points of that scale


class Acceptance(Frozen):
    """The user's own evaluation: how many results of this model were accepted."""

    model: str
    weight_format: str | None = None  # None for a data-center model
    accepted: int = Field(ge=0)
    of: int = Field(gt=0, le=10**9)
    source: str = ""

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.accepted > self.of:
            raise ValueError("accepted cannot exceed of")
        return self


class Judge(Frozen):
    """A managed model that sorts requests or checks answers: it reads and writes these tokens for every request."""

    sku: str  # a token offer of the scenario
    input_tokens: Tokens
    output_tokens: Tokens


class TaskClass(Frozen):
    """Requests alike in tokens, SLO, privacy and quality floor."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    requests_per_day: float = Field(ge=0, le=MOST_REQUESTS_PER_DAY)  # of the whole organisation, on an active day
    input_tokens: Tokens
    output_tokens: Tokens
    cached_share: float = Field(default=0.0, ge=0, le=1)  # share of input tokens read from a prompt cache
    slo: Slo = Slo()
    may_leave_device: bool = True
    needs_offline: bool = False
    quality_floors: tuple[QualityFloor, ...] = ()  # in order: the first scale that has a figure decides
    growth_per_year: float = Field(default=0.0, gt=-1, le=1000)  # 0.4 = +40 % a year
    review_usd: Usd | None = None  # a person's check of one result
    failure_usd: Usd | None = None  # what one rejected result costs (redoing it by hand, …)
    acceptances: tuple[Acceptance, ...] = ()
    notes: str = ""
    residency: tuple[str, ...] = ()  # places that may process it away from the device; empty: any
    retry_share: Share | None = None  # of requests run a second time on the same target; None: none
    escalation_share: Share | None = None  # of requests asked again of `escalates_to`, which pay for both; None: none
    escalates_to: str | None = None  # sku of a token offer
    review_share: Share | None = None  # of results a person checks; None: all, where a review has a price
    judge: Judge | None = None  # None: nothing routes or judges, or its tokens are counted elsewhere
    week: Week | None = None  # when its requests come; None: as the workload says
    # Hours a request may wait for its turn, from when its SLO counts; None: what the SLO leaves open.
    defer_h: float | None = Field(default=None, ge=0, le=HOURS_PER_WEEK)

    @model_validator(mode="after")
    def _escalates_somewhere(self) -> Self:
        if (self.escalation_share is None) != (self.escalates_to is None):
            raise ValueError("an escalation needs both escalation_share and escalates_to")
        return self

    def may_be_in(self, places: Iterable[str]) -> bool:
        """Whether one of these places may process it; where it names none, any may, and also one that is not stated."""
        stated = {place.casefold() for place in places}
        return not self.residency or any(place.casefold() in stated for place in self.residency)

    @property
    def runs_per_day(self) -> float:
        """What the target has to do on an active day: requests, and those of them that are run again."""
        return self.requests_per_day * (1 + (self.retry_share.value if self.retry_share else 0.0))

    @property
    def tokens_per_day(self) -> float:
        """Input, cached tokens included, and output of all requests on an active day."""
        return self.requests_per_day * (self.input_tokens + self.output_tokens)


class Workload(Frozen):
    """All task classes, and when the people behind them work."""

    format: Literal["edgewise.workload"] = FORMAT
    version: Literal[3] = VERSION
    workload_id: str
    title: str
    seats: int = Field(gt=0, le=MOST_DEVICES)
    active_days_per_month: float = Field(ge=0.01, le=31)
    active_hours_per_day: float = Field(ge=0.01, le=24)
    peak_to_mean: PeakFactor  # busiest hour over mean active hour
    task_classes: tuple[TaskClass, ...] = Field(min_length=1)
    notes: str = ""
    week: Week | None = None  # when requests come; None: on like days of the active hours, one of them the busiest

    @property
    def requests_per_day(self) -> float:
        """Of all classes, on an active day."""
        return sum(task_class.requests_per_day for task_class in self.task_classes)

    @property
    def tokens_per_day(self) -> float:
        """Of all classes, on an active day."""
        return sum(task_class.tokens_per_day for task_class in self.task_classes)

    @field_validator("version", mode="before")
    @classmethod
    def _from_an_earlier_version(cls, version: object) -> object:
        """Version 1 knew no retries, escalations, judges and residency, version 2 no week; all may be absent."""
        return version if isinstance(version, bool) or version not in (1, 2) else VERSION

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [task_class.name for task_class in self.task_classes]
        if len(set(names)) != len(names):
            raise ValueError("two task classes have the same name")
        return self
