import pytest

from explorer.stage import library
from scripts import smaller_plotly


def test_the_library_is_copied_once_and_mended(tmp_path):
    target = tmp_path / "static" / library.NAME
    assert library._copied(b"new", target)
    assert target.read_bytes() == b"new"
    target.write_bytes(b"stale")
    assert library._copied(b"new", target)
    assert target.read_bytes() == b"new"
    assert [file.name for file in target.parent.iterdir()] == [library.NAME]


def test_the_basic_part_is_sent_where_it_was_put(tmp_path):
    assert library.served(tmp_path) == library.source()
    (tmp_path / library.PART).write_bytes(b"axes alone")
    assert library.served(tmp_path) == b"axes alone"


def test_a_basic_part_that_is_not_the_known_one_is_refused(tmp_path, monkeypatch):
    known = "plotly.js-basic-dist-min@4.1.1", library.PART
    asked = []
    monkeypatch.setattr(smaller_plotly, "packed", lambda *what: asked.append(what) or b"another")
    with pytest.raises(RuntimeError, match="another hash"):
        smaller_plotly.fetch(tmp_path / library.PART)
    assert asked == [known]
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_written_it_says_so(tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("in the way of a folder")
    assert not library._copied(b"new", blocked / library.NAME)


def test_a_copy_that_is_there_needs_no_writing(tmp_path):
    target = tmp_path / library.NAME
    target.write_bytes(b"new")
    tmp_path.chmod(0o500)
    try:
        assert library._copied(b"new", target)
    finally:
        tmp_path.chmod(0o700)
