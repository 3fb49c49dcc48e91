def test_first_save_begins_the_form_and_stores_the_value_as_typed(trial):
    result = trial.save("S-001", {"VS.SYSBP": " 120 "})
    assert (result.status, result.changed) == ("in_progress", 1)
    data = trial.casebook("S-001").items[trial.path("VS.SYSBP")]
    assert (data.raw, data.value, data.version) == (" 120 ", "120", 1)
    assert [e["kind"] for e in trial.entries("S-001")] == ["subject.add", "item.set", "form.status"]
