"""The rules of architecture: each check takes a checkout and returns its findings.

A finding is one sentence that names the file. `test_architecture` runs every check of
`CHECKS` on this repository, and on small planted trees that violate it.
"""

import ast
import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ADDON = "odoo.addons.account_tochka"
STDLIB = sys.stdlib_module_names
# Folders that are put on `sys.path`: what lies in them is imported by its own name.
PATH_FOLDERS = ("dev", "benchmarks", "tests/plain")


@dataclass(frozen=True)
class Allowed:
    """What the files of a part may import beside the standard library and that part."""

    libraries: set[str]
    parts: set[str]


# The longest path that fits a file counts. Parts that are not here import anything.
MAY_IMPORT = {
    "controllers": Allowed({"odoo"}, {"exceptions", "tochka_api"}),
    "wizards": Allowed({"odoo", "dateutil"}, {"exceptions"}),
    "models": Allowed(
        {"odoo", "dateutil", "psycopg2", "cryptography", "stdnum"},
        {"exceptions", "tochka_api"},
    ),
    "models/recognition/texts": Allowed({"stdnum"}, set()),
    "exceptions": Allowed({"odoo"}, {"tochka_api"}),
    "tochka_api": Allowed(
        {"requests", "urllib3", "certifi", "jwt", "cryptography"}, set()
    ),
    "simulator": Allowed({"cryptography", "jsonschema", "werkzeug"}, set()),
}

# Which rooms of models/ a room may import; what else it needs it reaches through `env`.
ROOMS = {
    "recognition/texts": set(),
    "recognition": {"recognition/texts"},
    "cash_flow": {"recognition", "recognition/texts"},
    "register": {"recognition", "recognition/texts"},
    "loading": {"cash_flow", "register", "recognition", "recognition/texts"},
    "bank": {"loading", "cash_flow", "register", "recognition", "recognition/texts"},
    "review": {"register", "cash_flow", "recognition", "recognition/texts"},
}
# Modules directly in models/ that every room but the texts may import.
SHARED_BY_ROOMS = {"halves", "refusals", "walls"}

# Encryption of secrets, check digits, the database driver's types and errors.
ONLY_IN = {
    "cryptography": {"models/bank/secrets_at_rest.py"},
    "stdnum": {"models/recognition/texts/requisites.py"},
    "psycopg2": {
        "models/cash_flow/pattern.py",
        "models/register/lines_at_once.py",
        "models/loading/loading.py",
        "models/loading/queue.py",
        "models/refusals.py",
        "models/register/making_lines.py",
    },
}

CLIENT_CLASSES = {"TochkaClient", "OAuthApp", "StaticToken"}
CLIENT_BUILDERS = {
    "models/bank/tochka_connection.py",
    "models/bank/consent.py",
    "models/bank/tokens.py",
}

# The tests of the development tools themselves.
TESTS_OF_DEV = {"tests/plain/test_dev_counts.py", "tests/plain/test_lint.py"}

ODOO_BASES = {"Model", "AbstractModel", "TransientModel"}


# === IMPORTS === #


