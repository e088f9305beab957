// Draws every <canvas data-chart="bar|line" data-table="ID"> from the table with that id: the table is the truth, and
// what a screen reader and a printer get.  First column: the labels, or their data-label; each further column: one series, or only those whose
// head has data-series.  data-lines='[["80% 线", 80]]' on the canvas: levels to be reached, drawn across.
"use strict";

(() => {
  const COLOURS = ["#0b6b74", "#b8610a", "#5a4fa3", "#1b6b3a", "#a3231b", "#51626c"];

  const number = (cell) => {
    const text = cell.dataset.value ?? cell.textContent;
    const found = Number.parseFloat(text.replace(/[,%\s]/g, ""));
    return Number.isNaN(found) ? null : found;
  };

  const draw = (canvas) => {
    if (Chart.getChart(canvas)) return;
    const table = document.getElementById(canvas.dataset.table);
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const chosen = heads.some((cell) => "series" in cell.dataset) ? heads.filter((cell) => "series" in cell.dataset) : heads;
    const rows = [...table.tBodies[0].rows];
    const datasets = chosen.map((head, index) => ({
      label: head.textContent.trim(),
      data: rows.map((row) => number(row.cells[head.cellIndex])),
      backgroundColor: COLOURS[index % COLOURS.length],
      borderColor: COLOURS[index % COLOURS.length],
      spanGaps: false,
      maxBarThickness: 72,
      pointStyle: "rect",
    }));
    const share = rows.some((row) => chosen.some((head) => row.cells[head.cellIndex].textContent.trim().endsWith("%")));
    const flat = !datasets.some((each) => each.data.some(Boolean));
    JSON.parse(canvas.dataset.lines || "[]").forEach(([label, level], index) => datasets.push({
      label, type: "line", order: -1, data: rows.map(() => level), pointRadius: rows.length > 1 ? 0 : 4, borderWidth: 2,
      borderDash: [6, 4], pointStyle: "line", borderColor: COLOURS[4 - index], backgroundColor: COLOURS[4 - index],
    }));
    new Chart(canvas, {
      type: canvas.dataset.chart,
      data: { labels: rows.map((row) => row.cells[0].dataset.label ?? row.cells[0].textContent.trim()), datasets },
      options: {
        animation: false,
        maintainAspectRatio: false,
        scales: { y: { beginAtZero: true, suggestedMax: share && flat ? 100 : undefined, ticks: { precision: 0, ...(share && { callback: (value) => `${value}%` }) } } },
        plugins: { legend: { display: datasets.length > 1, labels: { usePointStyle: true } } },
        onClick: (_event, hit) => {  // a bar opens the rows behind it
          const link = hit.length && rows[hit[0].index].querySelector("a");
          if (link) window.location = link.href;
        },
      },
    });
  };

  const all = () => document.querySelectorAll("canvas[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", all);
  document.addEventListener("htmx:afterSwap", all);
})();
