// A window of VS Code in a browser, driven as a person would: keys, clicks, looking.

import type { FrameLocator, Locator, Page } from "playwright-core";

/** How long anything may take to show, in milliseconds. */
const PATIENCE = 60_000;

export class Window {
  #shots = 0;
  /** The names of the pictures so far. */
  readonly shown = new Set<string>();

  constructor(
    readonly page: Page,
    private readonly pictures: string,
  ) {
    page.setDefaultTimeout(PATIENCE);
  }

  /** Writes a picture of the window, numbered in the order of the journey. */
  async shoot(name: string): Promise<void> {
    this.#shots += 1;
    this.shown.add(name);
    // Lists and messages fade in.
    await this.page.waitForTimeout(250);
    await this.page.screenshot({ path: `${this.pictures}/${String(this.#shots).padStart(2, "0")}-${name}.png` });
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Types as a person does, so that completions and closing brackets come along. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 20 });
  }

  /** Writes a line of text that nothing is to be added to, such as a path. */
  async insert(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  /** Runs a command of the palette by its whole title. */
  async command(title: string): Promise<void> {
    await this.press("F1");
    const input = this.page.locator(".quick-input-widget:visible input");
    await input.waitFor();
    await input.fill(`>${title}`);
    // Other commands may hold the same words.
    const label = this.page.locator(".quick-input-list .label-name").getByText(title, { exact: true });
    await label.first().click();
    // Where the mouse stays, tips would open.
    await this.page.mouse.move(700, 890);
    await this.page.locator(".quick-input-widget:visible").waitFor({ state: "hidden" }).catch(() => undefined);
  }

  /** Opens a file of the workspace by its name. */
  async open(name: string): Promise<void> {
    await this.press("Control+p");
    const input = this.page.locator(".quick-input-widget:visible input");
    await input.waitFor();
    await input.fill(name);
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: name }).waitFor();
    await this.press("Enter");
    await this.tab(name).waitFor();
    await this.page.locator(`.editor-instance[aria-label*="${name}"], .editor-group-container.active .monaco-editor`).first().waitFor();
  }

  /** The active tab of that name. */
  tab(name: string): Locator {
    return this.page.locator(".tabs-container .tab.active", { hasText: name }).first();
  }

  /** Moves the cursor; line and column count from one. */
  async goTo(line: number, column: number): Promise<void> {
    await this.press("Control+g");
    const input = this.page.locator(".quick-input-widget:visible input");
    await input.waitFor();
    await input.fill(`:${line}:${column}`);
    await this.page.locator(".quick-input-list .monaco-list-row", { hasText: `go to line ${line} ` }).waitFor();
    await this.press("Enter");
    await this.page.locator(".quick-input-widget:visible").waitFor({ state: "hidden" });
    await this.cursorAt(line);
  }

  /** Waits until the cursor is in a line. */
  async cursorAt(line: number): Promise<void> {
    await this.page.locator(".statusbar-item", { hasText: new RegExp(`Ln ${line},`) }).waitFor();
  }

  /** Begins a new line behind a line, where one types on. */
  async newLineAfter(line: number): Promise<void> {
    await this.goTo(line, 1);
    await this.press("End", "Enter");
    await this.cursorAt(line + 1);
  }

  /** Elements of the editor that has the focus. */
  editor(selector = ""): Locator {
    return this.page.locator(`.editor-group-container.active .monaco-editor ${selector}`);
  }

  /** A line of the editor that holds this text. */
  line(text: string): Locator {
    return this.editor(".view-line").filter({ hasText: asShown(text) }).first();
  }

  /** The item of the status bar. */
  status(): Locator {
    return this.page.locator(".statusbar-item", { hasText: "cloudc" }).first();
  }

  /** A message in the corner. */
  message(text: string): Locator {
    return this.page.locator(".notification-list-item", { hasText: text }).first();
  }

  /** Rows of the Problems view. */
  problems(): Locator {
    return this.page.locator(".markers-panel .monaco-list-row");
  }

  /** The page inside a webview. */
  webview(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").last().frameLocator("iframe#active-frame");
  }

  /** Waits until something holds, asking again and again. */
  async until(what: string, holds: () => boolean | Promise<boolean>, patience = PATIENCE): Promise<void> {
    const end = Date.now() + patience;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
      await this.page.waitForTimeout(100);
    }
  }
}

/** The editor shows spaces as no-break spaces. */
function asShown(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(escaped.replace(/ /g, "[ \u00a0]"));
}
