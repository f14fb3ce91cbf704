"""A file by link: whole or not at all, never a page, and no secret where it does not belong."""

from __future__ import annotations

import gzip
import hashlib
import ssl
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes.http_server import ScriptedServer, reply, reset
from tests.unit.connectors.suppliers.fetching.errands import SOURCE
from westsync.connectors.suppliers.fetching.fetcher import fetch
from westsync.connectors.suppliers.fetching.verdicts import Empty, NotAFile, TooLarge, Truncated
from westsync.connectors.suppliers.profile import Format, Profile
from westsync.connectors.suppliers.profile_fetch import Auth, HttpFetch, Tls
from westsync.connectors.suppliers.secrets import Secrets
from westsync.errors import AccessDenied, Rejected, Unavailable, UnexpectedReply

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from tests.fakes.clock import FakeClock
    from tests.unit.connectors.suppliers.fetching.errands import Errands
    from westsync.sandbox.supplier import SupplierServer

CSV = "Код;Остаток\r\n1;2\r\n".encode("cp1251")
LOGIN = b"<!DOCTYPE html><html><form><input type='password' name='p'></form></html>"
MAINTENANCE = "<html><body>Ведутся технические работы</body></html>".encode()
TABLE = b"<html><body><table><tr><td>1</td></tr></table></body></html>"


def test_a_file_lands_whole_under_a_name_of_ours(
    errands: Errands, supplier: SupplierServer
) -> None:
    found = errands.file(HttpFetch(url=f"{supplier.url}/upload/ostatki.xls?{{timestamp}}"))

    content = found.path.read_bytes()
    assert content.startswith(b"PK")
    assert (found.size, found.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert found.name == "ostatki.xls"
    assert found.modified_at == supplier.shop.changed_at
    assert errands.left_behind() == ["fetched"]


def test_an_unchanged_file_is_not_sent_again(errands: Errands, supplier: SupplierServer) -> None:
    how = HttpFetch(
        url=f"{supplier.url}/export/feed.xml",
        auth=Auth(kind="basic", user="${secret:user}", password="${secret:password}"),
    )
    errands.file(how, user="dealer", password="dealer-password")

    again = errands.run(how, user="dealer", password="dealer-password")

    assert again is None
    assert [seen.status for seen in supplier.shop.seen] == [200, 304]
    assert errands.left_behind() == []


def test_a_changed_file_is_fetched_although_it_was_known(
    errands: Errands, supplier: SupplierServer
) -> None:
    how = HttpFetch(
        url=f"{supplier.url}/export/price.csv",
        auth=Auth(kind="header", name="Api-token", token="${secret:token}"),
    )
    before = errands.file(how, token="dealer-token")
    supplier.shop.restock(supplier.shop.goods[:7])

    after = errands.file(how, token="dealer-token")

    assert after.sha256 != before.sha256
    assert after.path.read_bytes().count(b"\r\n") == 8


def test_validators_of_another_address_are_not_used(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply(CSV, headers={"ETag": '"1"'}))
    web.answers.append(reply(CSV))
    errands.file(HttpFetch(url=f"{web.url}/a.csv"))

    errands.file(HttpFetch(url=f"{web.url}/b.csv"))

    assert "if-none-match" not in web.seen[1].headers


def test_compressed_files_are_inflated(errands: Errands, supplier: SupplierServer) -> None:
    supplier.shop.switches.compress = True

    found = errands.file(HttpFetch(url=f"{supplier.url}/upload/ostatki.xls"))

    assert found.path.read_bytes().startswith(b"PK")


@pytest.mark.parametrize("shown", ["login", "maintenance", "error"])
@pytest.mark.parametrize("expected", [Format.AUTO, Format.XLS, Format.CSV, Format.YML])
def test_a_page_with_status_200_is_never_taken_for_the_file(
    errands: Errands, supplier: SupplierServer, shown: str, expected: Format
) -> None:
    supplier.shop.switches.page_for_file = shown

    with pytest.raises(NotAFile, match="not_a_file_html"):
        errands.run(HttpFetch(url=f"{supplier.url}/upload/ostatki.xls"), expected=expected)

    assert errands.left_behind() == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(LOGIN, "application/vnd.ms-excel", id="log-in called a workbook"),
        pytest.param(MAINTENANCE, "application/octet-stream", id="page called a file"),
        pytest.param(b"\xef\xbb\xbf  <!-- x -->\n" + MAINTENANCE, "text/html", id="after blanks"),
        pytest.param(b"<?xml version='1.0'?>\n" + TABLE, "text/html", id="XHTML"),
        pytest.param(b"\xff\xfe" + TABLE.decode().encode("utf-16-le"), "text/html", id="UTF-16"),
        pytest.param(b"<br /><b>Fatal error</b>: in price.php", "text/html", id="error of PHP"),
    ],
)
def test_pages_are_known_by_their_first_bytes(
    errands: Errands, web: ScriptedServer, body: bytes, kind: str
) -> None:
    web.answers.append(reply(body, headers={"Content-Type": kind}))

    with pytest.raises(NotAFile):
        errands.run(HttpFetch(url=f"{web.url}/price.xls"))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("application/vnd.ms-excel", Format.AUTO, id="called a workbook"),
        pytest.param("text/html", Format.HTML, id="expected by the profile"),
    ],
)
def test_a_table_saved_as_a_workbook_is_a_file(
    errands: Errands, web: ScriptedServer, kind: str, expected: Format
) -> None:
    web.answers.append(reply(TABLE, headers={"Content-Type": kind}))

    found = errands.file(HttpFetch(url=f"{web.url}/ostatki.xls"), expected=expected)

    assert found.path.read_bytes() == TABLE


