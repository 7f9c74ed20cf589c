// What belongs to a cursor's place.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nearest, narrowest, type Span } from "../../src/places.ts";

function span(startLine: number, startCharacter: number, endLine: number, endCharacter: number): Span {
  return { start: { line: startLine, character: startCharacter }, end: { line: endLine, character: endCharacter } };
}

const entries = [
  { id: "resource", at: span(2, 0, 9, 1) },
  { id: "property", at: span(4, 2, 4, 20) },
  { id: "value", at: span(4, 10, 4, 20) },
  { id: "other", at: span(11, 0, 12, 1) },
];

test("the narrowest entry at a place wins", () => {
  const at = (line: number, character: number) => narrowest(entries, (it) => it.at, { line, character })?.id;
  assert.deepEqual([at(4, 12), at(4, 4), at(4, 20), at(3, 0), at(10, 0)], ["value", "property", "value", "resource", undefined]);
});

test("beside an entry on its line the entry is meant", () => {
  const at = (line: number, character: number) => nearest(entries, (it) => it.at, { line, character })?.id;
  assert.deepEqual([at(12, 30), at(10, 0), at(4, 0)], ["other", undefined, "resource"]);
});

test("entries elsewhere do not count", () => {
  assert.equal(narrowest(entries, () => undefined, { line: 4, character: 4 }), undefined);
});
