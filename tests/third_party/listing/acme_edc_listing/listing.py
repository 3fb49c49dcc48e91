"""A line for each form: subject, place, how far it is, and what was answered."""

FILE = "listing.txt"


def write(dataset, sink):
    done = lines = 0
    with sink.open(FILE) as stream:
        stream.write(f"{dataset.study_oid} ({dataset.environment}), cut {dataset.cut[:16]}\n".encode())
        for done, subject in enumerate(dataset.subjects(), start=1):
            for form in subject.forms:
                names = dataset.versions[form.meta_data_version].items
                said = "; ".join(f"{names[one.oid].name}={_said(one)}" for one in form.items)
                stream.write(f"{subject.subject_key} {form.path} {form.status}: {said}\n".encode())
                lines += 1
            sink.progress(done)
    sink.rows(FILE, lines)


def _said(item):
    """Blank, missing and unreadable are three things."""
    if item.missing:
        return f"<{item.missing}>"
    if item.reading != "ok":
        return f"<unreadable: {item.raw}>"
    return item.value or ""