def test_a_file_that_starts_with_xml_is_no_page(errands: Errands, web: ScriptedServer) -> None:
    feed = b"<?xml version='1.0'?><!DOCTYPE yml_catalog SYSTEM 'shops.dtd'><yml_catalog/>"
    web.answers.append(reply(feed, headers={"Content-Type": "text/html"}))

    assert errands.file(HttpFetch(url=f"{web.url}/feed")).path.read_bytes() == feed


def cut_short(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + CSV)


def test_a_broken_connection_is_tried_again_from_the_beginning(
    errands: Errands, web: ScriptedServer, clock: FakeClock
) -> None:
    web.answers.extend([cut_short, reset, reply(CSV)])

    found = errands.file(HttpFetch(url=f"{web.url}/price.csv"))

    assert found.path.read_bytes() == CSV
    assert found.sha256 == hashlib.sha256(CSV).hexdigest()
    assert clock.waits == [2.0, 10.0]


def test_a_file_that_is_always_cut_short_never_lands(errands: Errands, web: ScriptedServer) -> None:
    web.usual = cut_short

    with pytest.raises(Unavailable):
        errands.run(HttpFetch(url=f"{web.url}/price.csv"))

    assert len(web.seen) == 3
    assert errands.left_behind() == []


def test_a_compressed_answer_that_ends_in_the_middle_is_truncated(
    errands: Errands, web: ScriptedServer
) -> None:
    half = gzip.compress(CSV * 100)[:-20]
    web.answers.append(reply(half, headers={"Content-Encoding": "gzip"}))

    with pytest.raises(Truncated, match="truncated"):
        errands.run(HttpFetch(url=f"{web.url}/price.csv"))


def test_a_part_of_a_file_is_not_taken_for_all_of_it(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply(CSV, status=206, headers={"Content-Range": "bytes 0-9/100"}))

    with pytest.raises(Truncated, match="only a part"):
        errands.run(HttpFetch(url=f"{web.url}/price.csv"))


