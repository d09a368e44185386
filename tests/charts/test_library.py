from explorer.stage import library


def test_the_library_is_copied_once_and_mended(tmp_path):
    target = tmp_path / "static" / library.NAME
    assert library._copied(b"new", target)
    assert target.read_bytes() == b"new"
    target.write_bytes(b"stale")
    assert library._copied(b"new", target)
    assert target.read_bytes() == b"new"
    assert [file.name for file in target.parent.iterdir()] == [library.NAME]


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
