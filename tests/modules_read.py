"""What modules add to the models of a statement line, read from their source.

`python3 tests/modules_read.py ADDONS_FOLDER… > tests/modules_read.txt` writes the list
anew, for the modules of the list that exists.
"""

import ast
import re
import sys
import textwrap
from collections import defaultdict
from pathlib import Path

ROOTS = ("account.bank.statement.line", "account.move", "account.move.line")
MODEL = re.compile(r"^    _(?:name|inherit)\b", re.MULTILINE)
LIST = Path(__file__).with_suffix(".txt")


def additions(folders):
    """Return the names that modules add to the three models and to what these inherit.

    :param dict folders: {module: its folder}
    :return: {module: {model: set of names of methods, fields and constraints}}
    """
    classes, parents = [], defaultdict(set, {root: {"base"} for root in ROOTS})
    for module, folder in folders.items():
        for path in sorted(Path(folder).rglob("*.py")):
            if "tests" not in path.relative_to(folder).parts:
                classes += [(module, *found) for found in _classes(path)]
    for _module, model, inherited, _names in classes:
        parents[model].update(inherited)
    models, waiting = set(), list(ROOTS)
    while waiting:
        model = waiting.pop()
        if model not in models:
            models.add(model)
            waiting += parents[model]
    result = {module: defaultdict(set) for module in folders}
    for module, model, _inherited, names in classes:
        if model in models and names:
            result[module][model] |= names
    return result


def _classes(path):
    """Yield (model, models it inherits, names in it) of the classes of a file."""
    source = path.read_text(encoding="utf-8")
    # Most files have no model, and parsing is what takes the time.
    nodes = ast.parse(source).body if MODEL.search(source) else ()
    for node in nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        names, values = set(), {}
        for part in node.body:
            if isinstance(part, ast.FunctionDef | ast.ClassDef):
                names.add(part.name)
            elif isinstance(part, ast.Assign | ast.AnnAssign):
                targets = getattr(part, "targets", None) or [part.target]
                for target in targets:
                    names |= {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
                    values[getattr(target, "id", None)] = part.value
        inherited = _strings(values.get("_inherit"))
        for model in _strings(values.get("_name")) or inherited[:1]:
            yield model, inherited, names - {"_name", "_inherit", "_description"}


def _strings(node):
    if node is None:
        return []
    found = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return [value for value in found if isinstance(value, str)]


def written(text):
    """Return what a list says: {module: {model: set of names}}."""
    result = {}
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        module, _, model = head.partition(": ")
        names = result.setdefault(module, {})
        if model:
            names[model] = set(" ".join(lines).split())
    return result


def list_of(found):
    """Return the text of a list: for every module and model a head and its names."""
    blocks = []
    for module in sorted(found):
        if not found[module]:
            blocks.append(module)
        for model, names in sorted(found[module].items()):
            body = textwrap.fill(
                " ".join(sorted(names)), 88, initial_indent="  ", subsequent_indent="  "
            )
            blocks.append(f"{module}: {model}\n{body}")
    return "\n\n".join(blocks) + "\n"


def changes(then, now):
    """Return what came and went since a list was written: {module: {model: names}}."""
    found = defaultdict(dict)
    for module in now:
        for model in then.get(module, {}).keys() | now[module].keys():
            one = then.get(module, {}).get(model, set())
            other = now[module].get(model, set())
            if one != other:
                marked = {f"+{n}" for n in other - one} | {f"-{n}" for n in one - other}
                found[module][model] = sorted(marked)
    return dict(found)


def main(folders):
    """Print the list anew; modules that are not there keep what was written."""
    known = written(LIST.read_text(encoding="utf-8"))
    places = {
        module: place
        for module in known
        for folder in folders
        if (place := Path(folder, module)).is_dir()
    }
    sys.stdout.write(list_of({**known, **additions(places)}))


if __name__ == "__main__":
    main(sys.argv[1:])
