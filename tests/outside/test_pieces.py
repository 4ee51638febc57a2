"""Text in pieces of so many bytes: nothing lost, nothing too long, no character cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.outside.pieces import pieces


def test_whole_lines_stay_together_as_long_as_they_fit():
    # 目标 is 6 bytes; two lines of 6 with the line end between them are 13
    assert pieces("目标\n缺口\n加权", 13) == ["目标\n缺口", "加权"]
    assert pieces("目标\n缺口\n加权", 12) == ["目标", "缺口", "加权"]


def test_a_text_that_fits_is_one_piece():
    assert pieces("a" * 2048, 2048) == ["a" * 2048]
    assert pieces("", 2048) == [""]


def test_a_line_longer_than_a_piece_is_cut_between_characters():
    assert pieces("缺口在扩大", 7) == ["缺口", "在扩", "大"]
    assert pieces("a😀b", 4) == ["a", "😀", "b"]


def test_a_piece_that_holds_no_character_is_refused():
    with pytest.raises(ValueError, match="3 bytes"):
        pieces("目", 3)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300), most=st.integers(4, 60))
def test_pieces_fit_and_together_are_the_text(text, most):
    found = pieces(text, most)
    assert all(len(piece.encode()) <= most for piece in found)
    assert "".join(found).replace("\n", "") == text.replace("\n", "")
    if all(len(line.encode()) <= most for line in text.split("\n")):
        assert "\n".join(found) == text
