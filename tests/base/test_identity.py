"""Who is working: users by the hash of their key."""

import pytest

from toolkit.base.identity import BadUsers, User, digest, users, whose


def file(tmp_path, text):
    place = tmp_path / "users.yaml"
    place.write_text(text, "utf-8")
    return place


ZHANG = f"users:\n  - {{name: 张伟, role: rep, rep_id: R01, key_sha256: {digest('k1')}}}\n"


def test_a_key_is_its_users_and_no_other_key_is_anybodys(tmp_path):
    known = users(file(tmp_path, ZHANG))
    assert whose("k1", known) == User("张伟", "rep", "R01")
    assert whose("k2", known) is None and whose("", known) is None and whose(digest("k1"), known) is None


@pytest.mark.parametrize(
    "text",
    ["", "users: 3", "users:\n  - {name: x}", ZHANG.replace("role: rep", "role: king"),
     ZHANG.replace("rep_id: R01, ", ""), ZHANG + ZHANG.removeprefix("users:\n"), ZHANG.replace(digest("k1"), "abc")],
)  # fmt: skip
def test_a_file_that_cannot_be_trusted_is_refused(tmp_path, text):
    with pytest.raises(BadUsers):
        users(file(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadUsers):
        users(tmp_path / "none.yaml")
