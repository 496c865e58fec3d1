"""What reviews speak about: aspects with the tone of their clause, emotions, needs and scenes, value words.

The words of each language stand in `data/reference/review_words.csv`; the tone comes from the model of `sentiment`.
"""

import numpy as np
import pandas as pd

from crossborder.errors import InputError, Refusal
from crossborder.reference.files import read
from crossborder.selection.launch_review import wilson
from crossborder.selection.sentiment import Sentiment

__all__ = [
    "KINDS",
    "aspect_table",
    "change_of_mentions",
    "clauses",
    "mentions",
    "need_weights",
    "recall",
    "triples",
    "unseen_wording",
    "value_words",
]

KINDS = ("aspect", "emotion", "need", "scene", "value")
# Where a clause ends: stops of any script, and words that turn the tone.
ENDS = (
    r"[.!?;,。、！？؛،]+|\b(?:but|although|however|aber|allerdings|jedoch|pero|aunque|sin embargo|mas|porém|no entanto"
    r"|tapi|namun|walaupun)\b|しかし|ただ|でも|(?:\s|^)(?:لكن|ولكن|غير أن)\s"
)


def clauses(reviews: pd.DataFrame) -> pd.DataFrame:
    """One row a clause: review_id, market, language, clause (in small letters)."""
    missing = {"review_id", "market", "language", "text"} - set(reviews.columns)
    if missing:
        raise InputError.missing_columns("reviews", missing, reviews.columns)
    parts = reviews["text"].str.lower().str.split(ENDS, regex=True)
    long = reviews[["review_id", "market", "language"]].assign(clause=parts).explode("clause")
    long["clause"] = long["clause"].str.strip()
    return long[long["clause"].fillna("") != ""].reset_index(drop=True)


def mentions(pieces: pd.DataFrame, kind: str = "aspect") -> pd.DataFrame:
    """Rows of clauses that name something of the kind: review_id, market, language, clause, label.

    A language without a word list is refused by name.
    """
    if kind not in KINDS:
        raise InputError.unknown("kind", kind, KINDS)
    words = read("review_words.csv")
    words = words[words["kind"] == kind]
    unknown = sorted(set(pieces["language"]) - set(words["language"]))
    if unknown:
        raise Refusal.because(
            f"no words for {kind} in language {unknown[0]!r}",
            f"known: {', '.join(sorted(set(words['language'])))}",
            "add rows to data/reference/review_words.csv, or leave its reviews out and say so",
        )
    wordings = words.groupby("language")
    rows, labels = [np.empty(0, dtype=int)], [np.empty(0, dtype=object)]
    for language, places in pieces.groupby("language").indices.items():  # over languages and labels, never over reviews
        code, clause = pd.factorize(pieces["clause"].array[places])  # the same clause is read once
        named = wordings.get_group(language)
        for label, pattern in zip(named["label"], named["pattern"], strict=True):
            hit = pd.Series(clause).str.contains(f"(?:{pattern})", regex=True).to_numpy()
            rows.append(places[hit[code]])
            labels.append(np.full(len(rows[-1]), label, dtype=object))
    found = pieces.iloc[np.concatenate(rows)].reset_index(drop=True)
    return found.assign(label=pd.array(np.concatenate(labels), dtype=words["label"].dtype))


def aspect_table(named: pd.DataFrame, model: Sentiment, level: float = 0.9, least: int = 8) -> pd.DataFrame:
    """Share of good mentions by market and aspect with Wilson interval, and share of reviews that name it.

    Columns: market, label, mentions, good, low, high; cells with fewer than `least` mentions are left out.
    """
    tone = model.score(named["clause"], named["language"])
    rows = named.assign(good=(tone > 0.5).astype(float).where(tone.notna()))
    # One review counts once an aspect: its mean tone.
    per = rows.groupby(["market", "label", "review_id"])["good"].mean().reset_index()
    table = per.groupby(["market", "label"])["good"].agg(["count", "sum"]).reset_index()
    table.columns = ["market", "label", "mentions", "hits"]
    table = table[table["mentions"] >= least]
    table["good"] = table["hits"] / table["mentions"]
    table["low"], table["high"] = wilson(table["hits"], table["mentions"], level)
    return table.drop(columns="hits").reset_index(drop=True)


