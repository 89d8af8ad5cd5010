"""Fetching the broker, where it cannot be fetched."""

import pytest

from semaine.servers import kafka_jars


async def test_a_repository_that_does_not_answer(tmp_path, monkeypatch):
    monkeypatch.setenv(kafka_jars.REPOSITORY_URL, "http://127.0.0.1:1/maven2")
    told = []
    with pytest.raises(kafka_jars.JarsError) as failure:
        await kafka_jars.class_path(cache=tmp_path / "cache", tell=told.append)
    message = str(failure.value)
    assert "http://127.0.0.1:1/maven2" in message
    assert "org.apache.kafka:kafka_2.13" in message
    assert "refused" in message
    assert "KAFKA_BOOTSTRAP_SERVERS" in message
    assert "Traceback" not in message
    assert len(told) == 1


async def test_jars_that_are_there_are_used_without_asking(tmp_path, monkeypatch):
    monkeypatch.setenv(kafka_jars.REPOSITORY_URL, "http://127.0.0.1:1/maven2")
    (tmp_path / "maven").mkdir()
    (tmp_path / "maven" / "kafka.jar").touch()
    (tmp_path / f"kafka-{kafka_jars.VERSION}.jars").write_text("maven/kafka.jar")
    found = await kafka_jars.class_path(cache=tmp_path, tell=pytest.fail)
    assert found == str(tmp_path / "maven" / "kafka.jar")


async def test_a_jar_that_has_gone_is_fetched_again(tmp_path, monkeypatch):
    monkeypatch.setenv(kafka_jars.REPOSITORY_URL, "http://127.0.0.1:1/maven2")
    (tmp_path / f"kafka-{kafka_jars.VERSION}.jars").write_text("maven/gone.jar")
    with pytest.raises(kafka_jars.JarsError):
        await kafka_jars.class_path(cache=tmp_path, tell=lambda _: None)
