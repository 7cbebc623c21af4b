"""A setting that names something unusable is told as such, with its name."""

import socket
from pathlib import Path

import pytest

from api.running import listening_socket
from coach.errors import SettingUnusable
from coach.settings import Settings
from coach.wiring import open_service
from tests.fakes import WordEmbedder


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("data_dir", "a file", "COUNTERPART_DATA_DIR"),
        ("database_url", "nosuch://place", "COUNTERPART_DATABASE_URL"),
        ("embedding_model", "no such model", "COUNTERPART_EMBEDDING_MODEL"),
    ],
)
async def test_what_a_setting_names_and_can_not_be_opened_is_told_by_its_name(
    settings: Settings, tmp_path: Path, field: str, value: str, named: str
) -> None:
    (tmp_path / "a file").write_text("in the way")
    given = tmp_path / value if field == "data_dir" else value
    own = None if field == "embedding_model" else (lambda _: WordEmbedder())
    with pytest.raises(SettingUnusable, match=named):
        async with open_service(settings.model_copy(update={field: given}), embedder_of=own):
            pass


@pytest.mark.usefixtures("socket_enabled")
def test_an_address_that_is_taken_is_told_with_the_settings_to_change(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingUnusable, match="COUNTERPART_PORT"):
            listening_socket(settings.model_copy(update={"port": port}))