def test_a_compressed_bomb_is_cut_while_it_grows(errands: Errands, web: ScriptedServer) -> None:
    bomb = gzip.compress(b"0" * 20_000_000)
    web.answers.append(reply(bomb, headers={"Content-Encoding": "gzip"}))

    with pytest.raises(TooLarge, match=r"raise fetch\.max_bytes"):
        errands.run(HttpFetch(url=f"{web.url}/price.csv", max_bytes=100_000))


def test_a_compression_nobody_asked_for_is_refused(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply(CSV, headers={"Content-Encoding": "br"}))

    with pytest.raises(UnexpectedReply):
        errands.run(HttpFetch(url=f"{web.url}/price.csv"))


def test_an_empty_file_is_no_file(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply(b""))

    with pytest.raises(Empty):
        errands.run(HttpFetch(url=f"{web.url}/price.csv"))


@pytest.mark.parametrize(
    ("status", "error", "requests"),
    [
        (400, Rejected, 1),
        (401, AccessDenied, 1),
        (403, AccessDenied, 1),
        (404, Rejected, 1),
        (500, Unavailable, 3),
        (503, Unavailable, 3),
    ],
)
def test_only_what_may_heal_is_tried_again(
    errands: Errands, web: ScriptedServer, status: int, error: type[Exception], requests: int
) -> None:
    web.usual = reply(b"", status)

    with pytest.raises(error):
        errands.run(HttpFetch(url=f"{web.url}/price.csv"))

    assert len(web.seen) == requests


def test_a_wish_to_come_later_is_honoured(
    errands: Errands, web: ScriptedServer, clock: FakeClock
) -> None:
    web.answers.append(reply(b"", 429, {"Retry-After": "25"}))
    web.answers.append(reply(CSV))

    errands.file(HttpFetch(url=f"{web.url}/price.csv"))

    assert clock.waits == [25.0]


def test_a_wish_to_come_much_later_is_passed_on(errands: Errands, web: ScriptedServer) -> None:
    web.usual = reply(b"", 429, {"Retry-After": "1800"})

    with pytest.raises(Unavailable) as caught:
        errands.run(HttpFetch(url=f"{web.url}/price.csv"))

    assert caught.value.retry_after_s == 1800
    assert len(web.seen) == 1


def test_dated_names_are_tried_from_the_newest_day_back(
    errands: Errands, web: ScriptedServer
) -> None:
    web.answers.extend([reply(b"", 404), reply(b"", 404), reply(CSV)])

    found = errands.file(HttpFetch(url=f"{web.url}/p_{{date:%d.%m.%y}}.csv", lookback_days=5))

    assert [seen.target for seen in web.seen] == [
        "/p_24.11.26.csv",
        "/p_23.11.26.csv",
        "/p_22.11.26.csv",
    ]
    assert found.name == "p_22.11.26.csv"


def test_the_day_of_a_dated_name_is_the_offices(
    errands: Errands, web: ScriptedServer, clock: FakeClock
) -> None:
    clock.advance(timedelta(hours=13))  # 22:00 UTC is past midnight in Moscow
    web.answers.append(reply(CSV))

    errands.file(HttpFetch(url=f"{web.url}/{{date:%Y%m%d}}.csv"))

    assert web.seen[0].target == "/20261125.csv"


def test_no_dated_name_at_all_is_told(errands: Errands, web: ScriptedServer) -> None:
    web.usual = reply(b"", 404)

    with pytest.raises(Rejected):
        errands.run(HttpFetch(url=f"{web.url}/{{date:%Y%m%d}}.csv", lookback_days=2))

    assert len(web.seen) == 3


def test_redirects_on_the_same_host_keep_the_credentials(
    errands: Errands, supplier: SupplierServer
) -> None:
    auth = Auth(kind="basic", user="dealer", password="${secret:password}")

    found = errands.file(
        HttpFetch(url=f"{supplier.url}/old/feed.xml", auth=auth), password="dealer-password"
    )

    assert found.name == "feed.xml"


