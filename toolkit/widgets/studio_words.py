"""What the studio says: its sentences in one language, names of scenarios, days. No HTML but a refusal's card."""

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from toolkit.language import say
from toolkit.whatif.forecast import MY_PLAN
from toolkit.whatif.scenario import BASELINE
from toolkit.widgets.studio_shelf import AS_SET
from toolkit.widgets.threshold_words import ThresholdWords

if TYPE_CHECKING:
    from toolkit.widgets.studio_model import StudioModel


class Words(ThresholdWords):
    """The studio's sentences about what it is set to, in one language."""

    def __init__(self, studio: "StudioModel", language: str) -> None:
        super().__init__(studio.outcome, language)
        self.studio = studio

    def __call__(self, key: str, **arguments: Any) -> str:
        """The studio's sentence `key`."""
        return say(f"studio.{key}", self.language, **arguments)

    def scenario(self, name: str) -> str:
        """What a scenario is called: one on file, the settings, one's own plan, the parameters in force."""
        titles = {scenario.name: scenario.title[self.language] for scenario in self.studio.shelf.scenarios}
        own = {BASELINE: "ahead.in_force", AS_SET: "as_set", MY_PLAN: "plan.title"}
        return self(own[name]) if name in own else titles.get(name, name)

    @property
    def first_resource(self) -> str:
        """What the first resource is called, inside a sentence."""
        name = self.resource(self.outcome.after.parameters.resources[0].name)
        return name if self.language == "zh" else name.lower() if name[1:].islower() else name


def say_day(day: Any, language: str) -> str:
    """A day as people write it."""
    return say("studio.day", language, day=day)


def problem_of(title: str, text: str) -> Markup:
    """What went wrong, in words."""
    return Markup('<div class="problem" role="alert"><b>{}</b><p>{}</p></div>').format(title, text)
