"""Text in pieces of so many bytes: WeCom counts UTF-8, in which a Chinese character is three."""

from collections.abc import Iterator


def pieces(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` bytes of UTF-8: by whole lines; a longer line between two characters.

    Joined again by line ends they are the text, but for the ends that were put into longer lines. Raises ValueError
    where not even one character would fit.

    Examples
    --------
    >>> pieces("目标6000万\\n已签2850万\\n缺口1010万", 30)
    ['目标6000万\\n已签2850万', '缺口1010万']
    >>> pieces("缺口在扩大", 6)
    ['缺口', '在扩', '大']
    """
    if most < 4:
        raise ValueError(f"pieces of {most} bytes do not hold every character")
    found: list[str] = []
    for line in text.split("\n"):
        for part in _parts(line, most):
            joined = f"{found[-1]}\n{part}" if found else part
            if found and len(joined.encode()) <= most:
                found[-1] = joined
            else:
                found.append(part)
    return found


def _parts(line: str, most: int) -> Iterator[str]:
    """A line in parts of at most `most` bytes; no character is cut."""
    raw = line.encode()
    while len(raw) > most:
        end = most
        while raw[end] & 0xC0 == 0x80:  # inside a character
            end -= 1
        yield raw[:end].decode()
        raw = raw[end:]
    yield raw.decode()
