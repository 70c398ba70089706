"""What Kaggle's refusals mean, and what to do about each, without a word that gives a credential away."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from pipeline.core.errors import PodiumError

SITE = "https://www.kaggle.com"
WAYS_TO_SIGN_IN = (
    "`kaggle auth login`",
    "the environment variable KAGGLE_API_TOKEN",
    "the file ~/.kaggle/access_token",
    "the environment variables KAGGLE_USERNAME and KAGGLE_KEY",
    "the file ~/.kaggle/kaggle.json",
)
_SECRET_VARIABLES = ("KAGGLE_KEY", "KAGGLE_API_TOKEN", "KAGGLE_API_V1_TOKEN", "KAGGLE_IAP_TOKEN")
_LONGEST = 300


@dataclass(frozen=True)
class Wanted:
    """What Kaggle is asked for, as errors name it.

    Parameters
    ----------
    competition : str
        The competition's folder name.
    key : str
        The key of the declaration, or the command, that asks.
    slug : str
        A competition's slug, or ``owner/name`` of a data set.
    kind : {"competition", "dataset"}
        Which of the two.
    otherwise : str
        The ways to do without Kaggle, as a sentence; empty where there is none.
    """

    competition: str
    key: str
    slug: str
    kind: Literal["competition", "dataset"] = "competition"
    otherwise: str = ""

    @property
    def address(self) -> str:
        """Its page at Kaggle."""
        return f"{SITE}/{self.kind}s/{self.slug}"

    def error(self, allowed: str, got: str = "", step: str = "") -> PodiumError:
        """An error about it."""
        return PodiumError(self.competition, self.key, allowed, got=got, step=step)


def no_credentials(wanted: Wanted) -> PodiumError:
    """No credentials that Kaggle takes: every way to give them."""
    step = f"Give them by one of: {'; '.join(WAYS_TO_SIGN_IN)} (a token is made at {SITE}/settings/api)"
    step += f". {wanted.otherwise}" if wanted.otherwise else ""
    return wanted.error("needs Kaggle's credentials, and there are none that Kaggle takes", step=step)


def rules_not_accepted(wanted: Wanted, got: str = "") -> PodiumError:
    """The competition was not joined."""
    step = f"Accept them at {wanted.address}/rules, signed in as the same user"
    return wanted.error("needs the competition's rules accepted", got, step)


def refusal(response: Any, wanted: Wanted, api: Any) -> PodiumError:
    """The error for an answer that says no.

    Parameters
    ----------
    response : requests.Response
        The answer.
    api : KaggleApi or None
        To look for names near a mistyped one.
    """
    status = response.status_code
    if from_storage(response):
        return _storage_refused(response, wanted)
    if status == 401:
        return no_credentials(wanted)
    if status == 403 and wanted.kind == "competition":
        return rules_not_accepted(wanted, _said(response, api))
    if status == 403:
        step = f"Look whether it is private, or asks for consent, at {wanted.address}. {wanted.otherwise}".strip()
        return wanted.error("must be a data set that this user may see", _said(response, api), step)
    if status == 404:
        what = "a competition's slug" if wanted.kind == "competition" else "a data set's owner and name"
        hint = _similar(wanted, api)
        step = f"Did you mean {' or '.join(hint)}?" if hint else f"Look it up at {SITE}/{wanted.kind}s"
        return wanted.error(f"must be {what} at Kaggle", repr(wanted.slug), step)
    if status == 429 or status >= 500:
        step = f"Try again later. {wanted.otherwise}".strip()
        return wanted.error("cannot be had now", f"{status} from Kaggle", step)
    return wanted.error("was refused", _said(response, api), f"Look at {wanted.address}")


def from_storage(response: Any) -> bool:
    """Whether the storage answered that Kaggle sends a download to, after Kaggle itself had said yes."""
    return bool(response.history)


def _storage_refused(response: Any, wanted: Wanted) -> PodiumError:
    host = urlsplit(response.url).hostname
    step = "Kaggle allowed it, so neither credentials nor rules are at fault: look whether a proxy or firewall keeps "
    step += f"you from {host}, or try again later. {wanted.otherwise}"
    return wanted.error("cannot be downloaded", f"{response.status_code} from the storage behind Kaggle", step.strip())


def discreet(text: str, api: Any = None, most: int = _LONGEST) -> str:
    """A text of Kaggle's on one line, without credentials and without what stands behind ``?`` in addresses.

    >>> discreet("no:  https://storage/x?sig=abc  later")
    'no: https://storage/x later'
    """
    secrets = [os.environ.get(name, "") for name in _SECRET_VARIABLES]
    secrets += [str((getattr(api, "config_values", None) or {}).get(name, "")) for name in ("key", "token")]
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    text = re.sub(r"(?i)\b(bearer|basic)\s+\S+", r"\1 …", text)
    text = re.sub(r"(\w+://[^\s?]*)\?\S*", r"\1", text)
    return " ".join(text.split())[:most]


def _said(response: Any, api: Any) -> str:
    """The status, and Kaggle's own words where it gives any."""
    try:
        words = discreet(str(response.json().get("message", "")), api)
    except (ValueError, AttributeError):
        words = ""
    return f"{response.status_code} from Kaggle{words and f', {words!r}'}"


def _similar(wanted: Wanted, api: Any) -> list[str]:
    """Names near a mistyped one, as far as Kaggle's search finds them; empty where it does not answer."""
    import requests

    slug = wanted.slug
    words = [word for word in re.split("[-/]", slug) if len(word) > 2]
    known: set[str] = set()
    try:
        for term in dict.fromkeys([" ".join(words), *sorted(words, key=len, reverse=True)[:2], slug[:4]]):
            known |= _found(wanted, api, term)
    except (requests.RequestException, ValueError):
        return []
    return difflib.get_close_matches(slug, sorted(known), n=2, cutoff=0.5)


def _found(wanted: Wanted, api: Any, term: str) -> set[str]:
    if wanted.kind == "dataset":
        return {str(one.ref) for one in api.dataset_list(search=term) or []}
    found = api.competitions_list(search=term)
    return {str(one.ref).rstrip("/").rsplit("/", 1)[-1] for one in found.competitions or []}
