"""Secrets are in nothing that is printed or stored, whatever stands round them."""

from __future__ import annotations

import json
import xmlrpc.client
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from check_videoconf.redact import (
    HIDDEN,
    Redactor,
    accounts_in,
    address_without_account,
    is_secret,
    storable,
    without_account,
    without_secrets,
)
from check_videoconf.simulator import Simulator

from .conftest import Run
from .servers import HOST, Proxy

PASSWORD = 'Zx9 <ö>&"|\\1 Geheim'
USERNAME = "monitor"
SHAPES = (
    PASSWORD, "Zx9", "Geheim", escape(PASSWORD), json.dumps(PASSWORD)[1:-1],
    json.dumps(PASSWORD, ensure_ascii=False)[1:-1], quote(PASSWORD, safe=""), quote_plus(PASSWORD),
    b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode(),
)  # fmt: skip


# -- the whole plugin


def test_no_output_and_no_file_holds_a_password(run: Run, tmp_path: Path) -> None:
    proxy_password = "Qy7-proxy-geheim"
    commands = [("pexip", "alarms", "--memory"), ("pexip", "conferences"), ("conductor", "health"), ("trio", "device")]
    account = b64encode(f"me:{proxy_password}".encode()).decode()
    secrets = (*SHAPES, proxy_password, account)
    with Simulator(password=PASSWORD) as devices, Proxy(account=f"me:{proxy_password}") as proxy:
        for command in commands:
            for output in ("nagios", "json"):
                answer = run(
                    *command, "-H", HOST, "-p", str(devices.systems[command[0]].port), "--cacert", devices.ca_file,
                    "-u", USERNAME, "--password", PASSWORD, "--cache", "60", "-vvv", "--output", output,
                    "--max-output", "0", "--proxy", f"http://me:{proxy_password}@{HOST}:{proxy.port}",
                )  # fmt: skip
                assert answer.code in (0, 1, 2), answer.stdout
                assert answer.stderr == ""
                assert [secret for secret in secrets if secret in answer.stdout] == []
    files = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert {path.name.partition("-")[0] for path in files} == {"cache", "lock", "run"}
    for path in files:
        content = path.name + path.read_text(encoding="utf-8")
        assert [secret for secret in secrets if secret in content] == []


def test_the_body_of_a_call_is_shown_without_its_password(check: Run) -> None:
    with Simulator(systems=("conductor",), password=PASSWORD, tls=False) as devices:
        answer = check("conductor", "health", "-H", HOST, "-p", str(devices.conductor.port), "--proto", "http", "-u",
                       USERNAME, "--password", PASSWORD, "--cache", "0", "-vvv")  # fmt: skip
    assert "authenticationUser</name> <value><string>monitor</string>" in answer.stdout
    assert "authenticationPassword</name> <value><string>***</string>" in answer.stdout


# -- known secrets


@pytest.mark.parametrize("shape", SHAPES)
def test_a_known_secret_is_found_in_every_shape(shape: str) -> None:
    redactor = Redactor()
    redactor.add_account(USERNAME, PASSWORD)
    if shape not in ("Zx9", "Geheim"):
        assert redactor.known(f"a {shape} b {shape}") == f"a {HIDDEN} b {HIDDEN}"


def test_a_short_secret_is_hidden_where_it_is_a_word() -> None:
    redactor = Redactor()
    redactor.add("abc", "", None)
    assert redactor.known("abc abcd 'abc' x-abc: abc") == f"{HIDDEN} abcd '{HIDDEN}' x-{HIDDEN}: {HIDDEN}"


def test_of_two_secrets_the_longer_one_goes_first() -> None:
    redactor = Redactor()
    redactor.add("geheim", "geheimnis")
    assert redactor.known("geheimnis geheim") == f"{HIDDEN} {HIDDEN}"


def test_without_secrets_text_stays() -> None:
    assert Redactor().known("geheim") == "geheim"


# -- the account in an address


@pytest.mark.parametrize(
    ("address", "account", "rest"),
    [
        ("https://me:geheim@host/poly", "me:geheim", "https://***@host/poly"),
        ("me:geheim@host/poly", "me:geheim", "***@host/poly"),
        (" me:ge/he@im@host", "me:ge/he@im", "***@host"),
        ("me@example.net:geheim@host", "me@example.net:geheim", "***@host"),
        ('me:ge"heim@host', 'me:ge"heim', "***@host"),
    ],
)
def test_the_account_of_an_address_is_found_with_and_without_a_scheme(address: str, account: str, rest: str) -> None:
    for name in ("ProvServerAddress", "UpgradeServer", "Server", "SNTPAddress", "device.prov.serverName"):
        assert (accounts_in(name, address), address_without_account(name, address)) == ([account], rest)
        assert address_without_account(name, rest) == rest


