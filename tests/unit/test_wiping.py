"""Files are overwritten, then gone."""

from pathlib import Path

from vectorstore.wiping import wipe


def _filled(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"secret" * 400_000)
    return file


def test_a_folder_is_gone_and_what_else_names_its_files_holds_zeros(tmp_path: Path) -> None:
    first = _filled(tmp_path / "index" / "a" / "b" / "vectors.bin")
    second = _filled(tmp_path / "index" / "chroma.sqlite3")
    for name, file in (("one", first), ("two", second)):
        (tmp_path / name).hardlink_to(file)
    wipe(tmp_path / "index")
    assert not (tmp_path / "index").exists()
    for name in ("one", "two"):
        assert (tmp_path / name).read_bytes() == bytes(2_400_000)


def test_a_link_is_removed_and_what_it_names_is_left(tmp_path: Path) -> None:
    outside = _filled(tmp_path / "outside")
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "link").symlink_to(outside)
    wipe(tmp_path / "index")
    assert not (tmp_path / "index").exists()
    assert outside.read_bytes().startswith(b"secret")


def test_a_single_file_and_what_is_not_there_are_fine(tmp_path: Path) -> None:
    wipe(_filled(tmp_path / "file"))
    wipe(tmp_path / "nothing")
    assert list(tmp_path.iterdir()) == []
