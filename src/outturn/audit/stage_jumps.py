"""Stage jumps: deals skip what their peers go through, go backwards, or are closed before they exist."""

from __future__ import annotations

from outturn.audit.check import Check

CHECK = Check(
    name="stage_jumps",
    title="Deals whose stages jump",
    means=(
        "The usual order of stages is what nine in ten deals do. These left out a stage that most of the deals that "
        "got as far went through, entered it after those that follow it, or were closed a day or more before they were "
        "created. Rates from stage to stage and the time that each takes are wrong by as much, and credit for the "
        "opening of a deal falls on the wrong visits. A stage that more than half leave out is none of the usual order."
    ),
    fix=(
        "Import the CRM's table of stage history: of exports that show today's stage alone, stages between two of them "
        "are missing. Then look at an example's history in the CRM: deals entered once they are signed, moved in bulk, "
        "or a stage that a team does not use, which is better taken out of the pipeline."
    ),
    where=("source", "subject"),
    opens="outcomes",
    normal_share=0.15,
    least=10,
    critical_share=0.5,
    sure_share=0.28,
)
