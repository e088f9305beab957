// Marking a stretch of one doctor's week: by dragging over its cells, or with Shift and the arrow keys on the boxes.
"use strict";

(() => {
  const form = document.querySelector("form[data-marks]");
  const grid = document.querySelector("table.weekgrid");
  if (!form || !grid) return;

  const told = form.querySelector("[data-marked]");
  const button = form.querySelector("button");
  const boxes = () => [...grid.querySelectorAll("input.mark")];
  const boxOf = (cell) => cell && cell.querySelector("input.mark");
  const cellsOf = (row) => [...row.querySelectorAll("td[data-cell]")];

  const place = (cell) => {
    const row = cell.closest("tr"), body = cell.closest("tbody");
    return { body, row: [...body.rows].indexOf(row), column: cellsOf(row).indexOf(cell) };
  };

  const tell = () => {
    const many = boxes().filter((box) => box.checked).length;
    for (const box of boxes()) box.closest("td").classList.toggle("marked", box.checked);
    told.textContent = many ? `已选 ${many} 格` : "";
    button.disabled = !many;
  };

  const mark = (from, to) => {  // the rectangle between two cells of one doctor, and nothing else
    const a = place(from), b = place(to);
    if (a.body !== b.body) return;
    for (const box of boxes()) box.checked = false;
    const rows = [...a.body.rows].slice(Math.min(a.row, b.row), Math.max(a.row, b.row) + 1);
    for (const row of rows) {
      for (const cell of cellsOf(row).slice(Math.min(a.column, b.column), Math.max(a.column, b.column) + 1)) {
        const box = boxOf(cell);
        if (box) box.checked = true;
      }
    }
    tell();
  };

  let start = null, dragged = false;
  grid.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("td[data-cell]");
    if (!cell || event.button !== 0 || event.pointerType !== "mouse") return;
    start = cell;
    dragged = false;
  });
  grid.addEventListener("dragstart", (event) => event.preventDefault());  // a link is not carried away
  grid.addEventListener("pointerover", (event) => {
    const cell = start && event.target.closest("td[data-cell]");
    if (!cell || (cell === start && !dragged)) return;
    dragged = true;
    mark(start, cell);
  });
  document.addEventListener("pointerup", () => {
    if (dragged) button.focus({ preventScroll: true });
    start = null;
  });
  grid.addEventListener("click", (event) => {  // where a drag ends on a link, it is not followed
    if (dragged) event.preventDefault();
    dragged = false;
  }, true);
  grid.addEventListener("change", tell);

  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  let anchor = null, reached = null;  // Shift goes on from where it began, as long as it goes on from where it came to
  grid.addEventListener("keydown", (event) => {
    const step = steps[event.key], cell = event.target.matches("input.mark") && event.target.closest("td");
    if (!step || !cell) return;
    event.preventDefault();
    const next = beyond(place(cell), step);
    if (!next) return;
    if (event.shiftKey) {
      if (cell !== reached) anchor = cell;
      reached = next;
      mark(anchor, next);
    } else {
      reached = null;
    }
    boxOf(next).focus();
  });

  const beyond = (from, [down, right]) => {  // the next cell that can be marked; cells without a clinic are passed over
    let { row, column } = from;
    for (;;) {
      row += down;
      column += right;
      const line = from.body.rows[row], cell = line && column >= 0 && cellsOf(line)[column];
      if (!cell) return null;
      if (boxOf(cell)) return cell;
    }
  };

  window.addEventListener("pageshow", tell);  // back from the next page: what is marked is still marked
  tell();
})();