@functools.cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Checkout:
    """The Python files below `root`, and what they import."""

    root: Path

    @functools.cached_property
    def modules(self) -> dict[str, Path]:
        """Return {dotted name from the root: file}; a package by its `__init__.py`."""
        found = {}
        for path in sorted(self.root.rglob("*.py")):
            parts = path.relative_to(self.root).with_suffix("").parts
            if parts[0].startswith("."):
                continue
            named = parts[:-1] if parts[-1] == "__init__" else parts
            found[".".join(named) or "__init__"] = path
        return found

    def name(self, path: Path) -> str:
        """Return the path of a file from the root."""
        return path.relative_to(self.root).as_posix()

    def below(self, folder: str) -> list[Path]:
        """Return the Python files of a folder and of the folders in it."""
        return sorted((self.root / folder).rglob("*.py"))

    def imports(self, path: Path) -> Iterator[str]:
        """Yield what a file imports anywhere in it, inside functions too.

        What is ours comes as `.` and a dotted name from the root (`.models.halves`),
        the rest by its own name (`odoo.tools`). A name that is imported from a module
        is given with it where it is a module itself.
        """
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                yield from (self._resolved(path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                module = self._absolute(path, node)
                for alias in node.names:
                    whole = self._resolved(path, f"{module}.{alias.name}")
                    known = whole[1:] in self.modules or module == "."
                    yield whole if known else self._resolved(path, module)

    def _absolute(self, path: Path, node: ast.ImportFrom) -> str:
        """Return the module of `from … import`; a relative one begins with `.`."""
        if not node.level:
            return node.module
        folder = path.relative_to(self.root).parts[: -node.level]
        return "." + ".".join([*folder, *filter(None, [node.module])])

    def _resolved(self, path: Path, name: str) -> str:
        """Return an imported name with a leading `.` where it is ours."""
        if name.startswith("."):
            return "." + name.strip(".")
        if name == ADDON or name.startswith(f"{ADDON}."):
            return "." + name[len(ADDON) :].strip(".")
        first = name.partition(".")[0]
        if first in STDLIB:
            return name
        folders = ["", *(f"{folder}/".replace("/", ".") for folder in PATH_FOLDERS)]
        for folder in folders:
            if f"{folder}{first}" in self.modules or self._is_folder(folder + first):
                return f".{folder}{name}"
        return name

    def _is_folder(self, dotted: str) -> bool:
        folder = self.root / dotted.replace(".", "/")
        return folder.is_dir() and any(folder.glob("*.py"))

    def module_of(self, imported: str) -> str | None:
        """Return the module of ours that an imported name is or lies in."""
        name = imported[1:] if imported.startswith(".") else ""
        while name and name not in self.modules:
            name = name.rpartition(".")[0]
        return name or None


def is_in(name: str, part: str) -> bool:
    """Tell whether the file `name` is the module `part` or lies in that folder."""
    return name == f"{part}.py" or name.startswith(f"{part}/")


def part_of(imported: str) -> str:
    """Return the first name of an import of ours: its folder or module in the root."""
    return imported[1:].partition(".")[0]


# === CHECKS === #


def foreign_imports(checkout: Checkout) -> list[str]:
    """Return the imports that `MAY_IMPORT` does not allow."""
    found = []
    for path in checkout.modules.values():
        name = checkout.name(path)
        fitting = [part for part in MAY_IMPORT if is_in(name, part)]
        if not fitting:
            continue
        part = max(fitting, key=len)
        allowed = MAY_IMPORT[part]
        for imported in sorted(set(checkout.imports(path))):
            if imported.startswith("."):
                inside = is_in(imported[1:].replace(".", "/") + "/", part)
                fine = inside or part_of(imported) in allowed.parts
            else:
                library = imported.partition(".")[0]
                fine = library in STDLIB or library in allowed.libraries
            if not fine:
                found.append(f"{name} imports {imported.lstrip('.')}")
    return found


def arrows_between_rooms(checkout: Checkout) -> list[str]:
    """Return the imports inside models/ that `ROOMS` does not allow."""
    found = []
    for path in checkout.below("models"):
        name = checkout.name(path)
        room = _room(name.removesuffix(".py").removesuffix("/__init__"))
        if room is None:
            if name not in {"models/__init__.py", *_shared_files()}:
                found.append(f"{name} is in no room")
            continue
        allowed = ROOMS[room] | {room}
        for imported in sorted(set(checkout.imports(path))):
            if not imported.startswith(".models"):
                continue
            target = imported[1:].replace(".", "/")
            shared = any(is_in(f"{target}/", file[:-3]) for file in _shared_files())
            fine = shared and room != "recognition/texts" or _room(target) in allowed
            if not fine:
                found.append(f"{name} ({room}) imports {imported[1:]}")
    return found


def _room(path: str) -> str | None:
    """Return the room of a path in models/, the innermost one."""
    inside = path.removeprefix("models/")
    fitting = [room for room in ROOMS if f"{inside}/".startswith(f"{room}/")]
    return max(fitting, key=len, default=None)


def _shared_files() -> set[str]:
    return {f"models/{name}.py" for name in SHARED_BY_ROOMS}


def circles(checkout: Checkout) -> list[str]:
    """Return a shortest circle of each group of modules that import each other."""
    graph = {}
    for name, path in checkout.modules.items():
        targets = {checkout.module_of(imported) for imported in checkout.imports(path)}
        graph[name] = sorted(targets - {None, name})
    found = []
    for group in _strong_components(graph):
        if len(group) > 1:
            circle = _shortest_circle(graph, group)
            rest = sorted(group - set(circle))
            more = f" (tangled with it: {', '.join(rest)})" if rest else ""
            found.append(" → ".join(circle) + more)
    return sorted(found)


def _strong_components(graph: dict[str, list[str]]) -> list[set[str]]:
    """Return the strongly connected components of a graph (Kosaraju's algorithm)."""
    backwards: dict[str, list[str]] = {name: [] for name in graph}
    for name, targets in graph.items():
        for target in targets:
            backwards[target].append(name)
    seen: set[str] = set()
    order: list[str] = []
    for name in graph:
        _visit(graph, name, seen, order)
    seen, found = set(), []
    for name in reversed(order):
        group: list[str] = []
        _visit(backwards, name, seen, group)
        if group:
            found.append(set(group))
    return found


def _visit(graph: dict, name: str, seen: set[str], done: list[str]) -> None:
    """Append to `done` what is reached from `name` and not yet seen, deepest first."""
    if name not in seen:
        seen.add(name)
        for target in graph[name]:
            _visit(graph, target, seen, done)
        done.append(name)


def _shortest_circle(graph: dict[str, list[str]], group: set[str]) -> list[str]:
    """Return the shortest way inside `group` from its first module back to it."""
    start = min(group)
    ways = [[start]]
    while True:
        ways = [
            [*way, target]
            for way in ways
            for target in graph[way[-1]]
            if target in group and target not in way[1:]
        ]
        for way in ways:
            if way[-1] == start:
                return way


def models_in_several_classes(checkout: Checkout) -> list[str]:
    """Return the models that more than one class of models/ and wizards/ declares."""
    classes: dict[str, list[str]] = {}
    for folder in ("models", "wizards"):
        for path in checkout.below(folder):
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.ClassDef) and (model := _model(node)):
                    place = f"{checkout.name(path)}:{node.lineno}"
                    classes.setdefault(model, []).append(place)
    return [
        f"{model} is declared in {len(places)} classes: {', '.join(places)}"
        for model, places in sorted(classes.items())
        if len(places) > 1
    ]


def _model(node: ast.ClassDef) -> str | None:
    """Return the model a class declares: its `_name`, else its first `_inherit`."""
    if not _odoo_base(node):
        return None
    values = {}
    for statement in node.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign):
            targets, value = [statement.target], statement.value
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id in ("_name", "_inherit"):
                values[target.id] = ast.literal_eval(value)
    named = values.get("_name") or values.get("_inherit")
    return named if isinstance(named, str) or not named else named[0]


