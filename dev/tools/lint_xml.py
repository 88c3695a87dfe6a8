"""Check that every XML file is well-formed."""

from lxml import etree

from .paths import CHECKOUT


def xml() -> list[str]:
    """Return the XML files that are not well-formed, with the parser's message."""
    found = []
    for path in sorted(CHECKOUT.rglob("*.xml")):
        try:
            etree.parse(path)
        except etree.XMLSyntaxError as error:
            found.append(f"{path.relative_to(CHECKOUT)}: {error}")
    return found
