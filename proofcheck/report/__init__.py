"""The certificate report: LaTeX and PDF that a referee can read and re-check.

The verdict in a report is the kernel's answer at the time of printing; it is never read from a file.
Jinja2 is imported in this package only.
"""

from .compile import write
from .document import render

__all__ = ["render", "write"]
