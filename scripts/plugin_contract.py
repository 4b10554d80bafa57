"""A contract for import-linter: a plug-in is one file that nothing imports by name.

Its room's registry finds it by what it defines, so a new plug-in needs no line anywhere, here neither;
and since nobody imports it, no plug-in can know another, nor a shared file favour one.
"""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from grimp import ImportGraph


class PluginContract(Contract):
    """Nothing imports the modules of `room` that define `marker`.

    Attributes:
        room: The package whose files are plug-ins or what they share.
        marker: The name that every plug-in defines at the top: a function, or an assigned value.
        registry: The module that looks for the marker. It may define the same name and is no plug-in.
    """

    type_name = "plugins"
    room = fields.StringField()
    marker = fields.StringField()
    registry = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's own signature
        """Called by import-linter."""
        room, marker, registry = str(self.room), str(self.marker), str(self.registry)
        output.verbose_print(verbose, f"Plug-ins are the modules of {room} that define {marker}.")
        named = [
            f"{importer} -> {module}"
            for module in sorted(graph.find_children(room))
            if module != registry and marker in defined(module)
            for importer in sorted(graph.find_modules_that_directly_import(module))
        ]
        return ContractCheck(kept=not named, metadata={"named": named})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Called by import-linter with what `check` found."""
        for line in check.metadata["named"]:
            output.print_error(line, bold=False)
        output.print_error(
            f"Plug-ins of {self.room} are reached through {self.registry} only. "
            f"What two of them share has a noun and a file of its own, without {self.marker}."
        )


def defined(module: str) -> set[str]:
    """The names that a module defines at its top, read without running it."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return set()
    names: set[str] = set()
    for statement in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names.update(target.id for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names.add(statement.target.id)
    return names