@pytest.mark.parametrize(
    "text",
    [
        "sip:room@host",
        "SIPS:room@host",
        "tel:12@host",
        "<sip:room@host>",
        "room@host",
        "room:@host",
        "host:443/poly",
        "at 12:00 me@host",
    ],
)
def test_what_is_no_account_stays(text: str) -> None:
    assert (accounts_in("Server", text), address_without_account("Server", text)) == ([], text)


@pytest.mark.parametrize("text", ["im:bob@x", "R9:5060@x", "Room:1@h", "me:geheim@host/poly", "2001:db8::5@x"])
def test_only_the_address_of_a_server_may_lack_its_scheme(text: str) -> None:
    for name in ("", "Label", "SIPAddress", "digitmap"):
        assert (accounts_in(name, text), address_without_account(name, text)) == ([], text)


def test_the_account_of_a_url_is_found_whatever_its_member() -> None:
    url = "see https://me:geheim@host/poly"
    assert (accounts_in("Label", url), address_without_account("Label", url)) == (
        ["me:geheim"],
        f"see https://{HIDDEN}@host/poly",
    )


def test_a_long_password_of_a_url_is_hidden() -> None:
    for password in ("geheim" * 500, "ge/heim" * 30):
        assert without_account(f"https://me:{password}@host/") == f"https://{HIDDEN}@host/"


