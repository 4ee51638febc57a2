"""The studio: thresholds, a plan of one's own and scenarios; what they change this Friday, looking back and ahead."""

from toolkit.data.load import Data
from toolkit.parameters import Parameters
from toolkit.widgets.studio_model import StudioModel
from toolkit.widgets.studio_view import StudioView


def studio(data: Data, parameters: Parameters | None = None, language: str = "zh") -> StudioView:
    """The studio as a widget, for JupyterLab and Voila.

    data        from `load`; the last Friday with weekly data in it is looked at (`data.at(day)` for an earlier one)
    parameters  those in force, with which every change is compared; default: the method as written
    language    zh or en, of the beginning; the studio's own buttons switch it in place

    `studio.model` holds all of it as frames. Scenarios are saved in the working folder's parameters/scenarios. Raises
    InputError for an unknown language.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> view = studio(load("sample_data"))
    >>> view.model.thresholds.set("tiers.a.min_win_probability", 0.5)
    >>> view.model.table()["name"].tolist()[:3]
    ['baseline', 'as_set', 'a_line_55']
    """
    return StudioView(StudioModel(data, parameters), language)
