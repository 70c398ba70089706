"""The competition at Kaggle: what was sent there, how many more it takes today, a file sent, its score waited for."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pipeline.ledger.entry import Entry
from pipeline.sources.client import Kaggle, sign_in
from pipeline.sources.refusals import Wanted, discreet

PAGE_ROWS, MOST_PAGES = 100, 50
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2.0, 30.0
_UNANSWERED = (400, 403, 404, 405, 501)


@dataclass(frozen=True)
class Listed:
    """One line of Kaggle's own list of submissions."""

    ref: int
    file: str
    time: str
    status: Literal["pending", "complete", "error"]
    public: float | None
    private: float | None
    error: str

    def onto(self, entry: Entry) -> Entry:
        """The ledger's entry with what Kaggle knows of it; a score that is known is never forgotten."""
        news = {"ref": self.ref, "status": self.status, "error": self.error}
        scores = {"public": self.public, "private": self.private}
        return entry.model_copy(update=news | {k: v for k, v in scores.items() if v is not None})


@dataclass(frozen=True)
class Quota:
    """How many submissions were sent today, how many more may be, and who says so; None where nobody knows."""

    sent: int
    left: int | None
    source: str


def open_competition(competition: str, slug: str, note: Callable[[str], None]) -> Kaggle:
    """Kaggle's client, signed in, for one competition."""
    return sign_in(Wanted(competition, f"source.kaggle {slug}", slug), note)


def list_submissions(kaggle: Kaggle) -> list[Listed]:
    """The team's submissions as Kaggle has them, the newest first."""
    from kagglesdk.competitions.types.competition_api_service import ApiListSubmissionsRequest

    found: list[Listed] = []
    token = ""
    for _ in range(MOST_PAGES):
        request = ApiListSubmissionsRequest()
        request.competition_name = kaggle.wanted.slug
        request.page_size, request.page_token = PAGE_ROWS, token
        answer = kaggle.call("list_submissions", request)
        found += [_listed(one, kaggle) for one in answer.submissions or []]
        token = answer.next_page_token
        if not token:
            break
    return found


def find_quota(kaggle: Kaggle, listed: Sequence[Listed], now: datetime) -> Quota:
    """Today's submissions: as Kaggle counts them, or else as its list and the competition's limit say."""
    from kagglesdk.competitions.types.competition_api_service import ApiGetSubmissionLimitsRequest

    request = ApiGetSubmissionLimitsRequest()
    request.competition_name = kaggle.wanted.slug
    limits = _optional(kaggle, "get_submission_limits", request)
    if limits is not None and (
        limits.num_allowed_now or limits.num_total
    ):  # all 0: not on a team yet, nothing is known
        return Quota(limits.num_today, limits.num_allowed_now, "Kaggle")
    today = [one for one in listed if one.time[:10] == f"{now:%Y-%m-%d}" and one.status != "error"]
    most = getattr(_competition(kaggle), "max_daily_submissions", 0)
    return Quota(len(today), max(0, most - len(today)) if most else None, "Kaggle's list")


def refuse_closed(kaggle: Kaggle, quota: Quota, now: datetime) -> None:
    """Stop where Kaggle would.

    Raises
    ------
    PodiumError
        For a competition that takes notebooks only, or no submissions at all; where today's quota is used up.
    """
    wanted, facts = kaggle.wanted, _competition(kaggle)
    if getattr(facts, "is_kernels_submissions_only", False):
        step = f"Hand a notebook in at {wanted.address}/code"
        raise wanted.error("takes notebooks only, and no files", step=step)
    if getattr(facts, "submissions_disabled", False):
        raise wanted.error("takes no submissions", step=f"Look at {wanted.address}")
    if quota.left == 0:
        step = (
            f"The next day begins at 00:00 UTC, in {_until_midnight(now)}. Today's are at {wanted.address}/submissions"
        )
        raise wanted.error("takes no more submissions today", f"{quota.sent} sent, as {quota.source} counts", step)


