"""Is the workspace whole, and would it be whole again after the machine is gone?

`backup` writes one file that holds everything a workspace is, taken while collectors and readers go on;
`restore` makes a new folder of it, or nothing; `doctor` looks for what is wrong and says what to do.

Reads everything: settings, keys, the book, the lake, the journal. Writes nothing into a workspace but a new one.
A check of the doctor is one function of `<part>_checks.py`, listed in `doctor.CHECKS`.
"""
