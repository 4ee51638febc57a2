"""The same weeks in SimPy and in Mesa: the plain loop's accounts and team, driven by each library as its manual would.

SimPy: a process an account, one for the director who decides when everybody has reported. Mesa: an agent an account,
a model whose step is the week. Both give the plain loop's path exactly.
"""

from collections.abc import Generator
from typing import Any

import mesa
import simpy

from benchmarks.plain_loop import Account, Team
from toolkit.parameters import Parameters
from toolkit.whatif.dynamics import Dynamics
from toolkit.whatif.simulate import Start

_NOON = 0.5  # of a week: the director decides after the reports


class Office:
    """One path in SimPy: who has reported this week, and the decision that they wait for."""

    def __init__(self, team: Team, drawn: list[Any]) -> None:
        self.env = simpy.Environment()
        self.team, self.drawn = team, drawn
        self.reported: list[Account] = []
        self.decided = self.env.event()
        for account in team.accounts:
            self.env.process(self.account(account))
        self.env.process(self.director())

    def account(self, account: Account) -> Generator[Any, Any, None]:
        """Report, wait for the decision, work; until closed."""
        yield self.env.timeout(max(account.opens_in - 1, 0))
        account.open = True
        while account.open:
            report, *rest = self.drawn[int(self.env.now)][account.number]
            account.report(report, self.team.d)
            self.reported.append(account)
            shares = yield self.decided
            account.work(self.team.even * shares.get(account.number, 0.0), tuple(rest), self.team.d)
            yield self.env.timeout(_NOON)

    def director(self) -> Generator[Any, Any, None]:
        """Decide at noon, count in the evening."""
        for week in range(1, len(self.drawn) + 1):
            yield self.env.timeout(_NOON)
            here = sorted(self.reported, key=lambda account: account.number)
            self.reported = []
            waiting, self.decided = self.decided, self.env.event()
            waiting.succeed(self.team.decide(week, here))
            yield self.env.timeout(_NOON / 2)
            self.team.settle()
            yield self.env.timeout(_NOON / 2)


class AccountAgent(mesa.Agent):
    """An account in Mesa."""

    def __init__(self, model: "Weeks", account: Account) -> None:
        super().__init__(model)
        self.account = account

    def report(self) -> None:
        """This Friday's report."""
        self.account.report(self.model.today[self.account.number][0], self.model.team.d)

    def work(self) -> None:
        """The week's effort and what comes of it."""
        x = self.model.team.even * self.model.shares.get(self.account.number, 0.0)
        self.account.work(x, self.model.today[self.account.number][1:], self.model.team.d)


class Weeks(mesa.Model):
    """One path in Mesa: a step is a week."""

    def __init__(self, team: Team, drawn: list[Any]) -> None:
        super().__init__()
        self.team, self.drawn, self.week = team, drawn, 0
        self.today: Any = None
        self.shares: dict[int, float] = {}
        for account in team.accounts:
            AccountAgent(self, account)

    def step(self) -> None:
        """A week: reports, the decision, the work."""
        self.today, self.week = self.drawn[self.week], self.week + 1
        here = self.team.active(self.week)
        open_now = self.agents.select(lambda agent: agent.account.open)
        open_now.do("report")
        self.shares = self.team.decide(self.week, here)
        open_now.do("work")
        self.team.settle()


def by_simpy(start: Start, dynamics: Dynamics, parameters: Parameters, drawn: list[Any]) -> Team:
    """One path in SimPy."""
    team = Team(start, dynamics, parameters)
    Office(team, drawn).env.run(until=len(drawn))
    return team


def by_mesa(start: Start, dynamics: Dynamics, parameters: Parameters, drawn: list[Any]) -> Team:
    """One path in Mesa."""
    team = Team(start, dynamics, parameters)
    model = Weeks(team, drawn)
    for _ in drawn:
        model.step()
    return team
