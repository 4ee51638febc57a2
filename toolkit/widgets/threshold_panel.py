"""The threshold panel: sliders for S1-S3 and S6; who would move and what the allocation becomes, at once."""

from toolkit.data.load import Data
from toolkit.parameters import Parameters
from toolkit.widgets.threshold_model import ThresholdModel
from toolkit.widgets.threshold_view import ThresholdView


def threshold_panel(data: Data, parameters: Parameters | None = None, language: str = "zh") -> ThresholdView:
    """The panel as a widget, for JupyterLab and Voila.

    data        from `load`; the last Friday with weekly data in it is looked at (`data.at(day)` for an earlier one)
    parameters  those in force, with which every change is compared; default: the method as written
    language    zh or en, of the beginning; the panel's own buttons switch it in place

    `panel.model.outcome` holds what it shows as frames, `panel.model.export()` the changed parameters as YAML.
    Raises InputError for an unknown language.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> panel = threshold_panel(load("sample_data"))
    >>> panel.model.set("tiers.a.min_win_probability", 0.55)
    >>> sorted(panel.model.changes)
    ['tiers.a.min_win_probability']
    """
    return ThresholdView(ThresholdModel(data, parameters), language)
