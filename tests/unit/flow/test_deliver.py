"""Delivering: a place that is away is waited for, blocks only itself, and nothing is ever sealed again for it."""

from __future__ import annotations

import shutil

import pytest

from jesignd.domain.documents import DocumentState
from jesignd.domain.jobs import RETRY_MINUTES, Stage
from jesignd.errors import Code, NotFound


@pytest.fixture
def away(line):
    """The destination's share is not mounted."""

    class Away:
        def __init__(self):
            self.place, self.aside = line.root / "ged", line.root / "démonté"
            self.place.rename(self.aside)

        def back(self):
            self.aside.rename(self.place)

    return Away()


def test_a_delivered_document_lies_there_whole_and_its_receipt_is_kept(line):
    document = line.drop_payslip()
    line.run()

    (delivered,) = line.files("ged").items()
    assert delivered == (
        "BP_000424_202610_MAT-00001_scellé.pdf",
        line.vault.sealed_path(document, 0).read_bytes(),
    )
    assert line.state(document) is DocumentState.DELIVERED
    assert line.told(document)[-1].data == {"destination": "ged", "digest": line.document(document).sealed.digest}
    assert line.promised(document) == []


def test_a_destination_down_is_retried_at_the_known_delays_then_held_and_never_sealed_again(line, away):
    document = line.drop_payslip()
    line.run()
    for attempt, minutes in enumerate(RETRY_MINUTES, 1):
        assert line.state(document) is DocumentState.SEALED
        assert line.promised(document) == [(Stage.DELIVER, "ged", attempt, float(minutes))]
        line.wait(minutes)

    assert line.held(document) is Code.DELIVERY_FAILED
    assert line.events(document)[-2:] == ["delivery_failed", "held"]
    assert line.key.signed == 1

    away.back()
    line.retry(document)
    line.run()

    assert line.state(document) is DocumentState.DELIVERED
    assert line.key.signed == 1
    assert line.balance() == 995


def test_released_instead_of_retried_it_is_delivered_too(line, away):
    document = line.drop_payslip()
    line.run()
    for minutes in RETRY_MINUTES:
        line.wait(minutes)
    away.back()

    assert line.release(document) is DocumentState.SEALED
    line.run()

    assert line.state(document) is DocumentState.DELIVERED


def test_back_within_the_day_it_is_delivered_by_itself(line, away):
    document = line.drop_payslip()
    line.run()
    away.back()

    line.wait(1)

    assert line.state(document) is DocumentState.DELIVERED


def test_somebody_who_has_mended_the_place_need_not_wait_for_the_next_try(line, away):
    document = line.drop_payslip()
    line.run()
    line.wait(1)
    away.back()

    line.retry(document)
    line.run()

    assert line.state(document) is DocumentState.DELIVERED


def test_what_has_not_failed_is_not_retried(line):
    document = line.drop_payslip()
    line.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)

    with pytest.raises(NotFound):
        line.retry(document)


def test_a_destination_down_does_not_keep_the_others_waiting(line):
    line.deliver_to("ged", "copie")
    shutil.rmtree(line.root / "copie")
    document = line.drop_payslip()
    line.run()

    assert line.deliveries(document) == {"ged": "delivered", "copie": "pending"}
    assert len(line.files("ged")) == 1
    assert line.state(document) is DocumentState.SEALED
    assert line.files("retours") == {}

    (line.root / "copie").mkdir()
    line.wait(1)

    assert line.state(document) is DocumentState.DELIVERED
    assert len(line.files("ged")) == 1
    assert line.events(document).count("delivered") == 2


def test_held_for_one_destination_it_still_reaches_the_other(line):
    line.deliver_to("ged", "copie")
    for place in ("ged", "copie"):
        shutil.rmtree(line.root / place)
    document = line.drop_payslip()
    line.run()
    line.destinations.pop("copie")
    line.wait(1)
    assert line.held(document) is Code.DELIVERY_FAILED

    (line.root / "ged").mkdir()
    line.wait(5)
    assert line.deliveries(document) == {"ged": "delivered", "copie": "failed"}

    line.deliver_to("ged", "copie")
    line.retry(document)
    line.run()
    assert line.state(document) is DocumentState.DELIVERED
    assert line.key.signed == 1


def test_held_for_every_destination_a_release_takes_them_all_up_again(line):
    line.deliver_to("ged", "copie")
    for place in ("ged", "copie"):
        shutil.rmtree(line.root / place)
    document = line.drop_payslip()
    line.run()
    for minutes in RETRY_MINUTES:
        line.wait(minutes)
    assert line.deliveries(document) == {"ged": "failed", "copie": "failed"}
    line.deliver_to("ged", "copie")

    line.release(document)
    line.run()

    assert line.state(document) is DocumentState.DELIVERED
    assert line.deliveries(document) == {"ged": "delivered", "copie": "delivered"}


def test_a_file_that_lies_there_already_is_done(line):
    document = line.drop_payslip()
    line.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
    sealed = line.vault.sealed_path(document, 0)
    shutil.copyfile(sealed, line.root / "ged" / "BP_000424_202610_MAT-00001_scellé.pdf")

    line.run()

    assert line.state(document) is DocumentState.DELIVERED
    assert list(line.files("ged")) == ["BP_000424_202610_MAT-00001_scellé.pdf"]


def test_another_file_of_that_name_is_left_alone(line):
    (line.root / "ged" / "BP_000424_202610_MAT-00001_scellé.pdf").write_bytes(b"somebody else's")
    document = line.drop_payslip()
    line.run()

    assert line.state(document) is DocumentState.DELIVERED
    assert line.files("ged")["BP_000424_202610_MAT-00001_scellé.pdf"] == b"somebody else's"
    assert "BP_000424_202610_MAT-00001_scellé_V2.pdf" in line.files("ged")


def test_a_sealed_file_altered_in_the_vault_is_not_delivered(line):
    document = line.drop_payslip()
    line.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
    sealed = line.vault.sealed_path(document, 0)
    sealed.chmod(0o600)
    sealed.write_bytes(sealed.read_bytes() + b"\n")

    line.run()

    assert line.held(document) is Code.DELIVERY_FAILED
    assert line.files("ged") == {}


def test_delivery_into_the_watched_tree_waits_for_its_marker(line):
    line.deliver_beside()
    document = line.drop_payslip(under="client/")
    line.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
    marker = line.root / "exports" / ".jesignd-root"
    mark = marker.read_bytes()
    marker.unlink()

    line.run()
    assert line.state(document) is DocumentState.SEALED
    assert not (line.root / "exports" / "client" / "Scellés").exists()

    marker.write_bytes(mark)
    line.wait(1)
    assert "client/Scellés/BP_000424_202610_MAT-00001_scellé.pdf" in line.files("exports")


def test_a_folder_no_longer_watched_still_gets_what_was_sealed_delivered(line):
    document = line.drop_payslip()
    line.run(Stage.RECOGNISE, Stage.AUTHORISE, Stage.SEAL)
    line.folders.clear()

    line.run()

    assert line.state(document) is DocumentState.DELIVERED