@pytest.mark.parametrize("end", ["", "@", " @", "<@"])
@pytest.mark.parametrize("part", ["://", "://a:", "://a:b"])
def test_a_text_of_many_urls_is_searched_in_time(part: str, end: str) -> None:
    text = part * (300_000 // len(part))
    assert without_account(text + end).startswith(text[:250_000])
    assert len(accounts_in("Server", text + end)) < 3


# -- secrets by the name of their member

NAMES = ("pin", "guestPin", "host_pin", "password", "authenticationPassword", "autobackup_passphrase", "private_key",
         "privateKey", "access_token", "push_token", "client_assertion", "snmp_community", "fulfillment_id",
         "entitlement_id", "secret", "Cookie", "key")  # fmt: skip
HARMLESS = ("media_tokens_used", "max_media_tokens", "bdpm_pin_checks_enabled", "key_id", "issuer_key_id", "spinning",
            "name", "resource_uri", "tls_certificate", "certificates")  # fmt: skip


def test_names_of_secrets_are_known_and_others_are_not() -> None:
    assert [name for name in NAMES if not is_secret(name)] == []
    assert [name for name in HARMLESS if is_secret(name)] == []


VALUES = ("geheim", 91730, -1.5e9, ["geheim", "geheim"], {"a": "geheim"}, 'a"geheim', "geheim\\")


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", ["pin", "authenticationPassword"])
def test_a_body_of_json_is_shown_without_them(name: str, value: Any) -> None:
    for indent in (None, 1):
        text = json.dumps({"before": "1", name: value, "list": [{name: value, "after": "2"}]}, indent=indent)
        shown = Redactor().body(text)
        assert "geheim" not in shown
        assert "9173" not in shown
        assert '"before": "1"' in shown
        assert '"after": "2"' in shown


@pytest.mark.parametrize("cut", range(12, 40, 3))
def test_a_body_that_is_cut_is_shown_without_them(cut: int) -> None:
    text = json.dumps({"a": 1, "password": "geheimgeheimgeheim"})[:cut]
    assert "ge" not in Redactor().body(text)


@pytest.mark.parametrize("cut", [200, 45, 60])
def test_a_secret_that_is_a_list_or_an_object_is_hidden_to_its_end(cut: int) -> None:
    for value in (["geheim", "]geheim"], [["a"], "geheim"], {"a": {"b": 1}, "c": "}geheim"}):
        shown = Redactor().body(json.dumps({"id": 1, "password": value, "level": "info"})[:cut])
        assert shown.startswith(f'{{"id": 1, "password": "{HIDDEN}"')
        assert "geheim" not in shown
        assert cut < 200 or shown.endswith(', "level": "info"}')
        inside = json.dumps({"text": json.dumps({"password": value})})
        assert "geheim" not in Redactor().body(inside[:cut])


def test_json_inside_of_json_is_looked_through() -> None:
    inner = json.dumps({"pin": "geheim", "name": "x"})
    shown = Redactor().body(json.dumps({"data": inner, "more": json.dumps({"deeper": inner})}))
    assert "geheim" not in shown
    assert "name" in shown


@pytest.mark.parametrize("value", ["geheim", 91730, True, ["geheim", {"x": "geheim"}]])
def test_a_body_of_xml_rpc_is_shown_without_them(value: Any) -> None:
    text = xmlrpc.client.dumps(({"guestPin": value, "name": "conference", "pin": value},), methodresponse=True)
    for body in (text, text.replace("<string>", "<String>").replace("</string>", "</String>"), text.replace("\n", "")):
        shown = Redactor().body(body)
        assert "geheim" not in shown
        assert "91730" not in shown
        assert "conference" in shown


def test_xml_rpc_that_is_cut_is_shown_without_them() -> None:
    text = xmlrpc.client.dumps(({"pin": ["geheim", "geheim"], "name": "conference"},), methodresponse=True)
    for cut in range(len(text)):
        assert "g" not in Redactor().body(text[:cut]).replace("<string>", "").replace("<string", "").replace(
            "string", ""
        )


def test_a_form_is_shown_without_them() -> None:
    text = urlencode({"grant_type": "client_credentials", "client_assertion": "eyJ.geheim", "password": "geheim"})
    shown = Redactor().body(text)
    assert "geheim" not in shown
    assert "grant_type=client_credentials" in shown


@pytest.mark.parametrize(
    "value", ["ge;heim=geheim", "ge?heim=geheim", "ge heim", 'ge"<>heim', "ge?heim=geheim&token=ge heim"]
)
def test_the_value_of_a_form_goes_on_to_the_next_member(value: str) -> None:
    names = f"password={HIDDEN}" + f"&token={HIDDEN}" * ("&" in value)
    assert Redactor().body(f"password={value}&x=1") == f"{names}&x=1"
    assert Redactor().body(f"a=1&password={value}&x=1") == f"a=1&{names}&x=1"


def test_the_query_of_a_url_is_shown_without_them() -> None:
    for query in (
        "?token=geheim",
        "?token=a;geheim",
        "?next=/x?token=geheim",
        "?a=1&token=geheim",
        "?a=1;token=geheim",
        "?a=1&amp;token=geheim&amp;b=2",
    ):
        for text in ('{"url": "%s", "level": "info"}', "<url>%s</url><level>info</level>", "see %s"):
            shown = Redactor().body(text % f"https://pol.example.com/{query}")
            assert "geheim" not in shown
            assert f"token={HIDDEN}" in shown
            assert "level" in shown or text.startswith("see")
    assert Redactor().header("Location", "/?a=1;token=geheim") == f"/?a=1;token={HIDDEN}"


@pytest.mark.parametrize("url", ["/x?limit=3&token=%s", "/x?limit&token=%s", "/x?a=/y?b=1&token=%s"])
def test_what_stands_behind_a_url_is_shown(url: str) -> None:
    for text in ('{"a":"%s","name":"N"}', "<a>%s</a><name>N</name>", "see %s for its name N", "%s"):
        assert Redactor().body(text % (url % "geheim")) == text % (url % HIDDEN)


def test_the_query_of_a_url_ends_before_a_form() -> None:
    assert Redactor().body("/x?limit=3 a=1&token=ge heim") == f"/x?limit=3 a=1&token={HIDDEN}"


@pytest.mark.parametrize("part", ["?", "?a=", "?a=1", "&token", "&token=", "?token=;"])
def test_a_long_form_is_searched_in_time(part: str) -> None:
    assert "heim" not in Redactor().said(part * (300_000 // len(part)) + "?token=geheim")


def test_headers_that_hold_secrets_are_not_shown() -> None:
    redactor = Redactor()
    redactor.add("geheim")
    for name in ("Authorization", "authorization", "Proxy-Authorization", "Set-Cookie", "X-Auth-Token", "X-CSRF-Token"):
        assert redactor.header(name, "anything") == HIDDEN
    assert redactor.header("Location", "/?t=geheim") == f"/?t={HIDDEN}"
    assert redactor.header("Server", "nginx") == "nginx"


# -- what is stored

MEMBERS = st.sampled_from([*NAMES, *HARMLESS, "display_name", "displayName", "remote_address", "RemotePartyNumber"])
DOCUMENTS = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4),
    max_leaves=12,
)


def names(data: Any) -> set[str]:
    if isinstance(data, dict):
        return set(data).union(*map(names, data.values()))
    return set().union(*map(names, data)) if isinstance(data, list) else set()


@given(DOCUMENTS)
def test_nothing_secret_or_personal_is_stored_and_the_rest_stays(data: Any) -> None:
    personal = {"display_name", "displayName", "remote_address", "RemotePartyNumber"}
    assert not names(without_secrets(data)) & set(NAMES)
    kept = names(storable(data))
    assert not kept & {*NAMES, *personal}
    assert storable(storable(data)) == storable(data)
    if not names(data) & {*NAMES, *personal}:
        assert storable(data) == data


def test_what_only_sounds_personal_may_be_kept() -> None:
    assert storable({"address": "10.0.0.1", "alias": "meet"}, ["address"]) == {"address": "10.0.0.1"}


def test_a_licence_is_not_told_by_its_uri() -> None:
    row = {"resource_uri": "/api/admin/configuration/v1/licence/FID_12345/"}
    assert "FID_12345" not in str(storable(row))
    assert "FID_12345" not in Redactor().body(json.dumps(row))


def test_the_account_of_a_url_is_not_stored() -> None:
    row = {"autobackup_upload_url": "ftps://joe:geheim@backup.example.com/"}
    assert storable(row) == {"autobackup_upload_url": f"ftps://{HIDDEN}@backup.example.com/"}
