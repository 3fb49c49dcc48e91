import json


def test_every_modeline_points_at_a_schema_that_was_written(edc, tmp_path):
    assert edc("study", "new", "DEMO-01").code == 0
    folder = tmp_path / "forms/demo-01"
    files = [*folder.glob("*.yaml"), *folder.glob("forms/*.yaml")]
    assert len(files) == 3
    for file in files:
        first = file.read_text().splitlines()[0]
        schema = file.parent / first.partition("$schema=")[2]
        assert json.loads(schema.read_text())["$schema"]


def test_a_new_study_can_be_published_as_it_is(edc):
    edc("study", "new", "DEMO-01")
    assert edc("study", "check", "forms/demo-01").out.endswith("no findings; 2 checks.\n")
    published = edc("study", "publish", "forms/demo-01")
    assert (published.code, "MetaDataVersion DEMO-01-1 published" in published.out) == (0, True)
    assert "MetaDataVersion DEMO-01-1 in force already" in edc("study", "publish", "forms/demo-01").out


def test_schemas_are_written_beside_a_study_that_has_none(edc, tmp_path):
    assert edc("study", "new", "DEMO-9").code == 0
    folder = tmp_path / "forms/demo-9/.edc"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    for file in folder.iterdir():
        file.unlink()
    done = edc("study", "schema", "forms/demo-9")
    assert done.code == 0
    assert "7 JSON Schemas" in done.out
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
