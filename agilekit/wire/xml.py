"""XML bodies -> plain Python data, the same as a JSON body would give.

The rules are those of Rails, which three of the services speak:

- ``type="integer"``, ``decimal``, ``float`` and ``boolean`` give numbers and truth values, times
  and dates stay text, as they are in JSON; ``nil="true"`` gives None, whatever the type.
- The same types may be written with a capital, and a number as ``type="yaml"``: ``--- 9``.
- ``type="array"`` gives a list of the children, of none, of one or of many.
- Dashes in names become underscores. Other attributes are keys beside the children, and beside
  ``#text`` if there is text.
- An element without type, children or text is the empty text.

`xml_builder` takes the shapes that the services send, in a third of the time, as it builds while it
reads. It leaves the whole of any other document to `xml_tree`, which knows every rule, and says
what is wrong.
"""

from __future__ import annotations

from agilekit.wire.xml_types import Document

__all__ = ["Document", "load"]


def load(body: bytes, *, most: int = 1 << 21) -> Document:
    """
    most: how many elements and attributes it may have.

    Raises ValueError if the body is not XML, or tries to be more than it seems.
    """
    try:
        # Loaded by the first document, as few clients ask for XML.
        from agilekit.wire import xml_builder, xml_tree
        from agilekit.wire.xml_guard import check_size
    except (OSError, ImportError) as error:  # such as for too many open files
        raise ValueError(f"what reads XML cannot be loaded: {error}") from None

    check_size(body, most)
    return xml_builder.load(body, most=most) or xml_tree.load(body, most=most)
