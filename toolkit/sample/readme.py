"""The README of the sample folder: its stories, with the ids as they came out."""

from __future__ import annotations

import re

import pandas as pd

TEXT = """\
# The sample: 26 weeks of an invented team

Every table of the data contract, made by one seeded process (`python -m toolkit.sample sample_data` writes this
folder again, byte for byte). All people, companies and figures are invented. The data end on Friday 20 November 2026,
as known that evening; only due dates and expected dates lie later. `planted.csv` lists where each rule of the
method has a case to find; no rule reads it.

The team: {reps} reps, two managers (高远山, 林岚), one director (顾明川), {active} active accounts in 8 industries,
{closed} more that were won ({won}), lost ({lost}) or dropped ({dropped}) on the way. When one closes, the next one takes
its place. Reports come on working days of the Chinese calendar, two a rep: none from 1 to 7 October, but some on the
make-up days, 20 September and 10 October.

## What a reader should notice on the last Friday

**The quarter.** The target is 60 million CNY, {signed} million are signed. [[中原重工]] was expected in mid-December and
now in late January; with the loss of [[凤鸣新材]] on 17 November, that widens the gap.

**A decision today.** 张伟 asked on Thursday at 17:05 for 12 % off at [[中原重工]]. It is a B account (8 %), a price request
is answered within 24 hours, and the industry heard on Monday that 远东重机 quotes 9 % less. The daily reports of that
week say that no competitor moved.

**Up and down.** [[长三角轨交]] passes the 60 line (58 to 63 %) and becomes A, a late jump worth a question. [[北辰航空]]
falls below it (61 to 57 %). [[苏北化工]] comes up from C: 20 % four weeks ago, 34 % now. [[晋北煤机]] falls under 30 %.
[[华东电气股份]] has not moved for two weeks and is demoted; [[岱宗制药]] was, on 6 November, and came back a week later.
[[海港机械]] stands at 64 % and stays B, since a regional leader cannot be A. [[燕山仪表]] has the probability and the role
of an A account but no strategic weight: it cannot be judged.

**On watch, two Fridays running.** [[湘江冶金]], posture 28, then 26. [[太行轴承]], whose engineers' hours are far beyond its
worth; it also got two price floats of 5 % in one quarter, where a B account may have 8.

**Standing still.** [[南方管网]]: the purchasing director was met on 11 November, the finance director is out of reach, nine
days by now; its weekly row of 13 November is missing. [[金陵电气]] rests while the customer's works are overhauled: the
director has snoozed it.

**Where the resources go.** A accounts get less than half of what the 70/30 rule gives them. Most of what leaks into C goes
to the accounts of 李娜 ([[皖南建材机械]], [[赣南矿机]], [[宁海纺机]]), friendly customers who like to see engineers. On three days
of the October trade fair (27 to 29) the reps saw fewer and fewer accounts while she took more and more engineers along:
resource efficiency fell by more than 10 % a day, a red alert. On 19 and 20 November it starts again: two of three days.

**Can the data be trusted?** 孙倩 and 郑浩 write 30 to 32 % where 27 would be honest ([[镜湖仓配]], [[白鹤物流]], [[辽滨石化]],
[[丹桂制药]], [[云峰生物]]), and 孙倩 does the same at the 60 line with [[云帆物流]], which is an A account for that reason alone.
Their reports now and then claim a contact or a stage that nobody else can confirm. 赵敏 reports that she met the chief
engineer of [[江海船舶]] on 17 November; two days later his office tells the director that nobody came. The visit of 刘洋 to
[[川渝冷链]] on 18 November, 14:00, has the telephone 23 km away.

**Who has not written.** 孙倩 sent no weekly rows this Friday. [[滇池生物]] is missing for the second Friday running,
[[闽江光电]] for the fifth, so that it is stale. One or two rows are missing every week.

**Who needs a hand.** 张伟 knows a single person at each of two A accounts, [[天枢储能]] and [[东港重机]]. 周凯 is in his second
month and handles fewer objections than the two a day; 郑浩, hired in August, missed one week's breakpoint. 马超 won
[[玉门重装]] as lead in his sixth month. 吴桐 won two A accounts within a year, [[蓝湾海缆]] and [[海宁晶材]], and has
published three tactics.

**Patience.** [[西域风能]] is an A account without any order; that is allowed for 13 weeks as long as somebody else than
its rep verifies the chain every week, which nobody has done since the week of 30 October.

**What is owed.** One callback of three in November, no executive support order this week, no loss review of [[凤鸣新材]]
yet, a handbook of the second quarter for heavy machinery, a technical request for [[楚天光缆]] unanswered since Monday.

## How it was made

Reps share their visits by what accounts promise; engineers' hours and concessions follow. A visit may open the door to
the next person of the decision chain, win support, or find out one more SPICED answer; competitors' pushes undo some of
it. On its own day a customer decides by vote, so that the true chance is known to the process, while the weekly rows
hold the reps' belief: late, a little rosy, and sometimes pushed. Costs in the weekly rows are the sum of the week's reports.
Concessions in the reports are small favours (freight, samples, terms); price floats stand in the requests. Strategic weight
and value index are given, except for a few accounts whose scores are left to be computed.

`toolkit.sample.make(seed=…)` makes other teams, `make(accounts=20000, reps=4000, weeks=50, detail=False)` a million
account-weeks, without the stories.
"""


def readme(tables: dict[str, pd.DataFrame]) -> str:
    """The README's text; `[[name]]` becomes the name with its account id.

    Raises KeyError when the text names an account that the tables lack.
    """
    accounts = tables["accounts"]
    ids = dict(zip(accounts["account_name"], accounts["account_id"], strict=True))
    counts = accounts["status"].value_counts()
    quarter = (accounts["status"] == "won") & (accounts["closed_on"] >= pd.Timestamp("2026-10-01"))
    text = TEXT.replace("{signed}", f"{accounts.loc[quarter, 'contract_amount'].sum() / 1e6:.1f}")
    values = {
        "reps": (tables["reps"]["role"] == "rep").sum(),
        "active": counts["active"],
        "won": counts["won"],
        "lost": counts["lost"],
        "dropped": counts["dropped"],
        "closed": len(accounts) - counts["active"],
    }
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return re.sub(r"\[\[(.+?)\]\]", lambda match: f"{match[1]} ({ids[match[1]]})", text)
