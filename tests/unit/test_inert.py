"""Nothing that the coach says is a link, a picture or a tag, whatever people wrote."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain.suggestions import Item
from coach.language.unseen import visible
from coach.rules.inert import inert, inert_item
from tests.markup import active_in
from tests.unit.building import note, reading

_ACTIVE = [
    ("Read https://example.org/a?b=1.", "Read example[.]org/a?b=1."),
    ("HTTPS://EXAMPLE.ORG/A", "EXAMPLE[.]ORG/A"),
    ('see [the deck](https://example.org/d "t")', "see the deck (example[.]org/d)"),
    ("see <https://example.org/d>", "see example[.]org/d"),
    ("![open](https://px.example/o.gif?u=maya)", "open (px[.]example/o.gif?u=maya)"),
    ("[a]: https://example.org\n\n[a]", "[a] : example[.]org\n\n[a]"),
    ("maya@example.org", "maya@example[.]org"),
    ("mailto:maya@example.org?body=secret", "mailto[:]maya@example[.]org?body=secret"),
    ("look at zeit.de/x and www.heise.de", "look at zeit[.]de/x and www[.]heise[.]de"),
    ("http://root:pw@10.0.0.1:8000/x", "10[.]0[.]0[.]1:8000/x"),
    ("//example.org/x", "//example[.]org/x"),
    ("slack://channel?id=1", "slack[:]//channel?id=1"),
    ("javascript:alert(1)", "javascript[:]alert(1)"),
    ("data:text/html,hello", "data[:]text/html,hello"),
    ("siehe отчёт.рф.", "siehe отчёт[.]рф."),
    ("ОТЧЁТ.РФ/план", "ОТЧЁТ[.]РФ/план"),
    ("a.xn--e1afmkfd.xn--p1ai/x", "a[.]xn--e1afmkfd[.]xn--p1ai/x"),
    ("evil.COM and Evil.Com", "evil[.]COM and Evil[.]Com"),
    ("€.com, a$.com, 👩.рф, ~.com", "€[.]com, a$[.]com, 👩[.]рф, ~[.]com"),
    ("evil.bz, evil.web", "evil[.]bz, evil[.]web"),
    ("a <b>bold</b> word", "a bold word"),
    ("<img src=x onerror=alert(1)>here", "here"),
    ("<!-- hidden --> seen", " seen"),
    ("<!channel> <@U12>", "‹!channel› ‹@U12›"),
    ("a\u200bb \u202egnp.exe\u202c", "ab gnp.exe"),
    ("\x1b[31mred\x1b[0m \x1b]8;;https://example.org\x07link\x1b]8;;\x07", "red link"),
]
_ACTIVE_ELSEWHERE = [
    (r"\\server\share", r"\server\share"),
    ("<img src=x onerror=alert(1)", "‹img src=x onerror=alert(1)"),
    ("&lt;script&gt;alert(1)&lt;/script&gt;", "alert(1)"),
    ("http&#58;//example.org", "example[.]org"),
    ("例え.中国, डेटा.भारत, x.ไทย, مثال.إختبار", "例え[.]中国, डेटा[.]भारत, x[.]ไทย, مثال[.]إختبار"),
    ("x.vermögensberatung", "x[.]vermögensberatung"),
    ("9\u200d9 #\u200d👩 0\ufe0f1\ufe0e", "99 #👩 01"),
    ("👩\u200d9 ❤\ufe0f\ufe0f\ufe0e", "👩9 ❤\ufe0f"),
    ("a\u2800b\U0001d173c\U0001d17ad\U0001bca0e\U0001bca3f\U00013430", "abcdef"),
]
_PLAIN = [
    "Maya will send the budget deck by Friday, e.g. as a PDF.",
    "[what it did to you]. [what you would like instead].",
    "We rated it 7.1 of 10; that is > 5 and < 8. I <3 it.",
    "Use List‹String› in C++ & R&D, 3*4 = 12, #1, 50 %, _so_.",
    "z.B. das, i.d.R. um 10:30, Tel:+47 22 33",
    "👩\u200d👩\u200d👧 ❤️ می\u200cخواهم",
    "1\ufe0f\u20e3 #\ufe0f\u20e3 🏳\ufe0f\u200d🌈 ❤\ufe0f\u200d🔥 👩🏽\u200d💻",
    "Das ist das Ende.Übermorgen mehr. C'est la fin.Été compris. Una prueba.Ñandú. Slutt.Øvelse.",
    "例え。中国 т.е. 3.5万 v1.2",
]


@pytest.mark.parametrize(("written", "told"), _ACTIVE)
def test_what_a_client_would_render_or_fetch_is_told_inert(written: str, told: str) -> None:
    assert active_in(written)
    assert inert(written) == told
    assert active_in(told) == []


@pytest.mark.parametrize(("written", "told"), _ACTIVE_ELSEWHERE)
def test_what_other_clients_may_take_for_more_than_words_is_told_inert(written: str, told: str) -> None:
    assert inert(written) == told


@pytest.mark.parametrize("words", _PLAIN)
def test_words_without_markup_stay_as_they_are(words: str) -> None:
    assert inert(words) == words


_NESTED: list[Callable[[int], str]] = [
    lambda deep: f"&{'amp;' * deep}lt;img src=//evil.com/p.png&{'amp;' * deep}gt;",
    lambda deep: f"[x]&{'amp;' * deep}#40;https&{'amp;' * deep}#58;//evil.com)",
    lambda deep: f"{'ht' * deep}http://{'tp://' * deep}evil.com/x",
    lambda deep: f"{'<im' * deep}<img src=//evil.com/p.png>{'g src=//evil.com/p.png>' * deep}",
    lambda deep: f"{'ja<b' * deep}javascript:alert(1){'>' * deep}",
    lambda deep: f"{'[' * deep}x{'](https://evil.com)' * deep}",
    lambda deep: f"https{'<!-- ' * deep}-->{' -->' * deep}://evil.com",
]


@pytest.mark.parametrize("nested", _NESTED)
@pytest.mark.parametrize("deep", [7, 8, 9, 12, 40])
def test_however_deep_it_is_nested_it_is_told_inert(nested: Callable[[int], str], deep: int) -> None:
    told = inert(nested(deep))
    assert active_in(told) == []
    assert inert(told) == told


_PIECES = [
    *(written for written, _ in (*_ACTIVE, *_ACTIVE_ELSEWHERE)),
    *(
        "[",
        "]",
        "(",
        ")",
        "](",
        "![",
        "<",
        ">",
        "</",
        "!--",
        "&",
        "&lt;",
        "&#x3a;",
        "://",
        "http",
        "https:",
        "javascript",
    ),
    *(
        ":",
        "/",
        "\\",
        ".",
        ".com",
        "www.",
        "@",
        "a",
        "word ",
        "\n",
        " ",
        "\t",
        "`",
        "*",
        "“",
        "”",
        "\u200b",
        "\u202e",
    ),
    *("\x1b", "[0m", "\x07", '"', "'", "=", "img src=x", "evil", "x.example.org", "data:", "é", "日本"),
    *("amp;", "&amp;", "&#46;", "рф", ".рф", ".xn--p1ai", "\u200d", "9", "\ufe0f", "\u2800"),
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_no_mixture_of_markup_stays_active_and_a_second_time_changes_nothing(written: str) -> None:
    told = inert(written)
    assert active_in(told) == []
    assert inert(told) == told


def test_all_that_an_item_says_is_inert_and_what_it_cites_stays_word_for_word() -> None:
    (cited,) = reading(note("Read https://example.org/a today")).sentences
    words = "Read https://example.org/a today"
    item = Item(words, words, "direct", parts={"request": words, "impact": None}, citations=(cited.excerpt,))
    told, calm = inert_item(item), "Read example[.]org/a today"
    assert (told.text, told.detail, told.parts) == (calm, calm, {"request": calm, "impact": None})
    assert told.citations == item.citations


def test_lines_stay_lines_where_what_nobody_sees_is_taken_out() -> None:
    assert visible("one\r\ntwo\u2028three\x00\ufeff") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "long", ["[" * 5000, "](" * 3000, "<" * 5000, "a." * 3000, "&lt;" * 2000, "\\" * 5000, "[a](" * 2000]
)
def test_a_bomb_of_brackets_is_soon_done(long: str) -> None:
    assert len(inert(long)) <= 2 * len(long)
