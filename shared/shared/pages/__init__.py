"""
Pages for people: one layout, one set of components, one look for all services. `docs/pages.md` says how to add one.

A service's pages stand in its package `pages`: routes on a `router()`, `templates/`, `translations/`.
"""

from shared.pages.forms import Fault, Form, faults_of
from shared.pages.rendering import render, site_of
from shared.pages.routing import changing, reading, redirect, router
from shared.pages.site import install
from shared.pages.visitors import Visitor, begin_session, end_session, only_for

__all__ = [
    "Fault",
    "Form",
    "Visitor",
    "begin_session",
    "changing",
    "end_session",
    "faults_of",
    "install",
    "only_for",
    "reading",
    "redirect",
    "render",
    "router",
    "site_of",
]
