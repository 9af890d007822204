"""The curve's geometry."""

from datetime import date

from organising.pledges.chart import draw_curve


def test_a_curve_needs_two_days():
    assert draw_curve({}) is None
    assert draw_curve({"2018-12-04": 15}) is None
    assert draw_curve({"2018-12-04": None, "2018-12-05": 15}) is None


def test_days_that_are_not_shown_are_left_out_and_time_is_to_scale():
    curve = draw_curve({"2018-12-04": None, "2018-12-05": 10, "2018-12-06": 15, "2018-12-15": 40})
    assert (curve.first, curve.final) == (date(2018, 12, 5), date(2018, 12, 15))
    assert curve.ticks[1][1] == 40
    assert curve.line.count("L") == 2
    assert curve.end[1] < curve.floor
    second = float(curve.line.split("L")[1].split()[0])
    assert abs(second - curve.end[0] / 10) < 0.1
