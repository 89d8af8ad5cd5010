"""`semaine charters diff | simulate`: over the HTTP API of a running system, for people and for programs."""

import asyncio
import json
import os
import sys

import pytest
import pytest_asyncio
import uvicorn

from tests.integration.labelling.committee import staff
from tests.integration.labelling.test_simulations import free  # noqa: F401 - a fixture


@pytest_asyncio.fixture
async def url(labelling):
    config = uvicorn.Config(labelling.service.http, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    await labelling.eventually(lambda: _started(server))
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def _started(server) -> bool:
    return server.started


@pytest.fixture
def semaine(labelling, url):
    """`code, out, err = await semaine("diff", …)`, signed in as staff."""

    async def run(*arguments: object, role: str = "staff") -> tuple[int | None, str, str]:
        token = labelling.bearer(role)["Authorization"].removeprefix("Bearer ")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "semaine.main", "charters", *map(str, arguments), "--url", url,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env=os.environ | {"SEMAINE_TOKEN": token, "COLUMNS": "100"},
        )  # fmt: skip
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()

    return run


async def test_what_changes_between_two_versions_is_said_in_words(labelling, edition, semaine, free):  # noqa: F811
    version = f"{edition.id}-draft"
    own = free.replace('editions: ["2020", "*"]', f"editions: [{edition.id}]")
    assert own != free  # no other test's edition comes under it
    published = await labelling.http.post(
        "/v1/charters",
        content=own,
        headers={**labelling.bearer("staff"), "Content-Type": "application/yaml"},
    )
    assert published.status_code == 201, published.text
    code, out, err = await semaine("diff", "2020-1", version, "--json")
    assert (code, err) == (0, "")
    asked = await staff(labelling).get(f"/v1/charters/{version}/differences", since="2020-1")
    assert json.loads(out) == asked
    words = {language: [each["words"][language] for each in asked["differences"]] for language in ("fr", "en")}
    for language, expected in words.items():
        code, out, _ = await semaine("diff", "2020-1", version, "--language", language)
        assert code == 0
        assert all(each in out for each in expected)
    code, out, _ = await semaine("diff", version, version)
    assert (code, out) == (0, f"{version} says the same as {version}.\n")
    code, out, err = await semaine("diff", "2020-1", "none")
    assert (code, out) == (1, "")
    assert "There is no charter none" in err


async def test_what_a_draft_would_change_is_said(labelling, edition, new_event, semaine, tmp_path, free):  # noqa: F811, PLR0917
    events = [new_event(price_cents=500) for _ in range(3)]
    for event in events:
        await labelling.decided(event)
    draft = tmp_path / "draft.yaml"
    draft.write_text(free, encoding="utf-8")
    code, out, err = await semaine("simulate", draft, edition.id, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["totals"]["changed"] == 3
    assert {each["event_id"] for each in found["changes"]} == {str(event.id) for event in events}
    code, out, _ = await semaine("simulate", draft, edition.id, "--events", "1")
    assert code == 0
    assert "of 3 events:" in out
    assert "refused (by charter) → labelled" in out
    assert sum(str(event.id) in out for event in events) == 1
    assert "… and 2 more" in out
    draft.write_text("version: x\n", encoding="utf-8")
    code, out, err = await semaine("simulate", draft, edition.id)
    assert (code, out) == (1, "")
    assert "criteria" in err
    assert "Traceback" not in err


async def test_who_may_not_and_what_is_not_asked_well_is_said(semaine, edition, tmp_path):
    draft = tmp_path / "draft.yaml"
    draft.write_text("{}", encoding="utf-8")
    code, _, err = await semaine("simulate", draft, edition.id, role="organiser")
    assert code == 1
    assert "Not allowed" in err or "403" in err
    assert (await semaine("simulate", tmp_path / "none.yaml", edition.id))[0] == 2
    assert (await semaine("diff", "2020-1"))[0] == 2
    assert (await semaine("diff", "2020-1", "2020-1", "--language", "de"))[0] == 2
