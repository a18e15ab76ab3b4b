"""Pictures: pure functions from numbers to SVG markup, shared by the report and the web pages.

Colours and strokes come from ``pictures.css`` (see `style`), so that a picture is light, dark or
black on white as the page around it is. Every picture is one ``svg`` with a title that says the
finding and a description for screen readers; the page puts a table beside it. Pictures over
sessions are a group whose sessions answer to focus and pointer (see `columns`); the small ones are
one image.
"""

from importlib.resources import files


def style() -> str:
    """The style sheet that the pictures need: colours as custom properties, marks, print.

    >>> "--client" in style()
    True
    """
    return files(__package__).joinpath("pictures.css").read_text("utf-8")
