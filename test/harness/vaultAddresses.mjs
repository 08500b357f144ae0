// Preloaded into a process (`node --import`): names below vault.test are this machine.
import dns from "node:dns";

const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith(".vault.test") ? "127.0.0.1" : name, ...rest);
