// Snippets as the editor inserts them when every placeholder keeps its default.

/** Expands the body of a snippet. */
export function expand(body: string): string {
  return expandAt(body, 0, new Map()).text;
}

/** Expands up to the `}` that closes what is open, or to the end; `known` holds what placeholders stand for. */
function expandAt(body: string, start: number, known: Map<string, string>, nested = false): { text: string; end: number } {
  let text = "";
  let at = start;
  while (at < body.length) {
    const rest = body.slice(at);
    const escaped = /^\\([$}\\])/.exec(rest);
    const tabStop = /^\$(\d+)/.exec(rest);
    const choice = /^\$\{(\d+)\|((?:[^|\\]|\\.)*)\|\}/.exec(rest);
    const placeholder = /^\$\{(\d+)(:|\})/.exec(rest);
    if (escaped) {
      text += escaped[1];
      at += 2;
    } else if (tabStop) {
      text += known.get(tabStop[1] ?? "") ?? "";
      at += tabStop[0].length;
    } else if (choice) {
      const [first = ""] = (choice[2] ?? "").split(",");
      known.set(choice[1] ?? "", first);
      text += first;
      at += choice[0].length;
    } else if (placeholder) {
      const number = placeholder[1] ?? "";
      at += placeholder[0].length;
      if (placeholder[2] === ":") {
        const inner = expandAt(body, at, known, true);
        const value = known.get(number) ?? inner.text;
        known.set(number, value);
        text += value;
        at = inner.end;
      } else {
        text += known.get(number) ?? "";
      }
    } else if (nested && rest.startsWith("}")) {
      return { text, end: at + 1 };
    } else {
      text += rest[0];
      at += 1;
    }
  }
  if (nested) throw new Error(`a placeholder has no end in ${JSON.stringify(body)}`);
  return { text, end: at };
}
