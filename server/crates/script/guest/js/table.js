// The table of `console.table`.
import { inspect } from "./inspect.js";

const MOST_ROWS = 100;
const MOST_COLUMNS = 20;

/** Rows and columns of an array, object, Map or Set as a drawn table; undefined when there is nothing to draw. */
export function tableText(data, wanted) {
  const rows = rowsOf(data);
  const names = new Set();
  let values = false;
  for (const [, row] of rows) {
    if (typeof row === "object" && row !== null) for (const key of Object.keys(row)) names.add(key);
    else values = true;
  }
  const columns = (wanted === undefined ? [...names] : Array.from(wanted, String)).slice(0, MOST_COLUMNS);
  const head = ["(index)", ...columns, ...(values && wanted === undefined ? ["Values"] : [])];
  const body = rows.map(([index, row]) => {
    const object = typeof row === "object" && row !== null;
    const cells = columns.map((name) => (object && Object.hasOwn(row, name) ? inspect(row[name], 0) : ""));
    return [index, ...cells, ...(head.length > cells.length + 1 ? [object ? "" : inspect(row, 0)] : [])];
  });
  return draw(head, body);
}

function rowsOf(data) {
  let pairs;
  if (data instanceof Map || data instanceof Set) pairs = [...data.values()].map((value, at) => [String(at), value]);
  else pairs = Object.keys(data).slice(0, MOST_ROWS).map((key) => [key, data[key]]);
  return pairs.slice(0, MOST_ROWS);
}

function draw(head, body) {
  const lines = [head, ...body].map((cells) => cells.map((cell) => cell.replaceAll("\n", " ")));
  const widths = head.map((_, at) => Math.max(...lines.map((cells) => cells[at].length)) + 2);
  const rule = (left, middle, right) => left + widths.map((width) => "─".repeat(width)).join(middle) + right;
  const row = (cells) => `│${cells.map((cell, at) => ` ${cell}`.padEnd(widths[at])).join("│")}│`;
  const [first, ...rest] = lines.map(row);
  return [rule("┌", "┬", "┐"), first, rule("├", "┼", "┤"), ...rest, rule("└", "┴", "┘")].join("\n");
}
