"""Good or bad? Learned from the stars that stand beside the words, in any language, without a download.

One logistic regression a language on character n-grams, so that no word list and no word splitting is needed. A
language without enough starred reviews is refused: a text that cannot be read is never scored as neutral.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.selection.launch_review import wilson

__all__ = ["Sentiment", "coverage", "held_out", "train"]

LEAST = 60  # starred reviews of a language, and a quarter of that of either kind
GOOD_FROM, BAD_TO = 4, 2


@dataclass(frozen=True)
class Sentiment:
    """Models by language; `reviews` is what each has learned from."""

    models: dict[str, object]
    reviews: dict[str, int]

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
            vectors, model = self.models[language]
            x = vectors.transform(part.str.lower())
            read = np.diff(x.indptr) > 0
            chance = model.predict_proba(x)[:, 1]
            out.loc[part.index] = np.where(read, chance, np.nan)
        return out


def _learn(texts: pd.Series, good: np.ndarray, language: str):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    # Pieces run over the ends of words, so that "not good" differs from "good"; scripts without spaces need short ones.
    pieces = (1, 4) if language in ("ja", "zh", "ko", "th") else (2, 6)
    vectors = TfidfVectorizer(analyzer="char", ngram_range=pieces, min_df=3, sublinear_tf=True)
    x = vectors.fit_transform(texts.str.lower())
    model = LogisticRegression(C=2.0, class_weight="balanced", solver="newton-cg", max_iter=100)
    return vectors, model.fit(x, good)


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
    models, sizes = {}, {}
    for language, part in rated.groupby("language"):  # over languages
        bad = int((part["good"] == 0).sum())
        if len(part) >= LEAST and min(bad, len(part) - bad) >= LEAST // 4:
            models[language] = _learn(part["text"], part["good"].to_numpy(), language)
            sizes[language] = len(part)
    if not models:
        raise Refusal.because(
            "no language can be read", f"{len(rated)} starred reviews in all", f"needs {LEAST} in one language"
        )
    return Sentiment(models, sizes)


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
    parts = []
    for number in range(folds):
        model = train(rated[fold != number])
        part = rated[(fold == number) & rated["language"].isin(model.models)]
        score = model.score(part["text"], part["language"]).fillna(0.5)
        parts.append(part.assign(right=(score > 0.5).astype(int) == part["good"]))
    kept = pd.concat(parts)
    right = kept["right"]
    table = pd.DataFrame({"language": kept["language"], "right": right, "good": kept["good"]}).groupby("language")
    out = table.agg(reviews=("right", "size"), hits=("right", "sum"), share_good=("good", "mean"))
    out["accuracy"] = out["hits"] / out["reviews"]
    out["low"], out["high"] = wilson(out["hits"], out["reviews"], level)
    out["always_the_same"] = np.maximum(out.pop("share_good"), 1 - table["good"].mean())
    return out.drop(columns="hits").reset_index()


def coverage(reviews: pd.DataFrame, model: Sentiment | None) -> pd.DataFrame:
    """What is read: per language its reviews, whether it is learned, and the share of its texts that were scored."""
    known = {} if model is None else model.models
    rows = []
    for language, part in reviews.groupby("language"):
        learned = language in known
        scored = float(model.score(part["text"], part["language"]).notna().mean()) if learned else 0.0
        rows.append({"language": language, "reviews": len(part), "read": learned, "scored_share": scored})
    return pd.DataFrame(rows).sort_values("reviews", ascending=False, ignore_index=True)
