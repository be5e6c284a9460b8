"""A certificate that was written down proves the same again, and nothing else."""

import numpy as np
import pytest
from formulations import problem, rows

from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.certificate_record import CertificateRecord
from placement_opt.formulation.mixed_integer_rounding import Cut, with_cuts
from placement_opt.formulation.row_blocks import NO_LOWER

LIMITED = problem([3, 2], [rows("one", [[2, 2]], [NO_LOWER], [3])])
CUT = Cut((0,), (-1,), 2, ())


def again(record: CertificateRecord) -> CertificateRecord:
    return CertificateRecord.model_validate_json(record.model_dump_json())


def test_a_bound_is_proven_again() -> None:
    certificate = Certificate(np.array([1]), 0)
    bound = certificate.bound(LIMITED)
    record = again(CertificateRecord.of_bound(certificate, LIMITED, bound))
    assert (record.proves, record.row, record.price, record.cuts) == ("bound", (0,), (1,), ())
    assert record.bound(LIMITED) == record.bound_units == bound == 4


def test_a_bound_on_cuts_is_proven_again() -> None:
    strong = with_cuts(LIMITED, [CUT])
    certificate = Certificate(np.array([0, -2]), 0)
    bound = certificate.bound(strong)
    record = again(CertificateRecord.of_bound(certificate, strong, bound))
    assert record.cuts == (CUT,)
    assert record.bound(LIMITED) == bound == 3
    with pytest.raises(ValueError, match="2 rows, but the problem has 1"):
        record.model_copy(update={"cuts": ()}).bound(LIMITED)


def test_that_there_is_no_plan_is_proven_again() -> None:
    hopeless = problem([1], [rows("three", [[1]], [3], [3])])
    record = again(CertificateRecord.of_no_plan(Certificate(np.array([-1]), 0)))
    assert record.proves == "no plan"
    assert record.leaves_no_plan(hopeless)
    assert not record.model_copy(update={"price": (0,)}).leaves_no_plan(hopeless)


def test_fields_of_a_cut_that_mean_nothing_are_refused() -> None:
    record = CertificateRecord.of_bound(
        Certificate(np.array([0, -2]), 0), with_cuts(LIMITED, [CUT]), 3
    )
    fields = record.model_dump()
    fields["cuts"][0]["luck"] = 1
    with pytest.raises(ValueError, match=r"cuts\.0\.luck"):
        CertificateRecord.model_validate(fields)
