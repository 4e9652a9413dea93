"use strict";
// Draws every chart in the colours of the page, and again when they change between light and dark.
const dark = matchMedia("(prefers-color-scheme: dark)");
const NARROW_PX = 600;

function draw() {
  const colours = getComputedStyle(document.documentElement);
  const ink = colours.getPropertyValue("--ink").trim();
  const line = colours.getPropertyValue("--line").trim();
  const paper = colours.getPropertyValue("--paper").trim();
  for (const place of document.querySelectorAll("[data-chart]")) {
    const figure = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const layout = figure.layout;
    layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
    layout.font.color = ink;
    layout.hoverlabel.bgcolor = paper;
    layout.hoverlabel.bordercolor = line;
    layout.hoverlabel.font.color = ink;
    if (layout.legend) {
      layout.legend.entrywidth = place.clientWidth < NARROW_PX ? 0.49 : 0.24;
    }
    for (const axis of [layout.xaxis, layout.yaxis]) {
      Object.assign(axis, { gridcolor: line, linecolor: line, zerolinecolor: line, tickcolor: line });
    }
    Plotly.react(place, figure.data, layout, { responsive: true, displaylogo: false, displayModeBar: false });
  }
}

dark.addEventListener("change", draw);
draw();
