// The types of commands.mjs, for buildCommands.ts and tests.

/** The folder of the bundles, from the root. */
export const BUNDLES: string;
/** In that folder: a JSON object of the sources' paths, from the root, and the stamp of each. */
export const SOURCES: string;
/** The bundle of a script of cli/, absolute; undefined for other scripts. It need not be there, nor be current. */
export function bundleOf(root: string, script: string): string | undefined;
/** A file as it is now: what differs once it has been written to. Throws when it is not there. */
export function stampOf(path: string): string;
/** True if the bundles are there, and nothing that they were made from has changed since. */
export function areCurrent(root: string): boolean;