def need_weights(table: pd.DataFrame) -> pd.DataFrame:
    """Weight of each aspect in a market: share of mentions times share of bad ones, adding up to 1 a market.

    What is often named and often bad is what a better product should mend first.
    """
    pain = table["mentions"] * (1 - table["good"])
    pain_low, pain_high = table["mentions"] * (1 - table["high"]), table["mentions"] * (1 - table["low"])
    total = pain.groupby(table["market"]).transform("sum")
    out = table.assign(weight=pain / total, weight_low=pain_low / total, weight_high=(pain_high / total).clip(upper=1))
    return out.sort_values(["market", "weight"], ascending=[True, False], ignore_index=True)


def change_of_mentions(
    named: pd.DataFrame, reviews: pd.DataFrame, split: str | pd.Timestamp, level: float = 0.9
) -> pd.DataFrame:
    """Change of the share of reviews that name each label, the year after `split` against the year before.

    Columns: label, before, after (shares), change (fraction) with low, high (ratio of two shares, log normal).
    """
    from scipy.special import ndtri

    day = pd.Timestamp(split)
    date = pd.to_datetime(reviews.set_index("review_id")["date"])
    date = date[(date >= day - pd.DateOffset(years=1)) & (date < day + pd.DateOffset(years=1))]
    after = date >= day
    if min(after.sum(), (~after).sum()) < 30:
        raise Refusal.because("no change of mentions", f"{after.sum()} reviews after, {(~after).sum()} before", "wait")
    pairs = named[["review_id", "label"]].drop_duplicates()
    pairs = pairs[pairs["review_id"].isin(date.index)]
    late = pairs["review_id"].map(after)
    counts = pd.crosstab(pairs["label"], late).reindex(columns=[False, True], fill_value=0) + 0.5
    n = np.array([(~after).sum(), after.sum()], dtype=float) + 1
    ratio = np.log((counts[True] / n[1]) / (counts[False] / n[0]))
    sd = np.sqrt(1 / counts[True] - 1 / n[1] + 1 / counts[False] - 1 / n[0])
    z = ndtri(0.5 + level / 2)
    frame = pd.DataFrame({"before": counts[False] / n[0], "after": counts[True] / n[1], "change": np.expm1(ratio)})
    frame["low"], frame["high"] = np.expm1(ratio - z * sd), np.expm1(ratio + z * sd)
    return frame.sort_values("change", ascending=False).reset_index()


def triples(pieces: pd.DataFrame, reviews: pd.DataFrame, least: int = 5) -> pd.DataFrame:
    """Need x scene x emotion that come together more often than alone: market, need, scene, emotion, reviews, lift.

    Emotion is `none` where a review shows none. Lift is the share of the triple over the product of the shares of
    its need, its scene and its emotion among reviews of the market that name a need and a scene.
    """
    parts = {kind: mentions(pieces, kind)[["review_id", "label"]].drop_duplicates() for kind in
             ("need", "scene", "emotion")}  # fmt: skip
    both = parts["need"].merge(parts["scene"], on="review_id", suffixes=("_need", "_scene"))
    both = both.merge(parts["emotion"], on="review_id", how="left").fillna({"label": "none"})
    both = both.merge(reviews[["review_id", "market"]], on="review_id")
    both.columns = ["review_id", "need", "scene", "emotion", "market"]
    count = both.groupby(["market", "need", "scene", "emotion"]).size().rename("reviews").reset_index()
    total = both.groupby("market").size()
    expected = count["market"].map(total).astype(float)
    for name in ("need", "scene", "emotion"):
        share = both.groupby(["market", name]).size() / total.reindex(both["market"].unique()).rename_axis("market")
        expected *= share.reindex(pd.MultiIndex.from_frame(count[["market", name]])).to_numpy()
    count["support"] = count["reviews"] / count["market"].map(total)
    count["lift"] = count["reviews"] / expected
    return count[count["reviews"] >= least].sort_values("reviews", ascending=False, ignore_index=True)


