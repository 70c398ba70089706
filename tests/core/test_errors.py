import pickle

from pipeline.core.errors import PodiumError, nearest


def test_the_sentence_names_owner_key_allowed_got_place_and_step() -> None:
    error = PodiumError(
        "titanic", "split.folds", "must be at least 2", got="1", where="competition.yaml, line 14", step="Raise it"
    )
    assert str(error) == "titanic: split.folds must be at least 2; got 1 (competition.yaml, line 14). Raise it"


def test_an_error_travels_between_processes_whole() -> None:
    error = PodiumError("titanic", "split.folds", "must be at least 2", got="1", where="line 14", step="Raise it")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and vars(again) == vars(error)


def test_nearest_names_the_close_one_first_and_lists_all() -> None:
    assert nearest("lihgtgbm", ["xgboost", "lightgbm"]) == "Did you mean lightgbm? Known: lightgbm, xgboost"


def test_nearest_guesses_nothing_far_away() -> None:
    assert nearest("qqq", ["xgboost", "lightgbm"]).startswith("Known:")
