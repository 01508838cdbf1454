import type { Paint } from '../plan/render/table.ts';

/** The colours of a terminal that shows any. */
export async function paint(): Promise<Paint> {
  const { default: picocolors } = await import('picocolors');
  const c = picocolors.createColors(true);
  return { title: c.bold, strong: c.bold, up: c.yellow, down: c.green, warn: c.yellow, bad: c.red, dim: c.dim };
}