def value_words(pieces: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """What "value" means in a market: share of each value word with interval, and its log-odds against all markets.

    Log-odds with a Dirichlet prior of the overall counts; z above 2 marks a word as typical of the market.
    Source: Monroe, Colaresi and Quinn (2008), Political Analysis 16(4), equations 15, 19 and 22.
    """
    named = mentions(pieces, "value")[["review_id", "market", "label"]].drop_duplicates()
    counts = pd.crosstab(named["market"], named["label"]).astype(float)
    total, prior = counts.sum(axis=1), counts.sum() / counts.to_numpy().sum() * 10
    rest = counts.sum() - counts
    first = (counts + prior).div((total + 10).to_numpy()[:, None] - (counts + prior))
    other = (rest + prior).div((rest.sum(axis=1) + 10).to_numpy()[:, None] - (rest + prior))
    delta = np.log(first) - np.log(other)
    z = delta / np.sqrt(1 / (counts + prior) + 1 / (rest + prior))
    frame = counts.reset_index().melt("market", value_name="mentions")
    frame["share"] = counts.div(total, axis=0).to_numpy().ravel("F")
    frame["low"], frame["high"] = wilson(frame["mentions"], total.reindex(frame["market"]).to_numpy(), level)
    frame["z"] = z.to_numpy().ravel("F")
    return frame.sort_values("z", ascending=False, ignore_index=True)


def recall(named: pd.DataFrame, known: pd.DataFrame, model: Sentiment | None = None) -> pd.DataFrame:
    """How many of the known mentions were found, and how many found ones are known: label, known, recall, precision.

    `known`: review_id, label and, with `model`, good (true or false): then tone_right is the share of tones read right.
    """
    mine = named.groupby(["review_id", "label"], as_index=False).first()
    truth = known.drop_duplicates(["review_id", "label"])
    both = truth.merge(mine, on=["review_id", "label"], how="outer", indicator=True, suffixes=("", "_mine"))
    kind = both["_merge"].astype(str)
    table = pd.crosstab(both["label"], kind).reindex(columns=["both", "left_only", "right_only"], fill_value=0)
    frame = pd.DataFrame({"known": table["both"] + table["left_only"]})
    frame["recall"] = table["both"] / frame["known"]
    frame["precision"] = table["both"] / (table["both"] + table["right_only"])
    if model is not None:
        seen = both[kind == "both"]
        tone = model.score(seen["clause"], seen["language"]) > 0.5
        frame["tone_right"] = (tone == seen["good"].astype(bool)).groupby(seen["label"]).mean()
    return frame.reset_index()


def unseen_wording(model: Sentiment) -> dict[str, float]:
    """What is read where an aspect is spoken of without its usual words: count, found, tone_right (shares).

    The sentences of `data/reference/review_check_sentences.csv` in the languages learned; hard on purpose, and a lower
    end for what real reviews yield.
    """
    checks = read("review_check_sentences.csv")
    checks = checks[checks["language"].isin(model.models)].reset_index(drop=True)
    rows = checks.assign(review_id=checks.index.astype("str"), market="")
    named = mentions(clauses(rows))[["review_id", "label"]].drop_duplicates()
    tone = model.score(rows["text"], rows["language"]) > 0.5
    found = len(rows[["review_id", "label"]].merge(named)) / max(len(rows), 1)
    return {"count": len(rows), "found": found, "tone_right": float((tone == rows["good"].astype(bool)).mean())}
