// What the commands of the palette and of code lenses do.

import * as vscode from "vscode";
import type { Location, Position } from "vscode-languageclient/node";

import type { GraphPanels } from "./graph/panel.ts";
import type { Counts, Said } from "./protocol.ts";
import type { Server } from "./server.ts";
import { showMenu } from "./statusBar.ts";
import { SECTION } from "./settings.ts";
import type { TemplatePreview } from "./template.ts";
import type { TreeView } from "./tree.ts";

/** What the commands work with. */
export interface Parts {
  context: vscode.ExtensionContext;
  server: Server;
  preview: TemplatePreview;
  graphs: GraphPanels;
  trees: TreeView;
}

/** Registers all commands. */
export function commands(parts: Parts): vscode.Disposable {
  const { context, server, preview, graphs, trees } = parts;
  const walkthrough = `${context.extension.id}#start`;
  const all: Record<string, (...args: never[]) => unknown> = {
    buildStack: (uri?: vscode.Uri) => withProgram(uri, (program) => build(server, program)),
    checkWorkspace: () => check(server),
    previewTemplate: (uri?: vscode.Uri) => withProgram(uri, (program) => preview.show(program)),
    showGraph: (uri?: vscode.Uri) => withProgram(uri, (program) => graphs.show(program)),
    showSyntaxTree: () => withEditor((editor) => trees.show(editor)),
    newStack,
    downloadSchemas: () => sync(server),
    restartServer: () => server.restart(),
    showLogs: () => server.log.show(),
    showMenu: () => showMenu(server),
    openSettings: () => vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${context.extension.id}`),
    openWalkthrough: () => vscode.commands.executeCommand("workbench.action.openWalkthrough", walkthrough, false),
    showReferences: (uri: string, position: Position, locations: Location[]) => showReferences(server, uri, position, locations),
    runTest: (uri: string, name: string) => runTest(server, uri, name),
  };
  const registered = Object.entries(all).map(([name, run]) =>
    vscode.commands.registerCommand(`${SECTION}.${name}`, async (...args: never[]) => {
      try {
        return await run(...args);
      } catch (error) {
        server.log.error(`${name}: ${String(error)}`);
        void vscode.window.showErrorMessage(`cloudc: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

/** Does something with the program that was clicked, or else with the one in the active editor. */
async function withProgram(uri: vscode.Uri | undefined, act: (program: vscode.Uri) => unknown): Promise<void> {
  const program = uri instanceof vscode.Uri ? uri : activeProgram();
  if (program) await act(program);
  else void vscode.window.showInformationMessage("Open a .cloud file first.");
}

function activeProgram(): vscode.Uri | undefined {
  const shown = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  return shown.find((editor) => editor?.document.languageId === "cloud")?.document.uri;
}

async function withEditor(act: (editor: vscode.TextEditor) => unknown): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId === "cloud") await act(editor);
  else void vscode.window.showInformationMessage("Open a .cloud file first.");
}

function working<T>(title: string, work: () => Thenable<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}

/** Builds what is saved, and offers the template. */
async function build(server: Server, program: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find((it) => it.uri.toString() === program.toString());
  if (document?.isDirty) await document.save();
  try {
    const said = (await working("Building", () => server.execute("cloudc.build", [program.toString()]))) as Said | undefined;
    if (!said) return;
    server.log.info(said.output);
    const template = templateIn(said.output, program);
    const message = said.output.trim().split("\n").pop() ?? "Built";
    const chosen = await vscode.window.showInformationMessage(`cloudc: ${message}`, ...(template ? ["Open Template"] : []));
    if (chosen && template) await vscode.window.showTextDocument(template);
  } catch (error) {
    server.log.error(error instanceof Error ? error.message : String(error));
    const chosen = await vscode.window.showErrorMessage("cloudc: the stack was not built.", "Show Problems", "Show Log");
    if (chosen === "Show Problems") await vscode.commands.executeCommand("workbench.actions.view.problems");
    if (chosen === "Show Log") server.log.show();
  }
}

/** The template in what a build said; paths are from the program's folder. */
function templateIn(output: string, program: vscode.Uri): vscode.Uri | undefined {
  const path = /\S+\.template\.(?:json|yaml)/.exec(output)?.[0].replaceAll("`", "");
  if (path === undefined) return undefined;
  return path.startsWith("/") ? vscode.Uri.file(path) : vscode.Uri.joinPath(program, "..", path);
}

/** Checks every program, says how many mistakes there are, and shows the Problems. */
async function check(server: Server): Promise<void> {
  const counts = (await working("Checking", () => server.execute("cloudc.check", []))) as Counts | undefined;
  if (!counts) return;
  const { files, errors, warnings } = counts;
  const many = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  void vscode.window.showInformationMessage(`cloudc: ${many(errors, "error")}, ${many(warnings, "warning")} in ${many(files, "file")}`);
  if (errors + warnings > 0) await vscode.commands.executeCommand("workbench.actions.view.problems");
}

/** Fetches the newest resource types and AWS's descriptions. */
async function sync(server: Server): Promise<void> {
  const said = (await working("Syncing CloudFormation schemas", () => server.execute("cloudc.syncSchemas", []))) as Said | undefined;
  if (!said) return;
  server.log.info(said.output);
  void vscode.window.showInformationMessage(`cloudc: ${said.output.trim().split("\n").pop() ?? "synced"}`);
}

const NEW_STACK = `/// \${2:What this stack is for.}
stack \${1:name} {
  region: "\${3:eu-west-1}"
}

resource \${4:uploads}: AWS::S3::Bucket {
  $0
}
`;

/** A new program in an untitled document, with placeholders. */
async function newStack(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "cloud", content: "" });
  const editor = await vscode.window.showTextDocument(document);
  await editor.insertSnippet(new vscode.SnippetString(NEW_STACK));
}

/** Shows the places a lens counted. */
async function showReferences(server: Server, uri: string, position: Position, locations: Location[]): Promise<void> {
  const convert = server.convert;
  if (!convert) return;
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    vscode.Uri.parse(uri),
    convert.asPosition(position),
    locations.map((location) => convert.asLocation(location)),
  );
}

/** Runs one test in a terminal task. */
async function runTest(server: Server, uri: string, name: string): Promise<void> {
  const binary = server.binary;
  if (!binary) return;
  const file = vscode.Uri.parse(uri);
  const folder = vscode.workspace.getWorkspaceFolder(file);
  const execution = new vscode.ProcessExecution(binary.path, ["test", file.fsPath, "--name", name], folder ? { cwd: folder.uri.fsPath } : {});
  const task = new vscode.Task({ type: SECTION, command: "test" }, folder ?? vscode.TaskScope.Workspace, name, SECTION, execution, "$cloudc");
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, clear: true };
  await vscode.tasks.executeTask(task);
}
