"""Kaggle's own client, made patient and discreet.

The client signs in while it is imported, prints its help and leaves the process where it finds no credentials, prints
what goes wrong with an upload, and waits for an answer without end. All of that is caught here: nothing it prints is
shown, every connection has a time limit, what may pass is asked again, and what does not becomes an error that a user
can act on. No credential and no signed address ever enters a message.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipeline.core.errors import PodiumError
from pipeline.sources.network import persist
from pipeline.sources.refusals import Wanted, from_storage, no_credentials, refusal

Answer = TypeVar("Answer")

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0


@dataclass(frozen=True)
class Kaggle:
    """A client that is signed in, and what it is asked for.

    Parameters
    ----------
    api : KaggleApi
        The client.
    wanted : Wanted
        For the errors.
    note : callable
        Told when Kaggle does not answer and is asked again.
    """

    api: Any
    wanted: Wanted
    note: Callable[[str], None]

    def ask(self, work: Callable[[], Answer]) -> Answer:
        """What ``work`` returns, tried three times where what goes wrong may pass.

        Raises
        ------
        PodiumError
            Where Kaggle refuses, or does not answer three times.
        """
        return _asked(work, self.wanted, self.api, self.note)

    def call(self, method: str, request: Any) -> Any:
        """The answer to one request to the competitions' service, such as ``call("list_submissions", request)``."""
        return self.ask(lambda: self.call_once(method, request))

    def call_once(self, method: str, request: Any) -> Any:
        """The same, asked once and inside another ``ask``: for what must not be asked twice."""
        with self.api.build_kaggle_client() as kaggle:
            return getattr(kaggle.competitions.competition_api_client, method)(request)


def sign_in(wanted: Wanted, note: Callable[[str], None]) -> Kaggle:
    """A client with whichever credentials it finds.

    Raises
    ------
    PodiumError
        Where there are none that Kaggle takes; it lists every way to give them.
    """
    return Kaggle(_asked(lambda: _signed_in(wanted), wanted, None, note), wanted, note)


def failures() -> tuple[type[Exception], ...]:
    """What the client raises for a connection that fails, an answer that breaks off, and an answer that says no."""
    import requests
    import urllib3

    return requests.RequestException, urllib3.exceptions.HTTPError, ConnectionError, ValueError


def may_pass(error: Exception) -> bool:
    """Whether asking again may help: not where Kaggle answered, and the answer was no.

    The storage's no may be due to an address that expired on the way; Kaggle gives a new one.
    """
    response = getattr(error, "response", None)
    if response is not None and from_storage(response):
        return True
    status = 500 if response is None else response.status_code
    return status == 429 or status >= 500 or status < 400


def _asked(work: Callable[[], Answer], wanted: Wanted, api: Any, note: Callable[[str], None]) -> Answer:
    def ask() -> Answer:
        with _silent(), _limited():
            return work()

    try:
        return persist(ask, failures(), may_pass, note, "Kaggle")
    except failures() as error:
        response = getattr(error, "response", None)
        if response is not None:
            with _silent(), _limited():
                raise refusal(response, wanted, api) from None
        step = f"Look at the network and its proxy{wanted.otherwise and f'. {wanted.otherwise}'}"
        got = f"{type(error).__name__} three times"
        raise PodiumError(wanted.competition, wanted.key, "cannot be reached", got=got, step=step) from None


def _signed_in(wanted: Wanted) -> Any:
    try:
        client = _client_class()()
        client.authenticate()
    except SystemExit:
        raise no_credentials(wanted) from None
    return client


def _client_class() -> type:
    """Kaggle's client, whose upload says what went wrong instead of printing it and trying for minutes."""
    import requests
    from kaggle.api.kaggle_api_extended import KaggleApi, ResumableUploadResult

    class _Plain(KaggleApi):
        def upload_complete(self, path: str, url: str, quiet: bool, resume: bool = False) -> Any:
            with Path(path).open("rb") as stream:
                response = requests.put(url, data=stream)
            if not response.ok:  # of the storage behind Kaggle: its address may have expired, and the next is new
                raise requests.ConnectionError(f"{response.status_code} from the storage")
            return ResumableUploadResult.COMPLETE

    return _Plain


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """What is printed in the block is dropped: with a switch of its command line the client prints credentials."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Connections made in the block end when nothing comes for ``READ_SECONDS``.

    Nothing of the client's takes a limit, and it connects while it is imported; so the limit is set below it.
    """
    from requests.adapters import HTTPAdapter

    send = HTTPAdapter.send

    def send_in_time(self: HTTPAdapter, request: Any, *args: Any, **options: Any) -> Any:
        options["timeout"] = options.get("timeout") or (CONNECT_SECONDS, READ_SECONDS)
        return send(self, request, *args, **options)

    HTTPAdapter.send = send_in_time  # type: ignore[method-assign]
    try:
        yield
    finally:
        HTTPAdapter.send = send  # type: ignore[method-assign]
