"""The basket for Icinga Director has the grammar of one, and its commands are those of commands.conf."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from check_videoconf.catalog import SYSTEMS
from check_videoconf.common_options import COMMON
from scripts import templates
from scripts.pollers import icinga2
from scripts.pollers.services import services

Basket = dict[str, dict[str, dict[str, Any]]]

# What restoring a basket takes, in Director 1.8 to 1.11: of each type the property that names an object, and what else
# it may have. A UUID is none of it: 1.10 adds every data field that has one again, each time.
GRAMMAR = {
    "DataList": ("list_name", {"owner", "entries"}),
    "DatafieldCategory": ("category_name", {"description"}),
    "Datafield": ("", {"varname", "caption", "description", "datatype", "format", "settings", "category"}),
    "Command": (
        "object_name",
        {"object_type", "methods_execute", "command", "timeout", "arguments", "vars", "fields"},
    ),
    "HostTemplate": ("object_name", {"object_type", "fields"}),
    "ServiceTemplate": (
        "object_name",
        {"object_type", "imports", "check_command", "check_interval", "retry_interval", "max_check_attempts"}
        | {"enable_notifications", "notes", "vars", "fields"},
    ),
    "ServiceSet": ("object_name", {"object_type", "description", "assign_filter", "services"}),
}
TYPES = {"Command": "object", "HostTemplate": "template", "ServiceTemplate": "template", "ServiceSet": "template"}
# Settings that a field of each type must have.
SETTINGS: dict[str, dict[str, Any]] = {
    "String": {"visibility": "visible"},
    "Number": {},
    "Boolean": {},
    "Array": {},
    "Datalist": {"behavior": "strict", "data_type": "string", "datalist": ...},
}


@pytest.fixture(scope="module")
def basket() -> Basket:
    found: Basket = json.loads(templates.made()["icinga2/director-basket.json"])
    return found


def with_fields(basket: Basket) -> Iterator[dict[str, Any]]:
    for kind in ("Command", "HostTemplate", "ServiceTemplate"):
        yield from basket[kind].values()


def variables(basket: Basket, object_with_fields: dict[str, Any]) -> set[str]:
    """What can be set at an object."""
    return {basket["Datafield"][str(field["datafield_id"])]["varname"] for field in object_with_fields["fields"]}


def test_every_object_has_the_name_it_is_found_by_and_no_property_that_director_does_not_know(basket: Basket) -> None:
    assert basket.keys() == GRAMMAR.keys()
    for kind, objects in basket.items():
        key, others = GRAMMAR[kind]
        for name, found in objects.items():
            assert found.keys() <= others | {key}, name
            assert not key or found[key] == name
            assert found.get("object_type") == TYPES.get(kind), name


def test_every_data_field_is_complete_is_used_and_has_a_known_type(basket: Basket) -> None:
    for field in basket["Datafield"].values():
        assert field.keys() == GRAMMAR["Datafield"][1]
        prefix, _, kind = field["datatype"].rpartition("\\DataType")
        assert prefix == "Icinga\\Module\\Director\\DataType"
        expected = SETTINGS[kind]
        assert field["settings"].keys() == expected.keys()
        assert all(value in (..., field["settings"][name]) for name, value in expected.items())
        assert field["category"] in basket["DatafieldCategory"]
        assert re.fullmatch(r"vc_[a-z0-9_]+", field["varname"])
        assert re.fullmatch(r"[A-Z].*[^.]", field["caption"])
        assert field["description"].endswith(")")
    used = {str(field["datafield_id"]) for one in with_fields(basket) for field in one["fields"]}
    assert used == basket["Datafield"].keys()
    assert {field["category"] for field in basket["Datafield"].values()} == basket["DatafieldCategory"].keys()


def test_a_field_is_linked_once_and_none_has_to_be_filled_in(basket: Basket) -> None:
    for one in with_fields(basket):
        assert all(
            {**field, "datafield_id": 0} == {"datafield_id": 0, "is_required": "n", "var_filter": None}
            for field in one["fields"]
        )
        assert len(variables(basket, one)) == len(one["fields"]), one["object_name"]


def test_every_list_is_used_and_its_words_are_those_that_the_plugin_accepts(basket: Basket) -> None:
    chosen = {field["settings"].get("datalist"): field["varname"] for field in basket["Datafield"].values()}
    assert chosen.keys() - {None} == basket["DataList"].keys()
    options = {
        icinga2.variable(option.dest): option for system in SYSTEMS for option in icinga2.options(system).values()
    }
    for name, found in basket["DataList"].items():
        words = [entry["entry_name"] for entry in found["entries"]]
        assert words == sorted(set(words))
        for entry in found["entries"]:
            assert entry == {
                "entry_name": entry["entry_name"],
                "entry_value": entry["entry_name"],
                "format": "string",
                "allowed_roles": None,
            }
            assert options[chosen[name]].kind(entry["entry_name"]) == entry["entry_name"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_command_has_the_arguments_of_commands_conf_and_the_account(system: str, basket: Basket) -> None:
    written = templates.made()["icinga2/commands.conf"].partition(f'object CheckCommand "videoconf-{system}" {{')[2]
    expected = arguments_of(written.partition("\n}\n")[0])
    found = basket["Command"][f"videoconf-{system}"]["arguments"]
    account = found.pop("--username")
    assert account == {"value": "$vc_username$", "description": "account"}
    assert found == expected
    assert len(found) > 150


def arguments_of(command: str) -> dict[str, dict[str, str]]:
    """The arguments of a CheckCommand as it is written."""
    found: dict[str, dict[str, str]] = {}
    for name, text in re.findall(r'^    "(--[^"]+)" = (\{.*?^    \}|".*?"$)', command, re.MULTILINE | re.DOTALL):
        pairs = re.findall(r'^      (\w+) = (".*")$', text, re.MULTILINE) or [("value", text)]
        found[name] = {key: json.loads(value) for key, value in pairs}
    return found


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_command_is_run_as_that_of_commands_conf(system: str, basket: Basket) -> None:
    command = basket["Command"][f"videoconf-{system}"]
    assert command["command"] == f"check_videoconf {system} $vc_mode$"
    assert (command["methods_execute"], command["timeout"]) == ("PluginCheck", 60)
    assert command["vars"] == {"vc_hostname": "$address$"}


def test_no_secret_is_an_argument_or_kept_by_director(basket: Basket) -> None:
    secrets = {icinga2.variable(option.dest) for option in COMMON if option.secret}
    for system in SYSTEMS:
        modes = (service.mode for service in services(system))
        options = (option for mode in modes for option in mode.declared_options())
        secrets |= {icinga2.variable(option.dest) for option in options if option.secret}
    assert "vc_password" in secrets
    assert secrets & {field["varname"] for field in basket["Datafield"].values()} == set()
    for command in basket["Command"].values():
        values = {argument.get("value") for argument in command["arguments"].values()}
        assert {f"${name}$" for name in secrets} & values == set()


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_option_and_threshold_of_a_mode_can_be_set_at_a_service_and_every_login_at_a_host(
    system: str, basket: Basket
) -> None:
    common = variables(basket, basket["Command"][f"videoconf-{system}"])
    arguments = {
        re.sub(r"\$", "", argument.get("value", argument.get("set_if")))
        for argument in basket["Command"][f"videoconf-{system}"]["arguments"].values()
    }
    for service in services(system):
        own = variables(basket, basket["ServiceTemplate"][f"videoconf-{system}-{service.name}"])
        options = {option.dest for option in service.mode.declared_options() if not option.secret}
        labels = {label.replace("-", "_") for label in service.mode.labels() if "*" not in label}
        assert own <= arguments
        assert {f"vc_{name}" for name in options} <= own | common
        assert {f"vc_{level}_{label}" for level in ("warning", "critical") for label in labels} <= own
    assert {"vc_username", "vc_password_file", "vc_port", "vc_cacert", "vc_insecure"} <= variables(
        basket, basket["HostTemplate"][f"videoconf-{system}"]
    )


def test_a_service_template_imports_uses_and_runs_what_there_is(basket: Basket) -> None:
    known = basket["ServiceTemplate"]
    for system in SYSTEMS:
        for service in services(system):
            found = known[f"videoconf-{system}-{service.name}"]
            assert (found["imports"], found["check_command"]) == (["videoconf-service"], f"videoconf-{system}")
            assert (found["vars"], found["check_interval"]) == ({"vc_mode": service.name}, service.minutes * 60)
            assert found.get("retry_interval", 60) >= service.mode.cache
    assert len(known) == 1 + sum(len(services(system)) for system in SYSTEMS)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_set_gives_the_hosts_of_a_template_every_check_that_needs_nothing_of_the_user(
    system: str, basket: Basket
) -> None:
    found = basket["ServiceSet"][f"videoconf-{system}"]
    assert found["assign_filter"] == f"%22videoconf-{system}%22=host.templates"
    assert f"videoconf-{system}" in basket["HostTemplate"]
    wanted = [one for one in services(system) if not one.on_request and not one.discovery]
    assert [one["object_name"] for one in found["services"]] == [one.title for one in wanted]
    for one, service in zip(found["services"], wanted):
        assert one["object_type"] == "object"
        assert one["imports"] == [f"videoconf-{system}-{service.name}"]
        assert one.keys() == {"object_name", "object_type", "imports"}
