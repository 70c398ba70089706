from pipeline.core.seeds import derive


def test_seeds_repeat_and_differ_by_name() -> None:
    assert derive(7, "train", "xgboost") == derive(7, "train", "xgboost")
    seeds = {
        derive(7, "train", "xgboost"),
        derive(7, "train", "lightgbm"),
        derive(8, "train", "xgboost"),
        derive(7, "train"),
    }
    assert len(seeds) == 4
    assert all(0 <= seed < 2**31 for seed in seeds)
