"""What the gateway reads and writes in Postgres, beyond single queries that routes call by name."""

from pathlib import Path
from types import SimpleNamespace

from shared.database import load_queries

queries = SimpleNamespace()
for _file in sorted(Path(__file__).parent.glob("*/*.sql")):
    _loaded = load_queries(_file)
    for _name in _loaded.available_queries:
        setattr(queries, _name, getattr(_loaded, _name))

_EXPORT = """
    select st.submission_id, t.name as team, b.label as box, st.study, st.visible, st.generalization{}
    from studies st
    join submissions s on s.id = st.submission_id
    join teams t on t.id = s.team_id
    join black_boxes b on b.id = st.box_id
    where st.submission_id = any ($1)
    order by st.submission_id, b.label, st.study
"""
EXPORT_LOSSES = _EXPORT.format("")
EXPORT_STUDIES = _EXPORT.format(
    ", st.eval_time_s, st.evaluation_cpu_s, st.suggest_time_s, st.observe_time_s, st.suggestions"
)
"""Here and not in queries/ because it runs in asyncpg's own cursor, row by row."""
