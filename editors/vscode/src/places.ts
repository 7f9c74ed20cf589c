// Which part of a template belongs to a place in a program, and the other way round. Plain data in and out.

/** A position: line and character, from zero. */
export interface Point {
  line: number;
  character: number;
}

export interface Span {
  start: Point;
  end: Point;
}

/** Whether `a` stands before `b` or at the same place. */
export function notAfter(a: Point, b: Point): boolean {
  return a.line < b.line || (a.line === b.line && a.character <= b.character);
}

/** Whether a span holds a point, its end included. */
export function holds(span: Span, point: Point): boolean {
  return notAfter(span.start, point) && notAfter(point, span.end);
}

/** Whether `a` is narrower than `b`: fewer lines, then fewer characters. */
function narrower(a: Span, b: Span): boolean {
  const lines = a.end.line - a.start.line - (b.end.line - b.start.line);
  if (lines !== 0) return lines < 0;
  return a.end.character - a.start.character < b.end.character - b.start.character;
}

/** The narrowest of the entries whose span holds the point; the first of equals. */
export function narrowest<T>(entries: readonly T[], spanOf: (entry: T) => Span | undefined, point: Point): T | undefined {
  let best: { entry: T; span: Span } | undefined;
  for (const entry of entries) {
    const span = spanOf(entry);
    if (span && holds(span, point) && (!best || narrower(span, best.span))) best = { entry, span };
  }
  return best?.entry;
}

/** The narrowest entry at the point, else the last that begins on a line above it, else none. */
export function nearest<T>(entries: readonly T[], spanOf: (entry: T) => Span | undefined, point: Point): T | undefined {
  const line = (span: Span): Span => ({ start: { line: span.start.line, character: 0 }, end: { line: span.end.line, character: Number.MAX_SAFE_INTEGER } });
  const wide = (entry: T) => {
    const span = spanOf(entry);
    return span && line(span);
  };
  return narrowest(entries, spanOf, point) ?? narrowest(entries, wide, point);
}
