"""Documents and images from typst templates, and QR codes. Nothing but the template is read, no network is asked."""

from shared.documents.codes import qr_code
from shared.documents.typeset import packed, pdf, png

__all__ = ["packed", "pdf", "png", "qr_code"]