def _odoo_base(node: ast.ClassDef) -> str | None:
    """Return which of Odoo's base classes a class has."""
    for base in node.bases:
        name = base.attr if isinstance(base, ast.Attribute) else None
        name = base.id if isinstance(base, ast.Name) else name
        if name in ODOO_BASES:
            return name
    return None


def wizards_in_models(checkout: Checkout) -> list[str]:
    """Return the transient models that are not in wizards/.

    pylint-odoo's `no-wizard-in-models` looks only into folders called `models`, and
    not into our rooms.
    """
    return [
        f"{checkout.name(path)}:{node.lineno} is a wizard"
        for path in checkout.below("models")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and _odoo_base(node) == "TransientModel"
    ]


def libraries_out_of_place(checkout: Checkout) -> list[str]:
    """Return where models/ and `ONLY_IN` differ about who uses a library."""
    found = []
    for library, files in ONLY_IN.items():
        users = {
            checkout.name(path)
            for path in checkout.below("models")
            if library in {name.partition(".")[0] for name in checkout.imports(path)}
        }
        found += [f"{name} imports {library}" for name in sorted(users - files)]
        found += [f"{name} no longer needs {library}" for name in sorted(files - users)]
    return found


def clients_out_of_place(checkout: Checkout) -> list[str]:
    """Return the files beside the connection's that build a client of the bank."""
    return [
        f"{checkout.name(path)} uses {', '.join(sorted(used))}"
        for folder in ("models", "wizards", "controllers")
        for path in checkout.below(folder)
        if (used := CLIENT_CLASSES & _names_used(path))
        and checkout.name(path) not in CLIENT_BUILDERS
    ]


def _names_used(path: Path) -> set[str]:
    """Return the names a file uses: variables, attributes, imports."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.name.rpartition(".")[2])
    return found


def tests_that_lean_on_tools(checkout: Checkout) -> list[str]:
    """Return the tests that import benchmarks, or dev without being its tests."""
    found = []
    for path in checkout.below("tests"):
        name = checkout.name(path)
        forbidden = {"benchmarks"} if name in TESTS_OF_DEV else {"benchmarks", "dev"}
        found += [
            f"{name} imports {imported[1:]}"
            for imported in sorted(set(checkout.imports(path)))
            if imported.startswith(".") and part_of(imported) in forbidden
        ]
    return found


CHECKS = (
    foreign_imports,
    arrows_between_rooms,
    circles,
    models_in_several_classes,
    wizards_in_models,
    libraries_out_of_place,
    clients_out_of_place,
    tests_that_lean_on_tools,
)
