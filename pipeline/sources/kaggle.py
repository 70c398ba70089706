"""A competition's files, or a data set's, from Kaggle through its own client."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.core.errors import PodiumError
from pipeline.sources import client
from pipeline.sources.archives import SPARE_BYTES
from pipeline.sources.client import Kaggle, sign_in
from pipeline.sources.refusals import Wanted


def without_kaggle(slug: str) -> str:
    """The ways to have the files without asking Kaggle, as a sentence."""
    name = slug.split("/")[1] if "/" in slug else slug
    return (
        f"Or set COMPETITION_DATA to a folder that holds {name}.zip or {name}/, "
        "or declare source.path (a zip or a folder), source.sklearn or source.openml"
    )


def download(slug: str, folder: Path, competition: str, note: Callable[[str], None]) -> Path:
    """The zip of a competition or a data set, downloaded into ``folder``; what is there of an earlier try is continued.

    Parameters
    ----------
    slug : str
        The competition's name in its address at Kaggle; or ``owner/name`` or ``owner/name/version`` of a data set.
    folder : Path
        Where the zip goes, ``<name>.zip``.
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
    target = folder / f"{slug.replace('/', '-')}.zip"
    if "/" in slug:
        wanted = Wanted(competition, "source.kaggle.dataset", slug, "dataset", without_kaggle(slug))
    else:
        wanted = Wanted(competition, "source.kaggle", slug, otherwise=without_kaggle(slug))
    kaggle = sign_in(wanted, note)
    kaggle.ask(lambda: _download_once(kaggle, target))
    if not zipfile.is_zipfile(target):
        target.unlink()
        raise PodiumError(competition, target.name, "came from Kaggle damaged", step="Try again")
    return target


def _download_once(kaggle: Kaggle, target: Path) -> None:
    api, wanted = kaggle.api, kaggle.wanted
    with api.build_kaggle_client() as signed_in:
        response = _opened(signed_in, wanted.slug)
        size = int(response.headers.get("Content-Length") or 0)
        if size + SPARE_BYTES > shutil.disk_usage(target.parent).free:
            step = f"It needs {size:,} bytes there, and as many again or more to unpack"
            subject = str(target.parent)
            raise PodiumError(wanted.competition, subject, "has no space left for Kaggle's zip", step=step)
        options = {"quiet": True, "resume": True, "max_retries": 0, "timeout": client.READ_SECONDS}
        try:
            api.download_file(response, str(target), signed_in.http_client(), **options)
        except ValueError:
            target.unlink(missing_ok=True)  # the server did not continue where the earlier try ended: start afresh
            raise


def _opened(signed_in: Any, slug: str) -> Any:
    """The answer that holds the zip, its body not read yet."""
    if "/" not in slug:
        from kagglesdk.competitions.types.competition_api_service import ApiDownloadDataFilesRequest

        request = ApiDownloadDataFilesRequest()
        request.competition_name = slug
        return signed_in.competitions.competition_api_client.download_data_files(request)
    from kagglesdk.datasets.types.dataset_api_service import ApiDownloadDatasetRequest

    request = ApiDownloadDatasetRequest()
    request.owner_slug, request.dataset_slug, *version = slug.split("/")
    if version:
        request.dataset_version_number = int(version[0])
    return signed_in.datasets.dataset_api_client.download_dataset(request)
