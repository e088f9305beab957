"""Tables as one HTML page for printing: nothing is loaded from anywhere, heads stand on every sheet."""

from collections.abc import Iterable, Iterator
from html import escape

from bot.services.figures.table import Cell, Table

_STYLE = """
@page { size: A4 landscape; margin: 12mm }
body { color: #111; margin: 1em;
  font: 10.5pt/1.4 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", SimSun, sans-serif }
section + section { break-before: page }
h1 { font-size: 16pt; text-align: center; margin: 0 0 .3em }
p { margin: .1em 0; color: #444; font-size: 9pt }
table { border-collapse: collapse; width: 100%; margin-top: .6em; table-layout: auto }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 1px solid #888; padding: 2pt 4pt; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #eee; white-space: nowrap }
td.n { text-align: right; white-space: nowrap }
"""


def render(title: str, tables: Iterable[Table]) -> Iterator[str]:
    """Piece by piece, as the rows come."""
    yield (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style></head><body>\n"
    )
    for table in tables:
        yield from _section(table)
    yield "</body></html>\n"


def _section(table: Table) -> Iterator[str]:
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in table.notes)
    heads = "".join(f'<th scope="col">{escape(column.head)}</th>' for column in table.columns)
    yield f"<section><h1>{escape(table.title)}</h1>\n{notes}<table><thead><tr>{heads}</tr></thead><tbody>\n"
    for row in table.rows:
        yield f"<tr>{''.join(map(_cell, row))}</tr>\n"
    yield "</tbody></table></section>\n"


def _cell(value: Cell) -> str:
    if value is None:
        return "<td></td>"
    kind = ' class="n"' if isinstance(value, int | float) else ""
    return f"<td{kind}>{escape(str(value))}</td>"
