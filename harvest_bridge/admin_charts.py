"""Data for the admin theme's own bar chart, `unfold/components/chart/bar.html`, which Chart.js draws."""

from __future__ import annotations

import json
from collections.abc import Sequence

PRIMARY, ALARMING = "--color-primary-500", "--color-red-500"


def bar_chart(
    title: str,
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    suffix: str = "",
    color: str = PRIMARY,
) -> str:
    """Shape: the JSON that the component takes as `data`; a value of None leaves its place empty.

    As many of the labels are written as lie beside each other in a narrow chart.
    """
    dataset = {
        "label": f"{title}, {suffix}" if suffix else title,
        "data": list(values),
        "backgroundColor": f"var({color})",
        "borderRadius": 2,
        "displayYAxis": True,
        "suffixYAxis": suffix,
        "maxBarThickness": 14,
        "barPercentage": 0.9,
        "categoryPercentage": 1,
        "minBarLength": 2,  # what is there can be seen, however small beside the highest
        "maxTicksXLimit": max(2, 24 // max(map(len, labels), default=24)),
    }
    return json.dumps({"labels": list(labels), "datasets": [dataset]}, ensure_ascii=False)