def test_redirects_to_another_host_lose_the_credentials(
    errands: Errands, web: ScriptedServer
) -> None:
    elsewhere = web.url.replace("127.0.0.1", "localhost")
    web.answers.append(reply(b"", 302, {"Location": f"{elsewhere}/price.csv"}))
    web.answers.append(reply(CSV))
    auth = Auth(kind="bearer", token="${secret:token}")

    errands.file(HttpFetch(url=f"{web.url}/price.csv", auth=auth), token="t0ken-of-dealer")

    assert web.seen[0].headers["authorization"] == "Bearer t0ken-of-dealer"
    assert "authorization" not in web.seen[1].headers


def test_redirects_without_end_are_given_up(errands: Errands, web: ScriptedServer) -> None:
    web.usual = reply(b"", 302, {"Location": "/again"})

    with pytest.raises(Rejected, match="redirects"):
        errands.run(HttpFetch(url=f"{web.url}/price.csv"))

    assert len(web.seen) == 6


def test_forms_and_queries_carry_their_secrets(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply(CSV))
    how = HttpFetch(
        url=f"{web.url}/price?a=1",
        method="POST",
        form=(("login", "x"), ("password", "${secret:password}")),
        auth=Auth(kind="query", name="key", token="${secret:key}"),
    )

    errands.file(how, password="п&роль", key="k/1")

    assert web.seen[0].target == "/price?a=1&key=k%2F1"
    assert web.seen[0].body == b"login=x&password=%D0%BF%26%D1%80%D0%BE%D0%BB%D1%8C"


def test_no_error_shows_more_of_an_address_than_its_host(
    errands: Errands, web: ScriptedServer
) -> None:
    web.usual = reply(b"", 404)

    with pytest.raises(Rejected) as caught:
        errands.run(HttpFetch(url="${secret:link}"), link=f"{web.url}/8f3a-secret/price.xls?k=1")

    assert "8f3a" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_missing_secret_is_named_and_nothing_is_sent(
    errands: Errands, web: ScriptedServer
) -> None:
    with pytest.raises(AccessDenied, match="WESTSYNC__SUPPLIERS__LIRA_LINK"):
        errands.run(HttpFetch(url=f"{web.url}/${{secret:lira_link}}"))

    assert web.seen == []


def test_a_name_from_the_other_side_is_a_label_only(errands: Errands, web: ScriptedServer) -> None:
    disposition = 'attachment; filename="../../etc/остатки\x01.xls"'
    web.answers.append(
        reply(CSV, headers={"Content-Disposition": disposition.encode().decode("latin-1")})
    )

    found = errands.file(HttpFetch(url=f"{web.url}/price"))

    assert "/" not in found.name
    assert errands.left_behind() == ["fetched"]


def test_a_download_ends_at_its_time(
    errands: Errands, web: ScriptedServer, clock: FakeClock
) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + CSV)
        clock.advance(timedelta(minutes=10))
        connection.sendall(CSV)
        connection.sendall(b"x" * 900)

    web.answers.append(drip)

    with pytest.raises(Unavailable):
        errands.run(HttpFetch(url=f"{web.url}/price.csv", timeout=timedelta(minutes=5)))


# -- TLS ---------------------------------------------------------------------------------------


