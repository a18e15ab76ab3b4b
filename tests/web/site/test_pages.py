"""Every page: who may enter, which headers it carries, and what it says when it refuses."""

import pytest
from django.test import Client
from doors_cast import signed_in


def test_the_first_page_asks_for_a_sign_in(practice):
    reply = Client().get("/")
    assert (reply.status_code, reply["Location"]) == (302, "/sign-in/?next=/")


def test_the_first_page_says_whose_it_is_and_that_the_practice_is_made_up(cast):
    reply = signed_in(cast.imani).get("/")
    assert reply.status_code == 200
    assert b"Imani Okafor" in reply.content
    assert b"made-up practice" in reply.content


def test_before_init_every_page_says_what_to_run_and_machines_still_get_an_answer(db, keys):
    client = Client()
    reply = client.get("/sign-in/")
    assert reply.status_code == 503
    assert b"rapport init" in reply.content
    assert [client.get(place).status_code for place in ("/healthz", "/readyz")] == [200, 200]


def _policy(reply):
    return reply["Content-Security-Policy"].split(";")


@pytest.mark.parametrize("place", ["/", "/sign-in/", "/nowhere", "/healthz", "/static/nowhere.css"])
def test_every_reply_is_locked_down(practice, place):
    reply = Client().get(place)
    policy = dict(part.strip().partition(" ")[::2] for part in _policy(reply))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in reply["Content-Security-Policy"]
    assert reply["Cache-Control"] == "no-store"
    assert reply["Referrer-Policy"] == "same-origin"
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in reply["Permissions-Policy"]


def test_scripts_run_by_this_page_s_nonce_only(practice):
    reply = Client().get("/sign-in/")
    policy, page = reply["Content-Security-Policy"], reply.content.decode()
    nonce = policy.split("script-src 'nonce-")[1].split("'")[0]
    assert page.count(f'nonce="{nonce}"') == page.count("<script src=") == 3
    assert "style=" not in page


def test_a_style_sheet_may_be_kept_for_a_year_under_its_fingerprint(practice):
    page = Client().get("/sign-in/").content.decode()
    for name in ("pictures.css", "site/style.css"):
        address = page.split(f'href="/static/{name}')[1].split('"')[0]
        assert address.startswith("?v=")
        reply = Client().get(f"/static/{name}{address}")
        assert reply.status_code == 200
        assert "max-age=31536000" in reply["Cache-Control"]
        assert b"".join(reply.streaming_content)


@pytest.mark.parametrize(("method", "place"), [("delete", "/"), ("post", "/"), ("put", "/healthz")])
def test_a_method_that_a_page_does_not_declare_is_refused(practice, method, place):
    reply = getattr(Client(), method)(place)
    assert reply.status_code == 405
    assert reply["Allow"] == "GET, HEAD"


def test_a_form_without_its_token_changes_nothing(practice):
    reply = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "a@b.example"})
    assert reply.status_code == 403
    assert b"open for too long" in reply.content
