// The report page: draws its charts, sorts its tables, and shows one of several charts.

const specifications = JSON.parse(document.getElementById("charts").textContent);

/// Colours as the page has them, light, dark or printed: charts need not be drawn again when they change.
const look = {
  // By its name: text is measured on a canvas, which inherits nothing.
  font: getComputedStyle(document.body).fontFamily,
  background: "transparent",
  view: { stroke: null },
  text: { color: "var(--ink)" },
  rule: { color: "var(--quiet)" },
  axis: {
    gridColor: "var(--line)", domainColor: "var(--quiet)", tickColor: "var(--quiet)", labelColor: "var(--ink)",
    titleColor: "var(--ink)", titleFontWeight: "normal", titlePadding: 8, labelFontSize: 12, titleFontSize: 12, labelLimit: 160,
  },
  legend: { labelColor: "var(--ink)", titleColor: "var(--quiet)", labelFontSize: 12, titleFontSize: 12, symbolOpacity: 1, labelLimit: 220, columnPadding: 14 },
};

/// The specification as the page shows it: as wide as there is room, the title above it in the page's own type.
function onPage(specification, description, width) {
  const { title, config, ...rest } = specification;
  const columns = Math.max(1, Math.floor(width / 130));
  return {
    ...rest, description, width: "container", background: "transparent", padding: 2,
    autosize: { type: "fit-x", contains: "padding" },
    config: { ...look, legend: { ...look.legend, columns } },
  };
}

async function draw(figure) {
  const plot = figure.querySelector(".plot");
  const specification = specifications[figure.dataset.chart];
  if (!specification || figure.dataset.drawn || !plot.clientWidth) return;
  figure.dataset.drawn = "begun";
  await window.vegaEmbed(plot, onPage(specification, plot.dataset.description, plot.clientWidth),
    { actions: false, renderer: "svg", ast: true });
  figure.dataset.drawn = "yes";
}

/// Charts that are hidden have no width: they are drawn when they are shown.
const drawAll = () => Promise.all([...document.querySelectorAll("figure.chart")].map(draw));

function choose(group, button) {
  for (const other of group.querySelectorAll(".buttons button")) other.setAttribute("aria-pressed", String(other === button));
  for (const part of group.querySelectorAll("[data-choice]")) part.hidden = part.dataset.choice !== button.dataset.shows;
  drawAll();
  window.dispatchEvent(new Event("resize")); // a chart drawn earlier takes the width that there is now
}

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell && cell.dataset.value !== undefined ? Number(cell.dataset.value) : cell ? cell.textContent.trim() : "";
}

/// Numbers before texts; a cell that says nothing comes last in both directions.
function compareValues(a, b, direction) {
  const empty = (value) => value === "" || value === "-" || Number.isNaN(value);
  if (empty(a) || empty(b)) return empty(a) - empty(b);
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return direction * (typeof a === "number" ? a - b : a.localeCompare(b, undefined, { numeric: true }));
}

function sortBy(table, column, header) {
  const direction = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", direction === 1 ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows];
  rows.sort((a, b) => compareValues(valueOf(a, column), valueOf(b, column), direction));
  table.tBodies[0].append(...rows);
}

/// Titles become buttons, which the keyboard reaches.
function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.replaceChildren(button);
    header.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => sortBy(table, column, header));
  });
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
for (const group of document.querySelectorAll(".choices"))
  for (const button of group.querySelectorAll(".buttons button")) button.addEventListener("click", () => choose(group, button));
document.querySelectorAll("details").forEach((part) => part.addEventListener("toggle", drawAll));
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => (part.open = true)));
if (window.vegaEmbed) await drawAll();
document.documentElement.dataset.ready = "yes";
