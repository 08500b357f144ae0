// The parser of `css-tree` without its lexer and data: the types know the package's main entry alone.
declare module "css-tree/parser" {
  import type { parse } from "css-tree";

  const parser: typeof parse;
  export = parser;
}
