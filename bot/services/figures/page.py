"""Tables as one HTML page for printing: nothing is loaded from anywhere, heads stand on every sheet."""

from collections.abc import Iterable, Iterator
from html import escape

from bot.services.figures.table import NOTHING, Cell, Row, Share, Table

_STYLE = """
@page { size: A4 landscape; margin: 10mm }
body { color: #111; margin: 1em;
  font: 9.5pt/1.35 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", SimSun, sans-serif }
h1 { font-size: 15pt; text-align: center; margin: 0 0 .3em }
h2 { font-size: 11.5pt; margin: 1.2em 0 .2em }
h1, h2, p { break-after: avoid }
p { margin: .1em 0; color: #444; font-size: 8.5pt }
table { border-collapse: collapse; width: 100%; margin-top: .4em }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 1px solid #888; padding: 2pt 4pt; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { background: #eee; white-space: nowrap }
.n { text-align: right }
.n, .s { white-space: nowrap }
"""
_SHORT = 14
"""Columns up to this width are not broken into lines: a day, a number of somebody's."""


def render(title: str, tables: Iterable[Table]) -> Iterator[str]:
    """Piece by piece, as the rows come."""
    yield (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style></head><body>\n"
    )
    for number, table in enumerate(tables):
        yield from _section(table, "h2" if number else "h1")
    yield "</body></html>\n"


def _section(table: Table, title: str) -> Iterator[str]:
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in table.notes)
    heads = "".join(f'<th scope="col">{escape(column.head)}</th>' for column in table.columns)
    yield f"<section><{title}>{escape(table.title)}</{title}>\n{notes}<table><thead><tr>{heads}</tr></thead><tbody>\n"
    short = [column.width <= _SHORT for column in table.columns]
    row: Row | None = None
    for row in table.rows:
        yield f"<tr>{''.join(map(_cell, row, short))}</tr>\n"
    if row is None:
        yield f'<tr><td colspan="{len(short)}">{NOTHING}</td></tr>\n'
    yield "</tbody></table></section>\n"


def _cell(value: Cell, short: bool) -> str:
    if value is None:
        return "<td></td>"
    kind = ' class="n"' if isinstance(value, int | float | Share) else ' class="s"' if short else ""
    return f"<td{kind}>{escape(str(value))}</td>"
