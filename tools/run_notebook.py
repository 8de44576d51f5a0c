#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the code cells of notebooks one after the other, and shows the last value of each as a notebook would.

usage: tools/run_notebook.py NOTEBOOK ...
"""

import ast
import json
import sys
import time


def show(value):
    """Every form that a notebook would ask for."""
    if value is None:
        return
    forms = [name for name in ("_repr_html_", "_repr_png_", "_repr_svg_") if getattr(value, name, lambda: None)()]
    print(repr(value).splitlines()[0][:120], *forms)


def run(path):
    with open(path, encoding="utf-8") as file:
        cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    names = {"__name__": "__main__"}
    for number, cell in enumerate(cells, 1):
        place = f"{path}, cell {number}"
        tree = ast.parse("".join(cell["source"]), place)
        last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, place, "exec"), names)
        if last is not None:
            show(eval(compile(last, place, "eval"), names))


if __name__ == "__main__":
    for notebook in sys.argv[1:]:
        began = time.monotonic()
        run(notebook)
        print(f"{notebook}: {time.monotonic() - began:.1f} s")
