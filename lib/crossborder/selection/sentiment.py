"""Good or bad? Learned from the stars that stand beside the words, in any language, without a download.

One logistic regression a language on character n-grams, so that no word list and no word splitting is needed. A
language without enough starred reviews is refused: a text that cannot be read is never scored as neutral.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.selection import text_pieces
from crossborder.selection.launch_review import wilson

__all__ = ["Sentiment", "coverage", "held_out", "train"]

LEAST = 60  # starred reviews of a language, and a quarter of that of either kind
MIN_TEXTS = 3  # texts in which a piece must stand to count
GOOD_FROM, BAD_TO = 4, 2


@dataclass(frozen=True)
class Sentiment:
    """Models by language; `reviews` is what each has learned from.

    A text is read once: the same words come back as a clause, in a check and in a count of what is read.
    """

    models: dict[str, object]
    reviews: dict[str, int]
    read: dict[str, dict[str, float]] = field(default_factory=dict, repr=False, compare=False)

    def score(self, texts: pd.Series, languages: pd.Series) -> pd.Series:
        """Probability from 0 (bad) to 1 (good); missing where no part of a text was ever seen.

        A language that was not learned is an error with the languages known.
        """
        unknown = sorted(set(languages) - set(self.models))
        if unknown:
            raise Refusal.because(
                f"language {unknown[0]!r} is not read",
                f"learned: {', '.join(sorted(self.models))}",
                f"give at least {LEAST} starred reviews in it, or leave its reviews out and report the coverage",
            )
        out = pd.Series(np.nan, index=texts.index)
        for language, part in texts.groupby(languages):  # over languages
            known = self.read.setdefault(language, {})
            code, small = pd.factorize(part.str.lower())
            new = [text for text in small if text not in known]
            if new:
                pieces, weigh, model = self.models[language]
                known.update(zip(new, _chances(model, weigh.transform(pieces.transform(new))).tolist(), strict=True))
            out.loc[part.index] = np.array([known[text] for text in small])[code]
        return out


def _chances(model, x) -> np.ndarray:
    """Probability of good by row of weighted pieces; missing where a row has none."""
    return np.where(np.diff(x.indptr) > 0, model.predict_proba(x)[:, 1], np.nan)


def _lengths(language: str) -> tuple[int, int]:
    """Shortest and longest piece; pieces run over the ends of words, so that "not good" differs from "good"."""
    return (1, 4) if language in ("ja", "zh", "ko", "th") else (2, 6)  # scripts without spaces need short pieces


def _judge(counts, good: np.ndarray):
    """Weights of the pieces and the regression, learned from counts."""
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    weigh = TfidfTransformer(sublinear_tf=True)
    model = LogisticRegression(C=2.0, class_weight="balanced", solver="newton-cg", max_iter=100)
    return weigh, model.fit(weigh.fit_transform(counts), good)


def _learn(texts: pd.Series, good: np.ndarray, language: str):
    """Pieces, their weights, the regression, and how it reads the texts that it learned from."""
    small, lengths = texts.str.lower().tolist(), _lengths(language)
    counts, words = text_pieces.count(small, *lengths, least=MIN_TEXTS)
    weigh, model = _judge(counts, good)
    read = dict(zip(small, _chances(model, weigh.transform(counts)).tolist(), strict=True))
    pieces = text_pieces.Pieces({word: column for column, word in enumerate(words)}, *lengths)
    return (pieces, weigh, model), read


def _enough(good: np.ndarray) -> bool:
    return len(good) >= LEAST and min(good.sum(), len(good) - good.sum()) >= LEAST // 4


def _starred(reviews: pd.DataFrame) -> pd.DataFrame:
    missing = {"text", "language", "rating"} - set(reviews.columns)
    if missing:
        raise InputError.missing_columns("reviews", missing, reviews.columns)
    rated = reviews[(reviews["rating"] >= GOOD_FROM) | (reviews["rating"] <= BAD_TO)]
    return rated.assign(good=(rated["rating"] >= GOOD_FROM).astype(int))


def train(reviews: pd.DataFrame) -> Sentiment:
    """Learns every language that has enough starred reviews (4 and 5 good, 1 and 2 bad, 3 left out).

    None at all: Refusal. Languages that are left out show in `coverage`.
    """
    rated = _starred(reviews)
    models, sizes, read = {}, {}, {}
    for language, part in rated.groupby("language"):  # over languages
        if _enough(part["good"].to_numpy()):
            models[language], read[language] = _learn(part["text"], part["good"].to_numpy(), language)
            sizes[language] = len(part)
    if not models:
        raise Refusal.because(
            "no language can be read", f"{len(rated)} starred reviews in all", f"needs {LEAST} in one language"
        )
    return Sentiment(models, sizes, read)


def held_out(reviews: pd.DataFrame, rng: np.random.Generator, folds: int = 3, level: float = 0.9) -> pd.DataFrame:
    """Accuracy by language, every review judged by a model that has not seen it, with Wilson interval.

    Columns: language, reviews, accuracy, low, high, always_the_same (the share of the more frequent kind). The interval
    takes the folds as one sample.
    """
    if folds < 2:
        raise InputError.out_of_range("folds", folds, "at least 2")
    rated = _starred(reviews)
    # Folds of equal size within each language and kind.
    key = pd.Series(rng.uniform(size=len(rated)), index=rated.index)
    fold = key.groupby([rated["language"], rated["good"]]).rank(method="first").astype(int) % folds
    tried = [_tried(part, fold[part.index].to_numpy(), name) for name, part in rated.groupby("language")]
    kept = pd.concat([part for part in tried if len(part)] or [rated.head(0).assign(right=0)])
    if kept.empty:
        train(rated)  # says what is missing
    right = kept["right"]
    table = pd.DataFrame({"language": kept["language"], "right": right, "good": kept["good"]}).groupby("language")
    out = table.agg(reviews=("right", "size"), hits=("right", "sum"), share_good=("good", "mean"))
    out["accuracy"] = out["hits"] / out["reviews"]
    out["low"], out["high"] = wilson(out["hits"], out["reviews"], level)
    out["always_the_same"] = np.maximum(out.pop("share_good"), 1 - table["good"].mean())
    return out.drop(columns="hits").reset_index()


def _tried(part: pd.DataFrame, fold: np.ndarray, language: str) -> pd.DataFrame:
    """The reviews of a language that a model without them could judge, with whether it was right.

    Pieces are counted once for all folds; those too rare among the reviews learned from are left out of each fold.
    """
    good = part["good"].to_numpy()
    if not _enough(good):
        return part.head(0).assign(right=0)
    counts, judged = text_pieces.count(part["text"].str.lower().tolist(), *_lengths(language), least=MIN_TEXTS)[0], []
    for number in np.unique(fold):
        learned = fold != number
        if not _enough(good[learned]):
            continue
        known = counts[learned]
        often = np.bincount(known.indices, minlength=counts.shape[1]) >= MIN_TEXTS
        weigh, model = _judge(known[:, often], good[learned])
        x = weigh.transform(counts[~learned][:, often])
        chance = np.where(np.diff(x.indptr) > 0, model.predict_proba(x)[:, 1], 0.5)
        judged.append(part[~learned].assign(right=(chance > 0.5).astype(int) == good[~learned]))
    return pd.concat(judged) if judged else part.head(0).assign(right=0)


def coverage(reviews: pd.DataFrame, model: Sentiment | None) -> pd.DataFrame:
    """What is read: per language its reviews, whether it is learned, and the share of its texts that were scored."""
    known = {} if model is None else model.models
    rows = []
    for language, part in reviews.groupby("language"):
        learned = language in known
        scored = float(model.score(part["text"], part["language"]).notna().mean()) if learned else 0.0
        rows.append({"language": language, "reviews": len(part), "read": learned, "scored_share": scored})
    return pd.DataFrame(rows).sort_values("reviews", ascending=False, ignore_index=True)
