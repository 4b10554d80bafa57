"""UTM spelling: one source, medium or campaign under several names."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="utm_spelling",
    title="Tags that spell one thing in several ways",
    means=(
        "Facebook, facebook and face-book, or a word one letter off one that is ten times as usual: reports that tell "
        "letters' case apart show several sources for one, each with a part of its visits, and rules that name one "
        "spelling miss the others."
    ),
    fix=(
        "Keep the spelling that is used more, named after the comma, and change the links that bear the other one. "
        "Write tags in small letters, from a list."
    ),
    where=("subject",),
    opens="events",
    least=5,
    sure_share=0.05,
)
