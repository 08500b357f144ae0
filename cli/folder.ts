// What to say when somebody names a folder where files are meant.

/** How to name the files of a folder instead of the folder, as a sentence or two. */
export function aFolder(folder: string): string {
  const pattern = folder === "." ? "*.json" : `${folder.replace(/\/+$/, "")}/*.json`;
  return `It is a folder. Name the files in it; several can go in one call: ${pattern}`;
}
