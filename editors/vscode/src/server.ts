// The language server's life: found, started, restarted, stopped, and what is said when it cannot be had.

import { spawn } from "node:child_process";

import * as vscode from "vscode";
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type LanguageClientOptions,
  type RequestType,
  type ServerOptions,
} from "vscode-languageclient/node";

import { HOVER_COMMANDS, keywordsByGrammar, middleware } from "./adjust.ts";
import { find, isOlder, OLDEST, type Binary, type Missing, type Origin } from "./binary.ts";
import { status, type ServerStatus } from "./protocol.ts";
import { SECTION, checksCloudFormation, serverArguments, serverPath } from "./settings.ts";
import { traceChannel } from "./trace.ts";

/** Languages that templates are opened as. */
const TEMPLATES = ["yaml", "json", "jsonc", "cloudformation"];

/** Where one reads how to get `cloudc`. */
const INSTALLATION = "command:cloudc.openWalkthrough";

/** What the status bar shows. */
export type Condition =
  | { state: "starting" | "stopped" }
  | { state: "missing"; why: string }
  | { state: "running"; binary: Binary; status: ServerStatus };

export class Server implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel("cloudc", { log: true });
  readonly #trace = traceChannel();
  readonly #changed = new vscode.EventEmitter<Condition>();
  /** Tells every change of the condition. */
  readonly onChanged = this.#changed.event;

  #condition: Condition = { state: "stopped" };
  #client: LanguageClient | undefined;
  #binary: Binary | undefined;
  /** Starts and stops happen one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(private readonly context: vscode.ExtensionContext) {}

  get condition(): Condition {
    return this.#condition;
  }

  /** The program that runs, once it was found. */
  get binary(): Binary | undefined {
    return this.#binary;
  }

  /** Starts the server, or starts it anew. */
  restart(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#stop()).then(() => this.#start());
    return this.#turn;
  }

  /** Ends the server. */
  stop(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#stop());
    return this.#turn;
  }

  /** Asks the server; `undefined` when none runs. An answer that came too late for an edit is asked for again once. */
  async ask<P, R>(type: RequestType<P, R, void>, params: P, token?: vscode.CancellationToken): Promise<R | undefined> {
    await this.#turn;
    const client = this.#client;
    if (!client?.isRunning()) return undefined;
    // A token that is there but undefined would be taken for a parameter.
    const send = () => (token ? client.sendRequest<R>(type.method, params, token) : client.sendRequest<R>(type.method, params));
    try {
      return await send();
    } catch (error) {
      if (!isOutdated(error) || token?.isCancellationRequested) throw error;
      return await send();
    }
  }

  /** Lets the server do one of its commands. */
  async execute(command: string, args: unknown[]): Promise<unknown> {
    await this.#turn;
    const client = this.#client;
    if (!client?.isRunning()) {
      await this.complain({ kind: "none" });
      return undefined;
    }
    return client.sendRequest("workspace/executeCommand", { command, arguments: args });
  }

  /** A position or range of the protocol, as the editor wants it. */
  get convert(): LanguageClient["protocol2CodeConverter"] | undefined {
    return this.#client?.protocol2CodeConverter;
  }

  dispose(): void {
    void this.stop().finally(() => {
      this.log.dispose();
      this.#trace.disposable.dispose();
      this.#changed.dispose();
    });
  }

  #show(condition: Condition): void {
    this.#condition = condition;
    void vscode.commands.executeCommand("setContext", "cloudc.running", condition.state === "running");
    this.#changed.fire(condition);
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#show({ state: "stopped" });
    try {
      await client?.dispose(3000);
    } catch (error) {
      this.log.warn(`the server did not end by itself: ${String(error)}`);
    }
  }

  async #start(): Promise<void> {
    this.#show({ state: "starting" });
    const found = await find({
      setting: serverPath(),
      extension: this.context.extensionPath,
      workspace: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
      environment: process.env,
      platform: process.platform,
    });
    if ("kind" in found) {
      this.#binary = undefined;
      this.#show({ state: "missing", why: describe(found) });
      this.log.error(describe(found));
      void this.complain(found);
      return;
    }
    this.#binary = found;
    this.log.info(`cloudc ${found.version} from ${PLACES[found.origin]}: ${found.path}`);
    const client = this.#make(found);
    this.#client = client;
    try {
      await client.start();
    } catch (error) {
      this.#client = undefined;
      const why = `cloudc lsp did not start: ${String(error)}`;
      this.log.error(why);
      this.#show({ state: "missing", why });
      void this.#offer(why, ["Show Log", "Restart"]);
    }
  }

  #make(binary: Binary): LanguageClient {
    const server: ServerOptions = () => {
      const cwd = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? this.context.extensionPath;
      const child = spawn(binary.path, ["lsp", ...serverArguments()], { cwd, windowsHide: true });
      child.stderr.setEncoding("utf8").on("data", (text: string) => this.log.info(text.trimEnd()));
      return Promise.resolve(child);
    };
    const options: LanguageClientOptions = {
      documentSelector: [
        ...["file", "untitled", "cloud-std"].map((scheme) => ({ scheme, language: "cloud" })),
        ...(checksCloudFormation() ? TEMPLATES.map((language) => ({ scheme: "file", language })) : []),
      ],
      outputChannel: this.log,
      traceOutputChannel: this.#trace.channel,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      diagnosticCollectionName: SECTION,
      initializationOptions: () => JSON.parse(JSON.stringify(vscode.workspace.getConfiguration(SECTION))) as unknown,
      // Files to watch and settings to be told of are registered by the server.
      markdown: { isTrusted: { enabledCommands: HOVER_COMMANDS }, supportHtml: true },
      middleware,
    };
    const client = new LanguageClient(SECTION, "cloudc", server, options);
    client.registerFeature(keywordsByGrammar);
    client.onNotification(status, (told) => {
      if (this.#client === client) this.#show({ state: "running", binary, status: told });
    });
    client.onDidChangeState(({ newState }) => {
      if (this.#client !== client) return;
      if (newState === State.Running) this.#show({ state: "running", binary, status: { state: "ready" } });
      if (newState === State.Starting) this.#show({ state: "starting" });
      if (newState === State.Stopped) this.#show({ state: "stopped" });
    });
    return client;
  }

  /** Says that there is no server, and offers what helps. */
  complain(missing: Missing): Promise<void> {
    return this.#offer(describe(missing), ["Open Settings", "Installation Help", "Restart"]);
  }

  async #offer(message: string, actions: string[]): Promise<void> {
    switch (await vscode.window.showErrorMessage(message, ...actions)) {
      case "Open Settings":
        await vscode.commands.executeCommand("workbench.action.openSettings", `${SECTION}.server`);
        break;
      case "Installation Help":
        await vscode.commands.executeCommand(INSTALLATION.slice("command:".length));
        break;
      case "Show Log":
        this.log.show();
        break;
      case "Restart":
        await this.restart();
        break;
    }
  }
}

const PLACES: Record<Origin, string> = {
  settings: "the setting `cloudc.server.path`",
  extension: "the extension",
  path: "PATH",
};

function describe(missing: Missing): string {
  switch (missing.kind) {
    case "none":
      return "cloudc was not found: it is neither in the settings, nor in the extension, nor on PATH. Without it there is highlighting only.";
    case "unusable":
      return `cloudc cannot be started from ${missing.path} (${PLACES[missing.origin]}): ${missing.reason}.`;
    case "old": {
      const which = `cloudc ${missing.version} at ${missing.path} (${PLACES[missing.origin]})`;
      return isOlder(missing.version, OLDEST)
        ? `${which} is too old: this extension needs ${OLDEST} or newer.`
        : `${which} is too old: it has no language server yet (\`cloudc lsp\`).`;
    }
  }
}

/** Whether the server gave an answer up because of an edit. */
function isOutdated(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return code === -32801 || code === -32802;
}
