"""A competition's files from Kaggle, through Kaggle's own client.

The client signs in while it is imported, prints its help and leaves the process where it finds no credentials; all of
that is caught here. No credential and no signed address ever enters a message.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.core.errors import PodiumError
from pipeline.sources.archives import SPARE_BYTES
from pipeline.sources.network import persist

SITE = "https://www.kaggle.com"
WAYS_TO_SIGN_IN = (
    "`kaggle auth login`",
    "the environment variable KAGGLE_API_TOKEN",
    "the file ~/.kaggle/access_token",
    "the environment variables KAGGLE_USERNAME and KAGGLE_KEY",
    "the file ~/.kaggle/kaggle.json",
)


def without_kaggle(slug: str) -> str:
    """The ways to have the files without asking Kaggle, as a sentence."""
    return (
        f"Or set COMPETITION_DATA to a folder that holds {slug}.zip or {slug}/, "
        "or declare source.path (a zip or a folder), source.sklearn or source.openml"
    )


def download(slug: str, folder: Path, competition: str, note: Callable[[str], None]) -> Path:
    """The competition's zip, downloaded into ``folder``; what is there of an earlier try is continued.

    Parameters
    ----------
    slug : str
        The competition's name in its address at Kaggle.
    folder : Path
        Where the zip goes, ``<slug>.zip``.
    competition : str
        The competition's folder name, for errors.
    note : callable
        Told when a connection fails and is tried again.

    Raises
    ------
    PodiumError
        Without credentials, with rules not yet accepted, for an unknown slug, where Kaggle does not answer three times.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{slug}.zip"
    with _answers(slug, competition, None):
        client = persist(lambda: _sign_in(slug, competition), _kinds(), _may_pass, note, "Kaggle")
    with _answers(slug, competition, client):
        persist(lambda: _download_once(client, slug, target, competition), _kinds(), _may_pass, note, "Kaggle")
    if not zipfile.is_zipfile(target):
        target.unlink()
        raise PodiumError(competition, f"{slug}.zip", "came from Kaggle damaged", step="Try again")
    return target


def _sign_in(slug: str, competition: str) -> Any:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            from kaggle.api.kaggle_api_extended import KaggleApi

            client = KaggleApi()
            client.authenticate()
        except SystemExit:
            raise _no_credentials(slug, competition) from None
    return client


def _download_once(client: Any, slug: str, target: Path, competition: str) -> None:
    from kagglesdk.competitions.types.competition_api_service import ApiDownloadDataFilesRequest

    request = ApiDownloadDataFilesRequest()
    request.competition_name = slug
    with client.build_kaggle_client() as kaggle:
        response = kaggle.competitions.competition_api_client.download_data_files(request)
        size = int(response.headers.get("Content-Length") or 0)
        if size + SPARE_BYTES > shutil.disk_usage(target.parent).free:
            step = f"It needs {size:,} bytes there, and as many again or more to unpack"
            raise PodiumError(competition, str(target.parent), "has no space left for Kaggle's zip", step=step)
        try:
            client.download_file(response, str(target), kaggle.http_client(), quiet=True, resume=True, max_retries=0)
        except ValueError:
            target.unlink(missing_ok=True)  # the server did not continue where the earlier try ended: start afresh
            raise


def _kinds() -> tuple[type[Exception], ...]:
    """What the client raises for a connection that fails, an answer that breaks off, and an answer that says no."""
    import requests
    import urllib3

    return requests.RequestException, urllib3.exceptions.HTTPError, ConnectionError, ValueError


def _may_pass(error: Exception) -> bool:
    """Whether asking again may help: not where Kaggle answered, and the answer was no."""
    response = getattr(error, "response", None)
    status = 500 if response is None else response.status_code
    return status == 429 or status >= 500 or status < 400


@contextlib.contextmanager
def _answers(slug: str, competition: str, client: Any) -> Iterator[None]:
    """Turn what the client raises in the block into errors a user can act on."""
    try:
        yield
    except _kinds() as error:
        if getattr(error, "response", None) is not None:
            raise _refusal(error.response.status_code, slug, competition, client) from None  # type: ignore[attr-defined]
        step = f"Look at the network and its proxy, or put {slug}.zip under COMPETITION_DATA"
        got = f"{type(error).__name__} three times"
        raise PodiumError(competition, "source.kaggle", "cannot be reached", got=got, step=step) from None


def _refusal(status: int, slug: str, competition: str, client: Any) -> PodiumError:
    if status == 401:
        return _no_credentials(slug, competition)
    if status == 403:
        rules = f"Accept them at {SITE}/competitions/{slug}/rules, signed in as the same user"
        return PodiumError(
            competition, "source.kaggle", "needs the competition's rules accepted", got="403 from Kaggle", step=rules
        )
    if status == 404:
        hint = _similar(slug, client)
        step = f"Did you mean {' or '.join(hint)}?" if hint else f"Look it up at {SITE}/competitions"
        return PodiumError(
            competition, "source.kaggle", "must be a competition's slug at Kaggle", got=repr(slug), step=step
        )
    step = "Try again later, or put the zip under COMPETITION_DATA"
    return PodiumError(competition, "source.kaggle", "cannot be had now", got=f"{status} from Kaggle", step=step)


def _no_credentials(slug: str, competition: str) -> PodiumError:
    ways = "; ".join(WAYS_TO_SIGN_IN)
    return PodiumError(
        competition,
        "source.kaggle",
        "needs Kaggle's credentials, and there are none that Kaggle takes",
        step=f"Give them by one of: {ways} (a token is made at {SITE}/settings/api). {without_kaggle(slug)}",
    )


def _similar(slug: str, client: Any) -> list[str]:
    """Slugs near a mistyped one, as far as Kaggle's search finds them; empty where it does not answer."""
    import requests

    words = [word for word in slug.split("-") if len(word) > 2]
    known: set[str] = set()
    try:
        for term in dict.fromkeys([" ".join(words), *sorted(words, key=len, reverse=True)[:2], slug[:4]]):
            found = client.competitions_list(search=term)
            known |= {str(one.ref).rstrip("/").rsplit("/", 1)[-1] for one in found.competitions or []}
    except (requests.RequestException, ValueError):
        return []
    return difflib.get_close_matches(slug, sorted(known), n=2, cutoff=0.5)
