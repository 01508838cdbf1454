import type { Paint } from '../plan/render/table.ts';
import type { Ink } from './forecast/plot.ts';

/** The colours of a terminal that shows any. */
export async function paint(): Promise<Paint> {
  const { default: picocolors } = await import('picocolors');
  const c = picocolors.createColors(true);
  return { title: c.bold, strong: c.bold, up: c.yellow, down: c.green, warn: c.yellow, bad: c.red, dim: c.dim };
}

/** The colours of what is drawn. */
export async function plotInk(): Promise<Ink> {
  const { default: picocolors } = await import('picocolors');
  const c = picocolors.createColors(true);
  return { past: (text) => text, median: (text) => c.bold(c.cyan(text)), band: c.blue, axis: c.dim };
}
