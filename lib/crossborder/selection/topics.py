"""Themes of free text by non-negative factors of weighted word counts, one language at a time."""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal

__all__ = ["UNSPACED", "topics"]

# Written without spaces: runs of one script stand for words (Japanese: kanji with the next kana, or katakana).
UNSPACED = {
    "ja": r"[\u4e00-\u9fff]+[\u3041-\u3096]{0,2}|[\u30a1-\u30fa\u30fc]{2,}",
    "zh": r"[\u4e00-\u9fff]{2}",
    "th": r"[\u0e01-\u0e5b]{2,}",
}
LEAST = 80


def topics(reviews: pd.DataFrame, language: str, count: int = 6, words: int = 6) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Themes with their strongest words and share of reviews, and each review's main theme.

    Frames: (topic, words, share, mean_rating) and (review_id, topic). Fewer than 80 reviews: Refusal. Starts from a
    singular value decomposition, so the same texts give the same themes. Source: Lee and Seung (1999), Nature 401.
    """
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    part = reviews[reviews["language"] == language]
    if len(part) < LEAST:
        known = reviews["language"].value_counts()
        raise Refusal.because(
            f"no themes in language {language!r}", f"{len(part)} reviews", f"needs {LEAST}; has: {known.to_dict()}"
        )
    if not 2 <= count <= 20:
        raise InputError.out_of_range("count", count, "2 to 20 themes")
    pattern = UNSPACED.get(language, r"(?u)\b\w{4,}\b")
    vectors = TfidfVectorizer(
        lowercase=True, min_df=5, max_df=0.25, sublinear_tf=True, token_pattern=pattern, ngram_range=(1, 2)
    )
    x = vectors.fit_transform(part["text"])
    # The start comes from a randomised decomposition; with a fixed state the themes are the same each time.
    model = NMF(count, init="nndsvda", max_iter=300, tol=1e-3, random_state=0)
    load = model.fit_transform(x)
    main = load.argmax(axis=1)
    names = vectors.get_feature_names_out()
    rows = [", ".join(_distinct(names[np.argsort(-row)[: 6 * words]], words)) for row in model.components_]
    given = pd.DataFrame({"topic": main, "rating": part["rating"].to_numpy(float)}).groupby("topic")["rating"]
    share, rating = given.size() / len(part), given.mean()
    table = pd.DataFrame({"topic": range(count), "words": rows})
    table["share"], table["mean_rating"] = table["topic"].map(share).fillna(0.0), table["topic"].map(rating)
    assigned = pd.DataFrame({"review_id": part["review_id"].to_numpy(), "topic": main})
    return table.sort_values("share", ascending=False, ignore_index=True), assigned


def _distinct(found: np.ndarray, count: int) -> list[str]:
    """The first words that are no part of one another."""
    kept: list[str] = []
    for word in found:
        if not any(word in other or other in word for other in kept):
            kept.append(word)
        if len(kept) == count:
            break
    return kept
