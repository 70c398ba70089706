"""``send`` through Kaggle's real client against a local server: what goes out, what is refused, what faults do."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import numpy as np
import pytest

from pipeline import chain
from pipeline.core.errors import PodiumError
from pipeline.core.job import Job
from pipeline.core.paths import Paths
from pipeline.core.tables import read_table, write_json, write_table
from pipeline.dataset import prediction_table
from pipeline.ledger.entry import Entry, ledger_path, read_ledger
from pipeline.ledger.send import Ready, await_score, deliver, prepare
from pipeline.sources import client
from pipeline.stages import submit
from tests.kaggle_server import SECRET, Script
from tests.ledger.made import finished

ASK_DVC = chain.behind


def ready(paths: Paths, message: str = "first try", anyway: bool = False) -> Ready:
    return prepare(paths, message, anyway, False, lambda text: None)


def sent(paths: Paths, message: str = "first try", seconds: float = 5.0, anyway: bool = False) -> Entry:
    made = ready(paths, message, anyway)
    assert made.kaggle is not None
    return await_score(made, made.kaggle, deliver(made, made.kaggle), seconds)


def refusal(paths: Paths, **keys: object) -> str:
    with pytest.raises(PodiumError) as caught:
        sent(paths, **keys)  # type: ignore[arg-type]
    message = str(caught.value)
    assert message.startswith("toy-") and SECRET not in message and "ALSOSECRET" not in message
    return message


def change_predictions(paths: Paths, seed: int = 0) -> None:
    """Another submission that is distributed alike."""
    table = read_table(paths.stage("ensemble") / "test.parquet")
    order = np.random.default_rng(seed).permutation(len(table))
    shuffled = prediction_table(table["row_id"].to_numpy(), table["prediction"].to_numpy()[order])
    write_table(shuffled, paths.stage("ensemble") / "test.parquet")
    submit.run(Job(paths, "submit"))


def test_a_file_goes_out_is_scored_and_entered(kaggle: Script, toy: Paths) -> None:
    kaggle.pending_for = 3
    entry = sent(toy, "  first\n try ")
    file = toy.stage("submit") / "submission.csv"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert kaggle.uploads == [file.read_bytes()]
    assert kaggle.asked[kaggle.calls.index("StartSubmissionUpload")]["fileName"] == f"titanic-{digest[:12]}.csv"
    assert kaggle.submissions[0]["description"] == "first try"
    assert (entry.public, entry.private, entry.status, entry.ref) == (0.77511, None, "complete", 100)
    assert (entry.cv, entry.se, entry.metric, entry.candidate) == (0.8611, 0.0135, "auc", "mean")
    assert entry.file == digest and entry.rows == 60 and entry.message == "first try"
    assert len(entry.data) == 64 and entry.split
    assert read_ledger(toy) == [entry]
    assert ledger_path(toy).read_text().startswith('{"time": "2')
    assert (toy.data / "sent" / f"titanic-{digest[:12]}.csv").read_bytes() == file.read_bytes()


def test_a_score_that_does_not_come_in_time_stays_pending(kaggle: Script, toy: Paths) -> None:
    kaggle.pending_for = 10**6
    assert sent(toy, seconds=0.05).status == "pending"
    assert [entry.status for entry in read_ledger(toy)] == ["pending"]


def test_the_same_file_is_refused(kaggle: Script, toy: Paths) -> None:
    sent(toy)
    assert "must not have been sent before" in refusal(toy, message="again")
    assert len(kaggle.uploads) == 1


def test_a_file_that_kaggle_has_is_refused_and_entered(kaggle: Script, toy: Paths) -> None:
    entry = sent(toy)
    ledger_path(toy).unlink()
    said = refusal(toy, message="again")
    assert "must not have been sent before" in said and "not in the ledger, and is now" in said
    assert read_ledger(toy) == [entry.model_copy(update={"message": "again", "time": "2026-01-02T10:00:00Z"})]
    assert len(kaggle.uploads) == 1


def test_a_file_that_failed_may_be_sent_again(kaggle: Script, toy: Paths) -> None:
    kaggle.verdict = {"status": "ERROR", "errorDescription": f"Submission must have 418 rows {SECRET}"}
    assert "could not be scored; got Submission must have 418 rows …" in refusal(toy)
    assert read_ledger(toy)[0].status == "error"
    kaggle.verdict = {"status": "COMPLETE", "publicScore": "0.5", "privateScore": "0.4"}
    assert sent(toy).private == 0.4
    assert len(read_ledger(toy)) == 1


def test_kaggles_quota_is_kept(kaggle: Script, toy: Paths) -> None:
    kaggle.limits = {"numToday": 5, "numTotal": 9, "numAllowedNow": 0}
    said = refusal(toy)
    assert "takes no more submissions today; got 5 sent, as Kaggle counts" in said and "00:00 UTC, in" in said
    assert kaggle.counted("StartSubmissionUpload", "CreateSubmission") == []


@pytest.mark.parametrize("fault", [403, 404])
def test_without_kaggles_count_its_list_is_counted(kaggle: Script, toy: Paths, fault: int) -> None:
    from datetime import UTC, datetime

    today = f"{datetime.now(UTC):%Y-%m-%d}"
    kaggle.faults = {"GetSubmissionLimits": [fault] * 2}
    line = {"ref": 7, "date": f"{today}T00:00:01.0Z", "fileName": "x.csv", "status": "COMPLETE"}
    kaggle.submissions = [line] * 4 + [{**line, "status": "ERROR"}, {**line, "date": "2020-01-01T00:00:00Z"}]
    found = ready(toy).quota
    assert (found.sent, found.left, found.source) == (4, 1, "Kaggle's list")
    kaggle.submissions = [line] * 5
    assert "5 sent, as Kaggle's list counts" in refusal(toy)


def test_who_is_on_no_team_yet_may_send(kaggle: Script, toy: Paths) -> None:
    kaggle.limits = {}
    assert ready(toy).quota.left == 5


def test_kaggles_own_words_are_told_when_it_refuses(kaggle: Script, toy: Paths) -> None:
    kaggle.faults = {"CreateSubmission": [400]}
    assert "was refused; got 400 from Kaggle, 'no, …'" in refusal(toy)
    assert read_ledger(toy) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"isKernelsSubmissionsOnly": True}, "takes notebooks only"),
        ({"submissionsDisabled": True}, "takes no submissions"),
    ],
)
def test_a_competition_that_takes_no_files(kaggle: Script, toy: Paths, facts: dict, words: str) -> None:
    kaggle.competition |= facts
    assert words in refusal(toy)


@pytest.mark.parametrize("fault", [429, 500, 503, "reset"])
@pytest.mark.parametrize("method", ["ListSubmissions", "StartSubmissionUpload", "PUT", "CreateSubmission"])
def test_a_fault_that_passes_is_tried_again_and_nothing_is_sent_twice(
    kaggle: Script, toy: Paths, method: str, fault: int | str
) -> None:
    kaggle.faults = {method: [fault, fault]}
    assert sent(toy).public == 0.77511
    assert len(kaggle.submissions) == 1


def test_an_address_of_the_storage_that_expired_is_asked_for_anew(kaggle: Script, toy: Paths) -> None:
    kaggle.faults = {"PUT": [403]}
    assert sent(toy).public == 0.77511
    assert kaggle.counted("StartSubmissionUpload", "PUT") == ["StartSubmissionUpload", "PUT"] * 2


def test_an_answer_that_is_lost_does_not_send_twice(kaggle: Script, toy: Paths) -> None:
    kaggle.faults = {"CreateSubmission": ["lost"]}
    assert sent(toy).ref == 100
    assert len(kaggle.submissions) == 1 and kaggle.counted("CreateSubmission") == ["CreateSubmission"]


@pytest.mark.parametrize("method", ["PUT", "CreateSubmission", "ListSubmissions"])
def test_a_kaggle_that_never_answers_is_not_waited_for(
    kaggle: Script, toy: Paths, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(client, "READ_SECONDS", 0.1)
    kaggle.faults = {method: ["hang"] * 3}
    assert "Timeout three times" in refusal(toy) and read_ledger(toy) == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "kaggle auth login"),
        (403, "https://www.kaggle.com/competitions/titanic/rules"),
        (500, "500 from Kaggle"),
    ],
)
def test_refusals_say_what_to_do(kaggle: Script, toy: Paths, status: int, words: str) -> None:
    kaggle.faults = {"ListSubmissions": [status] * 3}
    assert words in refusal(toy)
    kaggle.faults = {"StartSubmissionUpload": [status] * 3}
    assert words in refusal(toy)


def test_a_mistyped_slug_gets_the_nearest(kaggle: Script, tmp_path: Path) -> None:
    paths = finished(tmp_path / "project", source={"kaggle": "titanik"})
    kaggle.faults = {"ListSubmissions": [404]}
    assert "Did you mean titanic" in refusal(paths)


def test_without_credentials_nothing_is_asked(kaggle: Script, toy: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAGGLE_KEY")
    said = refusal(toy)
    assert all(way in said for way in ("KAGGLE_API_TOKEN", "access_token", "KAGGLE_USERNAME", "kaggle.json"))
    assert kaggle.calls == []


def test_a_credential_never_reaches_a_log_the_ledger_or_kaggles_list(
    kaggle: Script, toy: Paths, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    from kaggle.api.kaggle_api_extended import KaggleApi

    monkeypatch.setattr(KaggleApi, "args", ["--local", "--verbose"])  # prints every request with its headers
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    kaggle.faults = {"PUT": [500], "CreateSubmission": ["reset"], "ListSubmissions": [429]}
    made = prepare(toy, "try", False, False, said.append)
    assert made.kaggle is not None
    await_score(made, made.kaggle, deliver(made, made.kaggle), 5)
    printed = capsys.readouterr()
    everything = [*said, printed.out, printed.err, ledger_path(toy).read_text(), *(str(s) for s in kaggle.submissions)]
    everything += [record.getMessage() for record in caplog.records if record.name.startswith(("pipeline", "kaggle"))]
    assert said and not any(SECRET in text or "ALSOSECRET" in text for text in everything)


def test_a_credential_in_the_message_is_refused(kaggle: Script, toy: Paths) -> None:
    assert "must not hold a credential" in refusal(toy, message=f"by {SECRET}")
    assert kaggle.calls == []


def test_an_empty_message_is_refused(toy: Paths) -> None:
    assert 'MSG="..."' in refusal(toy, message=" ")


@pytest.mark.parametrize(
    "source", [{"sklearn": "breast_cancer"}, {"openml": 31}, {"kaggle": {"dataset": "mlg-ulb/creditcardfraud"}}]
)
def test_what_is_no_competition_is_refused(tmp_path: Path, source: dict) -> None:
    paths = finished(tmp_path, source=source)
    assert "is a data set and no competition of Kaggle's" in refusal(paths)


def test_a_run_that_is_not_finished(toy: Paths) -> None:
    (toy.stage("evaluate") / "metrics.json").unlink()
    assert "data/toy-binary/evaluate/metrics.json is not there. Finish the run first: make toy-binary" in refusal(toy)


def test_a_file_changed_by_hand_is_refused(toy: Paths) -> None:
    with (toy.stage("submit") / "submission.csv").open("a") as stream:
        stream.write("9,0.5\n")
    assert "must be as `submit` wrote it" in refusal(toy)


def test_what_lint_finds_is_refused(toy: Paths) -> None:
    file = toy.stage("submit") / "submission.csv"
    file.write_text(file.read_text().rpartition("1259,")[0])
    facts = {"rows": 59, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    write_json(facts, toy.stage("submit") / "check.json")
    assert "1 missing: 1259" in refusal(toy, anyway=True)


def test_a_concern_stops_it_until_it_is_meant(kaggle: Script, toy: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "behind", lambda paths: ["clean", "features"])
    said = refusal(toy)
    assert "got clean, features changed since the run that made it" in said and "--anyway" in said
    assert kaggle.calls == []
    assert ready(toy, anyway=True).concerns == ["clean, features changed since the run that made it"]
    assert sent(toy, anyway=True).public == 0.77511


def test_where_dvc_cannot_tell_it_is_said(kaggle: Script, toy: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "behind", ASK_DVC)
    assert "DVC cannot tell whether the submission is up to date" in refusal(toy)
    assert kaggle.calls == []


def test_a_rehearsal_asks_nothing_of_kaggle(kaggle: Script, toy: Paths) -> None:
    made = prepare(toy, "try", False, True, lambda text: None)
    assert made.kaggle is None and made.quota.left is None
    assert kaggle.calls == [] and read_ledger(toy) == []


def test_two_submissions_make_two_lines(kaggle: Script, toy: Paths) -> None:
    sent(toy)
    change_predictions(toy)
    sent(toy, "second try")
    assert [entry.message for entry in read_ledger(toy)] == ["first try", "second try"]
