"""How pages are made of templates: Jinja's environment, with the words that write numbers."""

from __future__ import annotations

from pathlib import Path

import jinja2

from pipeline.report import words

HERE = Path(__file__).parent
FILTERS = ("number", "duration", "candidate", "metric_name", "metric_word", "told_apart", "listing")


def environment() -> jinja2.Environment:
    """Jinja's environment for this folder's templates; a name that is not there is an error."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    found.filters |= {name: getattr(words, name) for name in FILTERS}
    found.globals["score"] = words.score
    return found
