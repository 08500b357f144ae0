// Preloaded into every child process of the local start: what it writes is for its user alone. Letters, logs and the address
// of the webhook with its key lie in these files.
process.umask(0o077);
