"""The map of the folders in .github/CONTRIBUTING.md, made from the first line of each `__init__`."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / ".github/CONTRIBUTING.md"
BLOCK = re.compile(r"(?<=<!-- map -->\n).*?(?=<!-- /map -->)", re.DOTALL)


def folder_map() -> str:
    """Every package of the program, indented by its depth, with its purpose."""
    lines = []
    for package in ("models", "connectors", "worker"):
        for path in sorted((ROOT / package).rglob("__init__.py")):
            folder = path.parent.relative_to(ROOT)
            purpose = (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0]
            lines.append(f"{'  ' * (len(folder.parts) - 1)}- `{folder.name}/`: {purpose}\n")
    return "".join(lines)


def written_map() -> str:
    """Read the map as the guide has it."""
    found = BLOCK.search(GUIDE.read_text())
    return found[0] if found else ""


if __name__ == "__main__":
    GUIDE.write_text(BLOCK.sub(lambda _: folder_map(), GUIDE.read_text()))
