"""How to read each figure: its title and its caption, by the figure's name in the page."""

from __future__ import annotations

TITLES = {
    "folds": "Fold by fold",
    "learning": "Learning curves",
    "class-levels": "The classes by level",
    "over-time": "Over time",
    "distributions": "How columns are spread",
    "correlations": "Correlations",
    "associations": "Associations",
    "bias-time": "Bias over time",
    "roc": "ROC",
    "precision-recall": "Precision and recall",
    "roc-classes": "ROC by class",
    "precision-recall-classes": "Precision and recall by class",
    "gain": "Cumulative gain",
    "lift": "Lift",
    "calibration": "Calibration",
    "separation": "How the classes separate",
    "thresholds": "What a threshold buys",
    "confusion": "Confusion matrix",
    "predicted": "Truth against prediction",
    "residuals": "Residuals over the prediction",
    "spread": "Spread of the residuals",
    "bias": "Bias by tenth of the predictions",
    "importance": "What the models lean on",
    "stability": "How steadily columns are chosen",
    "counts": "Class counts before and after",
    "members": "How alike the members err",
    "roc-folds": "ROC fold by fold",
    "precision-recall-folds": "Precision and recall fold by fold",
    "slice-scores": "Score by level",
    "target": "The target",
    "drift": "Drift from train to test",
    "over-target": "The target by level",
    "train-and-test": "Train against test",
    "missing": "What is missing",
    "slice-bias": "Bias by level",
    "history": "What the search tried",
    "settings": "Which settings matter",
    "permutation": "What shuffling a column costs",
    "contributions": "What each column adds",
    "dependence": "Contribution over the value",
    "one-row": "One row explained",
    "partial": "Partial dependence",
}

