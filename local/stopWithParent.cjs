// Preloaded into every child process of the local start: ends it, in good order, when its parent is gone or asks.
// The IPC channel closes however the parent ended, also by SIGKILL.
const STOP_TIMEOUT = 10_000;

if (process.channel) {
  // With the parent its end of the pipes is gone too; a last log line must not end us before we have saved.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  process.once("disconnect", () => {
    // Emitted, not sent, so that handlers run on Windows too. Azurite saves its data in its handler.
    if (process.listenerCount("SIGTERM") === 0) process.exit(0);
    process.emit("SIGTERM", "SIGTERM");
    setTimeout(() => process.exit(1), STOP_TIMEOUT).unref();
  });
  // Listening must not keep a program alive that is done.
  process.channel.unref();
}
