"""The contract: every table that comes in, its columns, keys, ranges, references, and when it can be seen.

Readings, where the contract leaves something open:

- A column named `..._id` after another table's key refers to it, and so do `reports_to`, `other_id`, `mentor_id`,
  `approved_by` and `commitment_by`. `decided_by`, `moved_by`, `executive`, `verifier_id` and `caller_id` may name
  people outside the team: they are not checked.
- `seen_from` is the date from which a row can be known. A table without one is known from the start, but a row of it
  is out of sight while a row it refers to is. Planned dates (due_on, resume_on, expected_close_on) cut nothing.
- `Later(date, cells)`: on a day before `date` those cells, and the date itself, are blank. An account that closes later
  is active, and what it was signed for is not known yet: its weekly rows carry the expected amount.
- Requests: nothing drawn or approved counts as a fault for lying before the request, since overstepping is just that;
  answers and deliveries do.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from toolkit.data.columns import (
    Column,
    Later,
    Parent,
    Table,
    boolean,
    choice,
    date,
    fraction,
    friday,
    ident,
    integer,
    latitude,
    longitude,
    money,
    number,
    quarter,
    score,
    text,
    time,
)

NEEDED: Final = ("accounts", "account_weeks")
_STAGES: Final = (1, 6)
_DATUM: Final = ("wgs84", "gcj02", "bd09")


def _account(name: str = "account_id") -> Column:
    return ident(name, to="accounts")


def _industry() -> Column:
    return ident("industry_id", to="industries")


def _rep(name: str = "rep_id") -> Column:
    return ident(name, to="reps")


_TABLES: Final = (
    Table(
        "accounts",
        key=("account_id",),
        columns=(
            ident("account_id!"),
            text("account_name!"),
            _industry(),
            text("region"),
            choice("market_role!", "industry_benchmark", "regional_leader", "long_tail"),
            _rep("owner_id"),
            score("industry_influence"),
            score("technical_fit"),
            money("annual_potential"),
            date("opened_on!"),
            choice("status!", "active", "won", "lost", "dropped"),
            date("closed_on"),
            money("contract_amount"),
            date("expected_close_on"),
            latitude("latitude"),
            longitude("longitude"),
            choice("coordinate_system", *_DATUM),
            fraction("gross_margin", low=-1),
            fraction("growth", low=-1, high=2),
        ),
        seen_from="opened_on",
        later=(Later("closed_on", ("contract_amount",), (("status", "active"),)),),
        ends=(("opened_on", "closed_on"),),
    ),
    Table(
        "account_weeks",
        key=("week_ending", "account_id"),
        columns=(
            friday("week_ending!"),
            _account("account_id!"),
            fraction("win_probability!"),
            score("competitive_posture"),
            score("strategic_weight"),
            score("value_index"),
            money("resource_cost"),
            integer("decision_stage", *_STAGES),
            boolean("progress"),
            money("output_value"),
            money("contract_amount"),
            date("expected_close_on"),
        ),
        seen_from="week_ending",
        after=Parent("week_ending", "account_id", "accounts", "opened_on"),
    ),
    Table(
        "reps",
        key=("rep_id",),
        columns=(
            ident("rep_id!"),
            text("rep_name!"),
            text("team"),
            choice("role!", "rep", "manager", "director"),
            date("hired_on"),
            date("left_on"),
            money("quarterly_bonus"),
            _rep("mentor_id"),
        ),
        later=(Later("left_on"),),
        ends=(("hired_on", "left_on"),),
    ),
    Table(
        "bonuses",
        key=("rep_id", "quarter"),
        columns=(_rep("rep_id!"), quarter("quarter!"), money("amount")),
    ),
    Table(
        "targets",
        key=("quarter", "rep_id"),
        columns=(quarter("quarter!"), _rep(), money("amount!")),
    ),
    Table(
        "daily_reports",
        key=("report_id",),
        columns=(
            ident("report_id!"),
            date("report_date!"),
            _rep("rep_id!"),
            _account("account_id!"),
            integer("stage_before", *_STAGES),
            integer("stage_after", *_STAGES),
            integer("spiced_situation", 0, 3),
            integer("spiced_pain", 0, 3),
            integer("spiced_impact", 0, 3),
            integer("spiced_critical_event", 0, 3),
            integer("spiced_decision", 0, 3),
            integer("communications"),
            integer("competitor_mentions"),
            integer("new_key_contacts"),
            number("technical_hours", low=0, unit="hours"),
            money("price_concession"),
            number("labour_hours", low=0, unit="hours"),
            ident("request_id", to="resource_requests"),
            text("competitor"),
            text("competitor_person"),
            date("competitor_action_on"),
            text("competitor_strategy"),
            text("problem_tag"),
            text("note"),
        ),
        seen_from="report_date",
        parts=(("competitor_mentions", "communications"),),
    ),
    Table(
        "account_sites",
        key=("site_id",),
        columns=(
            ident("site_id!"),
            _account("account_id!"),
            latitude("latitude!"),
            longitude("longitude!"),
            choice("coordinate_system", *_DATUM),
            number("radius_m", low=0, unit="m"),
        ),
    ),
    Table(
        "visits",
        key=("visit_id",),
        columns=(
            ident("visit_id!"),
            ident("report_id", to="daily_reports"),
            _rep("rep_id!"),
            _account("account_id!"),
            ident("site_id", to="account_sites"),
            time("visited_at!"),
            time("device_at"),
            latitude("device_latitude"),
            longitude("device_longitude"),
            number("accuracy_m", low=0, unit="m"),
            choice("coordinate_system", *_DATUM),
            boolean("mock_location"),
            boolean("consent"),
        ),
        seen_from="visited_at",
    ),
    Table(
        "decision_makers",
        key=("person_id",),
        columns=(
            ident("person_id!"),
            _account("account_id!"),
            text("person_name!"),
            text("title"),
            choice("chain_role", "economic", "technical", "user", "procurement", "coach"),
            score("influence"),
            boolean("is_key"),
            integer("stance", -2, 2),
            ident("reports_to", to="decision_makers"),
            text("career"),
            text("decision_style"),
            text("interests"),
            text("source"),
            date("first_contacted_on"),
            date("last_contacted_on"),
            date("updated_on"),
        ),
        later=(Later("first_contacted_on"), Later("last_contacted_on"), Later("updated_on")),
        ends=(("first_contacted_on", "last_contacted_on"),),
    ),
    Table(
        "relationships",
        key=("person_id", "other_id"),
        columns=(
            ident("person_id!", to="decision_makers"),
            ident("other_id!", to="decision_makers"),
            number("strength", low=0),
        ),
    ),
    Table(
        "contacts",
        key=("person_id", "rep_id", "contacted_on"),
        columns=(ident("person_id!", to="decision_makers"), _rep("rep_id!"), date("contacted_on!")),
        seen_from="contacted_on",
    ),
    Table(
        "executive_moves",
        key=("move_id",),
        columns=(
            ident("move_id!"),
            date("announced_on!"),
            text("person_name!"),
            text("from_company"),
            text("from_title"),
            text("to_company"),
            text("to_title"),
            _industry(),
            text("source"),
        ),
        seen_from="announced_on",
    ),
    Table(
        "resource_requests",
        key=("request_id",),
        columns=(
            ident("request_id!"),
            _rep("rep_id!"),
            _account("account_id!"),
            choice("kind!", "technical", "price", "executive"),
            time("requested_at!"),
            fraction("price_change", low=-1),
            choice("executive_level", "manager", "director"),
            choice("decision", "approved", "rejected", "withdrawn"),
            _rep("approved_by"),
            time("approved_at"),
            fraction("price_granted", low=-1),
            time("responded_at"),
            time("delivered_at"),
            time("drawn_at"),
            fraction("price_drawn", low=-1),
            choice("drawn_level", "manager", "director"),
            integer("doubts_raised"),
            integer("doubts_resolved"),
            integer("stage_at_request", *_STAGES),
            date("stage_advanced_on"),
            date("commitment_on"),
            ident("commitment_by", to="decision_makers"),
        ),
        seen_from="requested_at",
        later=(
            Later("approved_at", ("decision", "approved_by", "price_granted")),
            Later("responded_at"),
            Later("delivered_at", ("doubts_raised", "doubts_resolved")),
            Later("drawn_at", ("price_drawn", "drawn_level")),
            Later("stage_advanced_on"),
            Later("commitment_on", ("commitment_by",)),
        ),
        ends=(
            ("requested_at", "responded_at"),
            ("requested_at", "delivered_at"),
            ("requested_at", "stage_advanced_on"),
            ("requested_at", "commitment_on"),
        ),
        parts=(("doubts_resolved", "doubts_raised"),),
    ),
    Table(
        "executive_orders",
        key=("order_id",),
        columns=(
            ident("order_id!"),
            date("signed_on!"),
            _account("account_id!"),
            text("executive!"),
            text("purpose!"),
            date("due_on"),
            text("commitment"),
        ),
        seen_from="signed_on",
        ends=(("signed_on", "due_on"),),
    ),
    Table(
        "verifications",
        key=("verification_id",),
        columns=(
            ident("verification_id!"),
            date("verified_on!"),
            ident("verifier_id!"),
            _account("account_id!"),
            choice("kind!", "decision_chain", "visit", "competitor", "progress"),
            ident("report_id", to="daily_reports"),
            ident("person_id", to="decision_makers"),
            text("fact"),
            choice("result!", "confirmed", "contradicted", "unclear"),
        ),
        seen_from="verified_on",
    ),
    Table(
        "callbacks",
        key=("callback_id",),
        columns=(
            ident("callback_id!"),
            _account("account_id!"),
            date("called_on!"),
            ident("caller_id!"),
            boolean("stage_confirmed"),
            boolean("competitor_confirmed"),
            text("note"),
        ),
        seen_from="called_on",
    ),
    Table(
        "competitor_intel",
        key=("intel_id",),
        columns=(
            ident("intel_id!"),
            date("observed_on!"),
            text("competitor!"),
            _account(),
            _industry(),
            text("move"),
            text("source"),
        ),
        seen_from="observed_on",
    ),
    Table(
        "industries",
        key=("industry_id",),
        columns=(
            ident("industry_id!"),
            text("industry_name!"),
            money("market_capacity!"),
            fraction("competitive_whitespace!"),
        ),
    ),
    Table(
        "campaigns",
        key=("campaign_id",),
        columns=(
            ident("campaign_id!"),
            text("campaign_name!"),
            _industry(),
            _account(),
            text("board_column!"),
            fraction("progress"),
            _rep("owner_id"),
            date("due_on"),
            time("updated_at"),
        ),
        later=(Later("updated_at", ("progress",)),),
    ),
    Table(
        "campaign_moves",
        key=("move_id",),
        columns=(
            ident("move_id!"),
            ident("campaign_id!", to="campaigns"),
            time("moved_at!"),
            text("from_column"),
            text("to_column!"),
            text("moved_by"),
        ),
        seen_from="moved_at",
    ),
    Table(
        "playbooks",
        key=("playbook_id", "version"),
        columns=(
            ident("playbook_id!"),
            ident("version!"),
            choice(
                "kind!", "industry_handbook", "visit_sand_table", "request_guide", "industry_sand_table"
            ),
            text("title!"),
            _industry(),
            _rep("owner_id"),
            date("updated_on!"),
        ),
        seen_from="updated_on",
    ),
    Table(
        "handouts",
        key=("handout_id",),
        columns=(ident("handout_id!"), date("given_on!"), text("kind!"), _account(), _rep()),
        seen_from="given_on",
    ),
    Table(
        "directives",
        key=("directive_id",),
        columns=(
            ident("directive_id!"),
            ident("report_id!", to="daily_reports"),
            date("given_on!"),
            integer("number!", 1, 3),
            text("text!"),
            _rep("owner_id"),
            date("due_on"),
            choice("followed", "yes", "no", "open"),
        ),
        seen_from="given_on",
        ends=(("given_on", "due_on"),),
    ),
    Table(
        "sessions",
        key=("session_id",),
        columns=(
            ident("session_id!"),
            choice("kind!", "drill", "three_prism", "training", "loss_review", "capability_test"),
            time("held_at!"),
            _account(),
            ident("loss_id", to="losses"),
            text("problem_tag"),
            ident("playbook_id", to="playbooks"),
            ident("playbook_version"),
            text("topic"),
            text("outcome"),
            text("conclusion_customer"),
            text("conclusion_competitor"),
            text("conclusion_ourselves"),
        ),
        seen_from="held_at",
    ),
    Table(
        "session_obstacles",
        key=("session_id", "number"),
        columns=(
            ident("session_id!", to="sessions"),
            integer("number!", 1),
            text("obstacle!"),
            _rep(),
            boolean("handled"),
        ),
    ),
    Table(
        "losses",
        key=("loss_id",),
        columns=(ident("loss_id!"), _account("account_id!"), time("lost_at!"), text("competitor")),
        seen_from="lost_at",
    ),
    Table(
        "problems",
        key=("problem_tag", "opened_on"),
        columns=(
            text("problem_tag!"),
            date("opened_on!"),
            date("closed_on"),
            _rep("owner_id"),
            text("root_cause"),
        ),
        seen_from="opened_on",
        later=(Later("closed_on", ("root_cause",)),),
        ends=(("opened_on", "closed_on"),),
    ),
    Table(
        "achievements",
        key=("achievement_id",),
        columns=(
            ident("achievement_id!"),
            _rep("rep_id!"),
            choice(
                "kind!",
                "b_cycle_alone",
                "a_won",
                "tactic_published",
                "objection_handled",
                "breakpoint_solved",
                "strategic_won_alone",
            ),
            date("achieved_on!"),
            _account(),
            number("quantity", low=0),
        ),
        seen_from="achieved_on",
    ),
    Table(
        "self_checks",
        key=("check_id",),
        columns=(
            ident("check_id!"),
            date("done_on!"),
            text("item!"),
            integer("count"),
            text("evidence"),
        ),
        seen_from="done_on",
    ),
    Table(
        "decisions",
        key=("decision_id",),
        columns=(
            ident("decision_id!"),
            ident("action_id!"),
            date("decided_on!"),
            text("decided_by!"),
            choice("verdict!", "done", "confirmed", "waived", "snoozed"),
            text("reason"),
            date("resume_on"),
        ),
        seen_from="decided_on",
        ends=(("decided_on", "resume_on"),),
    ),
)

TABLES: Final[Mapping[str, Table]] = MappingProxyType({table.name: table for table in _TABLES})


def by_reference() -> tuple[Table, ...]:
    """All tables in an order in which what a row refers to comes before it (a table's reference to itself aside).

    Examples
    --------
    >>> [table.name for table in by_reference()][:3]
    ['industries', 'reps', 'accounts']
    """
    ordered: dict[str, Table] = {}

    def visit(table: Table) -> None:
        if table.name not in ordered:
            for column in table.references():
                if column.refers_to != table.name:
                    visit(TABLES[column.refers_to])
            ordered[table.name] = table

    for table in _TABLES:
        visit(table)
    return tuple(ordered.values())
