// SPDX-License-Identifier: Apache-2.0
// What the demo writes: headings, lines and small tables, readable without colour.

const plain = !process.stdout.isTTY || process.env.NO_COLOR !== undefined;
const paint = (code: string, text: string): string => (plain ? text : `\u001b[${code}m${text}\u001b[0m`);
const started = Date.now();

export function heading(text: string): void {
  const seconds = ((Date.now() - started) / 1000).toFixed(1).padStart(5);
  console.log(`\n${paint('2', `${seconds} s`)}  ${paint('1', text)}`);
}

export function line(text: string): void {
  console.log(`         ${text}`);
}

/** Columns as wide as their widest cell; numbers to the right. */
export function table(head: string[], rows: string[][]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const show = (cells: string[]): string =>
    cells
      .map((cell, column) => (/^[-+\d]/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ');
  line(paint('4', show(head)));
  for (const row of rows) line(show(row));
}

/** A handwritten digit of 8 × 8 pixels from 0 to 16. */
export function digit(pixels: number[]): string[] {
  const shades = ' .:-=+*#%@';
  return Array.from({ length: 8 }, (_, row) =>
    pixels
      .slice(row * 8, row * 8 + 8)
      .map((pixel) => (shades[Math.min(9, Math.floor(pixel / 1.7))] ?? '@').repeat(2))
      .join(''),
  );
}

export const elapsed = (): number => (Date.now() - started) / 1000;
