"""The key-account toolkit: from a team's data to what Friday's review asks of its director.

>>> import toolkit as kat
>>> sorted(name for name in dir(kat) if not name.startswith("_"))
['Parameters', 'brief', 'campaign_board', 'chain_walk', 'deliver', 'desk', 'directing', 'drill_room',
 'drill_session', 'drill_timer', 'load', 'monthly', 'print_documents', 'record_session', 'review', 'roi_panel',
 'settings', 'show', 'studio', 'threshold_panel', 'war_room', 'what_if']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from toolkit.base.version import __version__ as __version__

if TYPE_CHECKING:
    from toolkit.data.load import load
    from toolkit.parameters import Parameters
    from toolkit.publish.deliver import deliver
    from toolkit.publish.document_page import print_documents
    from toolkit.publish.record_session import record_session
    from toolkit.publish.run_notebook import settings
    from toolkit.publish.show import show
    from toolkit.reports.brief import brief
    from toolkit.reports.drill_room import drill_room
    from toolkit.reports.monthly import monthly
    from toolkit.reports.review import review
    from toolkit.reports.what_if import what_if
    from toolkit.widgets.board import campaign_board
    from toolkit.widgets.chain_walk import chain_walk
    from toolkit.widgets.desk import desk
    from toolkit.widgets.directing import directing
    from toolkit.widgets.drill_session import drill_session
    from toolkit.widgets.drill_timer import drill_timer
    from toolkit.widgets.roi_panel import roi_panel
    from toolkit.widgets.studio import studio
    from toolkit.widgets.threshold_panel import threshold_panel
    from toolkit.widgets.war_room import war_room

__all__ = [
    "Parameters",
    "brief",
    "campaign_board",
    "chain_walk",
    "deliver",
    "desk",
    "directing",
    "drill_room",
    "drill_session",
    "drill_timer",
    "load",
    "monthly",
    "print_documents",
    "record_session",
    "review",
    "roi_panel",
    "settings",
    "show",
    "studio",
    "threshold_panel",
    "war_room",
    "what_if",
]

_HOMES = {
    "Parameters": "toolkit.parameters",
    "brief": "toolkit.reports.brief",
    "campaign_board": "toolkit.widgets.board",
    "chain_walk": "toolkit.widgets.chain_walk",
    "deliver": "toolkit.publish.deliver",
    "desk": "toolkit.widgets.desk",
    "directing": "toolkit.widgets.directing",
    "drill_room": "toolkit.reports.drill_room",
    "drill_session": "toolkit.widgets.drill_session",
    "drill_timer": "toolkit.widgets.drill_timer",
    "load": "toolkit.data.load",
    "monthly": "toolkit.reports.monthly",
    "print_documents": "toolkit.publish.document_page",
    "record_session": "toolkit.publish.record_session",
    "review": "toolkit.reports.review",
    "roi_panel": "toolkit.widgets.roi_panel",
    "settings": "toolkit.publish.run_notebook",
    "show": "toolkit.publish.show",
    "studio": "toolkit.widgets.studio",
    "threshold_panel": "toolkit.widgets.threshold_panel",
    "war_room": "toolkit.widgets.war_room",
    "what_if": "toolkit.reports.what_if",
}


def __getattr__(name: str) -> Any:
    """A public name, imported on first use, so that `import toolkit` itself stays fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'toolkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
