"""The list of the services agrees with whatever else has one entry for each service."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from agilekit.cli.sandbox_banner import banner
from agilekit.connections import AnyClient
from agilekit.errors import InvalidInput
from agilekit.export.source.readers import READERS
from agilekit.sandbox import Sandbox
from agilekit.services import SERVICES, is_client, service_of

ROOT: Final = Path(__file__).parent.parent
VALUES: Final = {"base_url": "https://agile.example.com/api", "user_id": "7"}
VARIABLE: Final = re.compile(r"AGILEKIT_([A-Z]+)_([A-Z_]+)")

each = pytest.mark.parametrize("name", SERVICES)


def settings_of(name: str) -> list[str]:
    """The settings that a variable can hold: where a token goes is said in the program."""
    settings = SERVICES[name].settings
    given = {"base_url", *settings.required, *settings.optional, *settings.secrets}
    return sorted(given - {"token_in"})


def client_by_variables(
    name: str, settings: list[str], monkeypatch: pytest.MonkeyPatch
) -> AnyClient:
    service = SERVICES[name]
    for setting in settings_of(name):
        variable = service.settings.variable(setting)
        if setting in settings:
            monkeypatch.setenv(variable, VALUES.get(setting, "mycompany"))
        else:
            monkeypatch.delenv(variable, raising=False)
    client: AnyClient = service.client.from_env()
    return client


@each
def test_a_client_is_made_by_the_variables_of_its_settings(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = SERVICES[name]
    needed = [*service.settings.required, service.settings.secrets[0], "base_url"]
    client = client_by_variables(name, needed, monkeypatch)
    assert service_of(client) is service
    assert is_client(client)
    assert client.base_url == VALUES["base_url"]


@each
def test_a_required_setting_that_is_missing_is_told_by_its_variable(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SERVICES[name].settings
    needed = {settings.first, *settings.required, settings.secrets[0]}
    for missing in needed:
        with pytest.raises(InvalidInput, match=f"{settings.variable(missing)} is not set"):
            client_by_variables(name, sorted(needed - {missing}), monkeypatch)


def test_a_variable_is_of_a_setting_that_the_service_has() -> None:
    with pytest.raises(KeyError):
        SERVICES["flow"].settings.variable("project")


def test_the_documentation_lists_the_variables_of_every_setting() -> None:
    page = (ROOT / "docs/guides/configuration.md").read_text("utf-8")
    listed = {found[0] for found in VARIABLE.finditer(page)}
    settings = {name: service.settings for name, service in SERVICES.items()}
    assert listed == {
        settings[name].variable(one) for name in SERVICES for one in settings_of(name)
    }


def test_what_is_no_client_is_of_no_service() -> None:
    assert not is_client(object())


def test_each_service_has_a_reader_in_the_export() -> None:
    assert READERS.keys() == SERVICES.keys()


def test_each_service_has_a_sandbox() -> None:
    sandbox = Sandbox()
    for name in SERVICES:
        assert hasattr(sandbox, name)


def test_the_welcome_of_the_sandbox_names_each_service_and_variables_that_it_has() -> None:
    text = banner(Sandbox(), "http://127.0.0.1:8000")
    variables = VARIABLE.findall(text)
    assert {service for service, _ in variables} == {name.upper() for name in SERVICES}
    for service, setting in variables:
        SERVICES[service.lower()].settings.variable(setting.lower())
    for service in SERVICES.values():
        assert f"\n{service.title}\n" in text