def post(kaggle: Kaggle, file: Path, message: str) -> int:
    """Send a file, once; Kaggle's number of the submission, 0 where it gives none.

    A connection may break after Kaggle took the file: before it is sent again, Kaggle's list is asked for its name.
    """
    from kagglesdk.competitions.types.competition_api_service import ApiCreateSubmissionRequest

    request = ApiCreateSubmissionRequest()
    request.competition_name = kaggle.wanted.slug
    request.submission_description = message
    request.blob_file_tokens = kaggle.ask(lambda: _uploaded(kaggle, file))
    tries: list[int] = []

    def create() -> int:
        if tries:
            for one in list_submissions(kaggle):
                if one.file == file.name and one.status != "error":
                    return one.ref
        tries.append(1)
        return int(kaggle.call_once("create_submission", request).ref)

    return kaggle.ask(create)


def wait_for_score(kaggle: Kaggle, entry: Entry, name: str, seconds: float) -> Entry:
    """The entry with its score, or as it is when ``seconds`` are over; asked at growing intervals."""
    pause, end = FIRST_PAUSE_SECONDS, time.monotonic() + seconds
    while True:
        found = find(list_submissions(kaggle), entry, name)
        entry = found.onto(entry) if found else entry
        left = end - time.monotonic()
        if entry.status != "pending" or left <= 0:
            return entry
        time.sleep(min(pause, left))
        pause = min(1.5 * pause, LONGEST_PAUSE_SECONDS)


def find(listed: Sequence[Listed], entry: Entry, name: str) -> Listed | None:
    """An entry's line in Kaggle's list: by Kaggle's number of it, or by the file's name, which holds its hash."""
    by_ref = [one for one in listed if entry.ref and one.ref == entry.ref]
    return next(iter([*by_ref, *(one for one in listed if one.file == name)]), None)


def _uploaded(kaggle: Kaggle, file: Path) -> str:
    """The token of a file that lies at Kaggle and is not submitted yet."""
    from kagglesdk.competitions.types.competition_api_service import ApiStartSubmissionUploadRequest

    request = ApiStartSubmissionUploadRequest()
    request.competition_name = kaggle.wanted.slug
    request.file_name = file.name
    about = file.stat()
    request.content_length, request.last_modified_epoch_seconds = about.st_size, int(about.st_mtime)
    answer = kaggle.call_once("start_submission_upload", request)
    kaggle.api.upload_complete(str(file), answer.create_url, quiet=True)
    return str(answer.token)


def _competition(kaggle: Kaggle) -> Any:
    from kagglesdk.competitions.types.competition_api_service import ApiGetCompetitionRequest

    request = ApiGetCompetitionRequest()
    request.competition_name = kaggle.wanted.slug
    return _optional(kaggle, "get_competition", request)


def _optional(kaggle: Kaggle, method: str, request: Any) -> Any:
    """The answer to a question that one can do without; None where Kaggle refuses to say."""
    import requests

    def ask() -> Any:
        try:
            return kaggle.call_once(method, request)
        except requests.HTTPError as error:
            if error.response is not None and error.response.status_code in _UNANSWERED:
                return None
            raise

    return kaggle.ask(ask)


def _listed(one: Any, kaggle: Kaggle) -> Listed:
    status = str(one.status.name).lower()
    return Listed(
        ref=int(one.ref),
        file=str(one.file_name or ""),
        time=f"{one.date:%Y-%m-%dT%H:%M:%SZ}" if one.date else "",
        status=status if status in ("complete", "error") else "pending",  # type: ignore[arg-type]  # mypy does not narrow a str by `in`
        public=_score(one.public_score),
        private=_score(one.private_score),
        error=discreet(str(one.error_description or ""), kaggle.api) if status == "error" else "",
    )


def _score(text: str | None) -> float | None:
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _until_midnight(now: datetime) -> str:
    tomorrow = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    minutes = math.ceil((tomorrow - now).total_seconds() / 60)
    return f"{minutes // 60} h {minutes % 60} min"