CAPTIONS = {
    "folds": "Each pale dot is one fold, the diamond their mean, the bar one standard error either way. "
    "Models whose bars overlap widely are not told apart by these folds.",
    "learning": "A line is one fit: its loss on rows held back from the fold’s training rows, by which it stops; the "
    "dot is where it stopped. A small table’s boosting is then fitted again, on all rows and with as many more rounds. "
    "The scored fold takes no part. Lines that still fall at their end want more rounds; lines that soon "
    "rise want a smaller learning rate.",
    "distributions": "Each colour is a class, or a third of the training rows by their target, and holds 100 % of its "
    "rows that have a value. Where colours part, the column tells them apart. The ends hold what lies beyond the 1st "
    "and the 99th percentile.",
    "class-levels": "How the classes share the training rows of one level. A column whose bars all look alike tells "
    "nothing by itself.",
    "over-time": "{start} training and test rows lie, in periods of equal length. Months, weekdays and hours show what "
    "comes back. A trend, or a test that begins where training ends, asks for folds in time.",
    "correlations": "Spearman’s rank correlations of the leading numeric columns: blue rise together, orange in "
    "opposite directions. Full cells off the diagonal are columns that say much the same.",
    "associations": "How far one of two categories tells the other, or the target: Cramér’s V and the correlation "
    "ratio, corrected for what many levels reach by chance; 0 is not at all, 1 is wholly.",
    "bias-time": "The mean residual of each period, with one standard error. Above zero the predictions are too low "
    "there; a drift towards one end is what a model of past rows does not know.",
    "roc": "The share of positives found against the share of negatives falsely flagged, at every threshold. "
    "The closer to the upper left, the better; the dashed line is chance.",
    "precision-recall": "How right the flagged rows are against how many positives are flagged: the one to look at "
    "where positives are rare. Grey lines join points of equal F1; the dashed line is chance.",
    "roc-classes": "The ensemble, each class against all others; the legend gives the area under the curve. "
    "A low curve is a hard class.",
    "precision-recall-classes": "The ensemble, each class against all others; the legend gives the average precision. "
    "A low curve is a hard class.",
    "gain": "Rank the rows by probability: how many of all positives stand in the top share? "
    "The steeper at first, the better.",
    "lift": "How many times more positives the top share of the ranked rows holds than as many rows drawn by chance. "
    "It falls to 1, where all rows are in.",
    "calibration": "Of the rows given 30 %, do 30 % turn out positive? On the dashed line they do; below it the model "
    "is too sure. Each point stands for about as many rows, its bar for one standard error.",
    "separation": "Where the ensemble puts {positive} (upwards) and {negative} (downwards). "
    "What overlaps is what it cannot tell apart.",
    "thresholds": "Rows whose probability reaches the threshold are called positive. Raising it buys precision and "
    "costs recall; F1 is their balance. The dotted line is the share of rows called positive.",
    "confusion": "Rows are the truth, columns what the ensemble decided out of fold. The diagonal is right; a full "
    "cell off it is a pair that it mixes up. Shades are shares of each true class.",
    "predicted": "Each dot is a training row, predicted out of fold. On the dashed line the two agree.",
    "residuals": "Above zero the prediction was too low. The orange line is the mean of each tenth of the rows with "
    "twice its standard error: where a bar leaves zero, the ensemble errs in one direction.",
    "spread": "A narrow, even hill around zero is what to hope for; a long tail on one side is where the score is "
    "lost. The outermost bars hold everything beyond four standard deviations.",
    "bias": "The mean residual of each tenth, from the lowest predictions to the highest, with one standard error. "
    "Trees often sag at the ends: too high at the low end, too low at the high end.",
    "importance": "How much of a model's own importance falls to each column: a dot for each model, the bar for their "
    "mean. Columns that say the same share the credit, so a short bar does not mean a useless column.",
    "stability": "Selection is made anew from each fold's training rows. A column that only some folds keep was a "
    "close call; if many are, selection is fitting noise.",
    "members": "The correlation of every two members' errors on out-of-fold rows. Full cells are members that fail on "
    "the same rows and add little to each other; what an average gains, it gains from faint ones.",
    "roc-folds": "Pale lines are folds, the full line all of them together. Folds that fan out are told apart by few "
    "rows; one that lies alone is worth a look.",
    "precision-recall-folds": "Pale lines are folds, the full line all of them together. Where positives are rare, "
    "folds fan out at low recall.",
    "target": "How the target is distributed over the training rows.",
    "drift": "How far each feature's distribution moves: below 0.1 (grey) is little, from 0.25 (orange) a model that "
    "leans on it deserves doubt. Columns of many levels and few rows move by chance alone.",
    "over-target": "The target's mean where a column has one level, with one standard error; the dashed line is its "
    "mean over all rows. A column whose levels all lie on the line tells nothing by itself.",
    "train-and-test": "The share of training and of test rows by level. Where the two part, cross-validation scores "
    "other rows than the leaderboard does.",
    "missing": "The share of rows without a value, the emptiest columns on top. Where train and test part, the gap "
    "itself tells the two apart.",
    "slice-scores": "The ensemble on the rows of one level: the mean over folds, with one standard error. The dashed "
    "line is its score on all rows. A level far behind asks for a feature; but one in which a class is rarer, or "
    "values are larger, is harder by itself. Levels of fewer than 20 rows are left out.",
    "slice-bias": "The mean residual of the rows of one level, with one standard error. Above zero the predictions are "
    "too low there.",
    "history": "A dot is a trial, a grey one was cut off early; the line is the best complete one so far. Once it is "
    "level, more trials will not help. Trials are scored on the folds that chose them, so the best looks better than "
    "it is.",
    "settings": "How much of the spread of the trials' scores goes with each setting (PED-ANOVA). Few trials tell "
    "little.",
    "permutation": "The column is shuffled in rows that the fold's model did not see, and the score is taken again: "
    "what it loses is what the column gives, with one standard error over folds. Columns that say the same stand in "
    "for each other, so each alone costs little.",
    "contributions": "A dot is a row; how far it lies from zero is what the column adds to its prediction (SHAP, exact "
    "for trees). Orange are high values, blue low ones, grey categories. Rare classes are shown more often than they "
    "occur.",
    "dependence": "What one column adds, over its own value, row by row. Where dots of one value spread upwards and "
    "downwards, other columns decide with it.",
    "one-row": "Row {row}, the one whose prediction lies furthest from the start: what the trees predict where "
    "nothing is known. Row 0 is the first of the training file.",
    "partial": "The mean prediction if every row had this value, other columns as they are: a pale line a fold. Where "
    "columns go together, it asks about rows that do not exist.",
    "counts": "Training rows of each class in each fold, before (pale) and after (full). Validation rows are never "
    "touched: they are real rows of the true distribution. ‘full’ is the fit on all rows.",
}

POOLED = " The questions ‘is it this class?’ are pooled over all classes."
LOGARITHMIC = " Both axes are logarithmic, as the metric is."
SAMPLED = " {shown:,} of {all:,} rows are drawn."