@pytest.fixture
def secure(certificate: Path, web: ScriptedServer) -> Callable[[], str]:
    """Serve one answer over TLS; returns the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    import socket as sockets  # noqa: PLC0415 - only here

    listener = sockets.create_server(("127.0.0.1", 0))
    listener.settimeout(5)

    def serve() -> None:
        try:
            plain, _ = listener.accept()
            with plain, context.wrap_socket(plain, server_side=True) as line:
                asked = line.recv(65536)
                if asked:
                    web.seen.append(asked)  # type: ignore[arg-type]  # only counted
                    line.sendall(reply(CSV))
        except OSError:
            pass
        finally:
            listener.close()

    threading.Thread(target=serve, daemon=True).start()
    return lambda: f"https://localhost:{listener.getsockname()[1]}/price.csv"


def test_a_certificate_nobody_vouches_for_needs_a_person(
    errands: Errands, secure: Callable[[], str], web: ScriptedServer
) -> None:
    with pytest.raises(Rejected, match=r"tls\.ca_file or tls\.pin_sha256"):
        errands.run(HttpFetch(url=secure()))

    assert web.seen == []


def test_the_suppliers_own_authority_is_trusted_if_it_is_named(
    errands: Errands, secure: Callable[[], str], certificate: Path
) -> None:
    found = errands.file(HttpFetch(url=secure(), tls=Tls(ca_file=str(certificate))))

    assert found.path.read_bytes() == CSV


def test_a_pinned_certificate_is_trusted(
    errands: Errands, secure: Callable[[], str], certificate: Path
) -> None:
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text())
    pin = hashlib.sha256(der).hexdigest()

    found = errands.file(HttpFetch(url=secure(), tls=Tls(pin_sha256=pin)))

    assert found.path.read_bytes() == CSV


def test_another_certificate_than_the_pinned_one_hears_nothing_of_us(
    errands: Errands, secure: Callable[[], str], web: ScriptedServer
) -> None:
    auth = Auth(kind="bearer", token="${secret:token}")

    with pytest.raises(Rejected, match=r"not the one of tls\.pin_sha256"):
        errands.run(
            HttpFetch(url=secure(), tls=Tls(pin_sha256="0" * 64), auth=auth), token="t0ken-1234"
        )

    assert web.seen == []


def test_credentials_stay_here_where_no_certificate_is_checked(
    errands: Errands, secure: Callable[[], str], web: ScriptedServer
) -> None:
    auth = Auth(kind="bearer", token="${secret:token}")

    with pytest.raises(Rejected, match="sends no credentials"):
        errands.run(HttpFetch(url=secure(), tls=Tls(insecure=True), auth=auth), token="t0ken-1234")

    assert web.seen == []


def test_moments_of_the_other_side_are_utc(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply(CSV, headers={"Last-Modified": "Mon, 23 Nov 2026 20:01:02 GMT"}))
    web.answers.append(reply(CSV, headers={"Last-Modified": "yesterday"}))

    first = errands.file(HttpFetch(url=f"{web.url}/a"))
    second = errands.file(HttpFetch(url=f"{web.url}/b"))

    assert first.modified_at == datetime(2026, 11, 23, 20, 1, 2, tzinfo=UTC)
    assert second.modified_at is None


def test_credentials_need_not_be_ascii(errands: Errands, web: ScriptedServer) -> None:
    web.answers.append(reply(CSV))

    errands.file(
        HttpFetch(url=f"{web.url}/a", auth=Auth(kind="bearer", token="${secret:token}")),
        token="токен",
    )

    told = web.seen[0].headers["authorization"].encode("latin-1").decode()
    assert told == "Bearer токен"


@pytest.mark.parametrize(
    ("location", "error"),
    [("http://[::1", Unavailable), ("ftp://x.example/a", Rejected), ("mailto:a@b", Rejected)],
)
def test_a_redirect_to_nonsense_is_not_followed(
    errands: Errands, web: ScriptedServer, location: str, error: type[Exception]
) -> None:
    web.usual = reply(b"", 302, {"Location": location})

    with pytest.raises(error):
        errands.run(HttpFetch(url=f"{web.url}/a"))


def test_what_a_killed_process_left_is_replaced(
    tmp_path: Path, web: ScriptedServer, clock: FakeClock
) -> None:
    (tmp_path / "fetched.part").write_bytes(b"half of something else, and longer than the file")
    web.answers.append(reply(CSV))

    found = fetch(
        Profile(id=SOURCE, fetch=HttpFetch(url=f"{web.url}/a")),
        into=tmp_path,
        state="no state of ours",
        clock=clock,
        secrets=Secrets({}),
    )

    assert found is not None
    assert found.path.read_bytes() == CSV
    assert [path.name for path in tmp_path.iterdir()] == ["fetched"]
